//! Where the arithmetic runs.

use burn::tensor::Device;
use serde::Serialize;

#[cfg(not(feature = "flex"))]
compile_error!("the feature `flex` is missing: the processor has to be there, also where a GPU is");

/// The processor.
#[cfg(feature = "flex")]
pub fn cpu() -> Device {
    Device::flex()
}

/// What a caller may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// A real GPU where there is one, otherwise the processor.
    Auto,
    Cpu,
    Wgpu,
}

/// What it got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Cpu,
    Wgpu,
}

/// A device and what kind it is.
#[derive(Clone, Debug)]
pub struct Place {
    pub device: Device,
    pub kind: Kind,
    /// The adapter's own name, where it has one.
    pub name: String,
}

impl Place {
    pub fn cpu() -> Self {
        Self { device: cpu(), kind: Kind::Cpu, name: "CPU".into() }
    }
}

/// Why there is no such device.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    #[error("this build has no GPU support; build it with the feature `wgpu`, or use the device `cpu`")]
    NotBuilt,
    #[error("no GPU could be opened ({0}); use the device `cpu`")]
    Unavailable(String),
}

/// Opens the device that a native caller asked for.
#[cfg(not(target_family = "wasm"))]
pub fn open(choice: Choice) -> Result<Place, DeviceError> {
    match choice {
        Choice::Cpu => Ok(Place::cpu()),
        Choice::Wgpu => gpu(true),
        Choice::Auto => Ok(gpu(false).unwrap_or_else(|_| Place::cpu())),
    }
}

#[cfg(all(not(target_family = "wasm"), not(feature = "wgpu")))]
fn gpu(_allow_software: bool) -> Result<Place, DeviceError> {
    Err(DeviceError::NotBuilt)
}

#[cfg(all(not(target_family = "wasm"), feature = "wgpu"))]
fn gpu(allow_software: bool) -> Result<Place, DeviceError> {
    native_gpu::open(allow_software)
}

#[cfg(all(not(target_family = "wasm"), feature = "wgpu"))]
mod native_gpu {
    use super::{Device, DeviceError, Kind, Place};

    /// A software adapter (llvmpipe, SwiftShader) computes on the processor, and slower than the `cpu` device does, so
    /// only a caller who names the GPU gets one.
    pub fn open(allow_software: bool) -> Result<Place, DeviceError> {
        let (device, setup) =
            Device::wgpu_options().init_with_setup().map_err(|error| DeviceError::Unavailable(error.to_string()))?;
        let adapter = setup.adapter.get_info();
        let is_software = adapter.device_type == burn::tensor::wgpu::wgpu::DeviceType::Cpu;
        if is_software && !allow_software {
            return Err(DeviceError::Unavailable(format!("{} is a software adapter", adapter.name)));
        }
        Ok(Place { device, kind: Kind::Wgpu, name: adapter.name })
    }
}
