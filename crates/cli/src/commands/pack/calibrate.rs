//! What the encoder's convolutions put out for some photos, so that the processor can compute in integers.

use std::convert::Infallible;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, ensure};
use burn::tensor::{Tensor, TensorData};
use clap::Args;
use sightline::device::OpenDevice;
use sightline::encoder::{ActivationRanges, ActivationSamples};
use sightline::files::read_text;
use sightline::model::{Dtype, Manifest};
use sightline::weights::{Slot, Weights};
use sightline_train::data::decode;

use crate::inputs::{files_under, is_photo};
use crate::terminal::progress;

/// More change the ranges little.
const PHOTOS: usize = 128;

/// No list that is read as a whole has more bytes.
const LIST_LIMIT: u64 = 256 << 20;

#[derive(Args)]
pub struct CalibrateArguments {
    /// A folder of photos, such as those that the model was trained on: what the encoder makes of 128 of them tells how the
    /// processor can compute in 8-bit integers, which is faster and takes less memory; with --dtype int8
    #[arg(long, value_name = "DIR")]
    calibrate: Option<PathBuf>,
    /// Only the photos that this file names, one a line
    #[arg(long, value_name = "FILE", requires = "calibrate")]
    calibrate_list: Option<PathBuf>,
}

impl CalibrateArguments {
    /// What is wrong with them, before the work.
    pub fn check(&self, dtype: Dtype) -> anyhow::Result<()> {
        ensure!(
            self.calibrate.is_none() || dtype == Dtype::Int8,
            "--calibrate is for weights in 8 bits; add --dtype int8"
        );
        Ok(())
    }

    /// Those of the manifest where no photos were named.
    pub fn ranges(&self, manifest: &Manifest, weights: &Weights) -> anyhow::Result<ActivationRanges> {
        let Some(folder) = &self.calibrate else { return Ok(manifest.activations.clone()) };
        let files = self.files(folder)?;
        // Spread over all, for neighbours in a folder may be alike.
        let count = files.len().min(PHOTOS);
        let chosen = (0..count).map(|at| &files[at * files.len() / count]);
        let (device, input) = (OpenDevice::cpu(), &manifest.input);
        let shape = [1, input.channels(), input.size, input.size];
        let take = |slot: &Slot| Ok::<_, Infallible>(weights[&format!("encoder.{}", slot.name)].clone());
        let Ok(encoder) = manifest.encoder.load(&device.handle, take);
        let mut samples = ActivationSamples::default();
        let bar = progress(count);
        bar.set_message("calibrated with");
        let mut seen = 0;
        for path in chosen {
            bar.inc(1);
            match decode(path) {
                Ok(photo) => {
                    encoder.sample_activations(
                        Tensor::from_data(TensorData::new(photo.input(input), shape), &device.handle),
                        &mut samples,
                    );
                    seen += 1;
                }
                Err(reason) => say!("{}: {reason}; the others go on", path.display()),
            }
        }
        bar.finish_and_clear();
        ensure!(seen > 0, "--calibrate: there is no photo that can be read");
        let ranges = samples.ranges();
        say!("calibrated with {seen} photos: ranges of {} convolutions", ranges.len());
        Ok(ranges)
    }
    fn files(&self, folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
        if let Some(list) = &self.calibrate_list {
            let names = read_text(list, LIST_LIMIT, "list of photos").with_context(|| list.display().to_string())?;
            let names = names.lines().map(str::trim).filter(|name| !name.is_empty());
            return Ok(names.map(|name| folder.join(name)).collect());
        }
        let found = files_under(&[folder.to_path_buf()], is_photo, "photo").into_iter();
        let fault = |path: PathBuf, reason: String| anyhow!("--calibrate: {}: {reason}", path.display());
        found.map(|(path, fault_of)| fault_of.map(|()| path.clone()).map_err(|reason| fault(path, reason))).collect()
    }
}
