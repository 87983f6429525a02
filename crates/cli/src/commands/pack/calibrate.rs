//! What the encoder's convolutions put out for some photos, so that the processor can compute in integers.

use std::convert::Infallible;
use std::path::PathBuf;

use anyhow::ensure;
use burn::tensor::{Tensor, TensorData};
use clap::Args;
use sightline::device::OpenDevice;
use sightline::encoder::{ActivationRanges, ActivationSamples};
use sightline::model::{Dtype, Manifest};
use sightline::weights::{Slot, Weights};
use sightline_train::data::decode;

use crate::inputs::{files_under, is_photo};
use crate::terminal::progress;

/// More change the ranges little.
const PHOTOS: usize = 128;

#[derive(Args)]
pub struct CalibrateArguments {
    /// Photos, or folders of them, such as those that the model was trained on: what the encoder makes of 128 of them tells
    /// how the processor can compute in 8-bit integers, which is faster and takes less memory; with --dtype int8
    #[arg(long, value_name = "PHOTO", num_args = 1..)]
    calibrate: Vec<PathBuf>,
}

impl CalibrateArguments {
    /// What is wrong with them, before the work.
    pub fn check(&self, dtype: Dtype) -> anyhow::Result<()> {
        ensure!(
            self.calibrate.is_empty() || dtype == Dtype::Int8,
            "--calibrate is for weights in 8 bits; add --dtype int8"
        );
        Ok(())
    }

    /// Those of the manifest where no photos were named.
    pub fn ranges(&self, manifest: &Manifest, weights: &Weights) -> anyhow::Result<ActivationRanges> {
        if self.calibrate.is_empty() {
            return Ok(manifest.activations.clone());
        }
        let mut files = Vec::new();
        for (path, fault) in files_under(&self.calibrate, is_photo, "photo") {
            match fault {
                Ok(()) => files.push(path),
                Err(reason) => eprintln!("{}: {reason}", path.display()),
            }
        }
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
                Err(reason) => eprintln!("{}: {reason}; the others go on", path.display()),
            }
        }
        bar.finish_and_clear();
        ensure!(seen > 0, "--calibrate: there is no photo that can be read");
        let ranges = samples.ranges();
        eprintln!("calibrated with {seen} photos: ranges of {} convolutions", ranges.len());
        Ok(ranges)
    }
}
