//! What captions are reranked by, from the photos that a model was trained on and their captions.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, ensure};
use clap::Args;
use sightline::consensus::Consensus;
use sightline::decoder::ModelKind;
use sightline::model::Manifest;
use sightline::vocabulary::Vocabulary;
use sightline::weights::{Weights, part_of};
use sightline_train::FrozenEncoder;
use sightline_train::consensus::{CaptionedPhoto, build, grid_means};
use sightline_train::data::dataset::{Broken, Dataset, Lists, Sources, Split, Splits};
use sightline_train::data::decode;
use sightline_train::score;

use crate::arguments::DeviceArgument;
use crate::terminal::progress;

#[derive(Args)]
pub struct ConsensusArguments {
    /// Captions of the training photos, from which the model gets what captions are reranked by; in eval's formats
    #[arg(long, value_name = "FILE", requires = "consensus_images", conflicts_with = "classes")]
    consensus_captions: Option<PathBuf>,
    /// The folder of these photos
    #[arg(long, value_name = "DIR", requires = "consensus_captions")]
    consensus_images: Option<PathBuf>,
    /// Only the photos that this file names; they are those that the model was trained on
    #[arg(long, value_name = "FILE", requires = "consensus_captions")]
    consensus_list: Option<PathBuf>,
    /// What encodes these photos; auto takes a real GPU where there is one
    #[arg(long, value_enum, default_value = "auto", requires = "consensus_captions")]
    device: DeviceArgument,
}

impl ConsensusArguments {
    /// Nothing where it was not asked for.
    pub fn build(&self, manifest: &Manifest, weights: &Weights) -> anyhow::Result<Option<Consensus>> {
        let (Some(captions), Some(images)) = (&self.consensus_captions, &self.consensus_images) else {
            return Ok(None);
        };
        ensure!(
            manifest.decoder.kind() == ModelKind::Captions,
            "this model tells classes apart and writes no captions; leave --consensus-captions out"
        );
        let splits = match &self.consensus_list {
            Some(list) => Splits::Lists(Lists { train: Some(list.clone()), ..Lists::default() }),
            None => Splits::Whole(Split::Train),
        };
        let mut dataset = Dataset::read(&Sources { captions: captions.clone(), images: images.clone(), splits })?;
        dataset.photos.retain(|sample| sample.split == Split::Train);
        dataset.require(Split::Train)?;
        let vocabulary = Vocabulary::new(manifest.vocabulary.clone())?;
        let of_encoder = part_of(&mut weights.clone(), "encoder");
        let device = self.device.open()?;
        let encoder = FrozenEncoder::new(manifest.encoder.clone(), of_encoder, manifest.input.clone(), &device)?;
        let photos: Vec<PathBuf> = dataset.photos.iter().map(|sample| sample.path.clone()).collect();
        let bar = progress(photos.len());
        bar.set_message("encoded");
        let never = AtomicBool::new(false);
        let means = grid_means(&encoder, &photos[..], &never, |done| bar.set_position(done as u64));
        bar.finish_and_clear();
        let means = means?.context("the photos were not encoded")?;
        let broken = dataset.photos.iter().zip(&means).filter(|(_, mean)| mean.is_none()).map(|(sample, _)| Broken {
            name: sample.name.clone(),
            reason: decode(&sample.path).err().unwrap_or_default(),
        });
        let broken: Vec<Broken> = broken.collect();
        dataset.leave_out(broken)?;
        dataset.left_out.lines().iter().for_each(|line| say!("{line}"));
        let tokens = dataset.photos.iter().map(|sample| sample.captions.iter().map(|one| score::tokens(one)).collect());
        let tokens: Vec<Vec<Vec<String>>> = tokens.collect();
        let photos = means.into_iter().flatten().zip(&tokens);
        let photos: Vec<CaptionedPhoto> =
            photos.map(|(features, captions)| CaptionedPhoto { features, captions }).collect();
        Ok(Some(build(&photos, &vocabulary)?))
    }
}
