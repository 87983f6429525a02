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
    Cuda,
}

/// What it got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Cpu,
    Wgpu,
    Cuda,
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
    #[error("this build has no GPU support; build it with the feature `{0}`, or use the device `cpu`")]
    NotBuilt(&'static str),
    #[error("no GPU could be opened ({0}); use the device `cpu`")]
    Unavailable(String),
}

/// Opens the device that a native caller asked for.
#[cfg(not(target_family = "wasm"))]
pub fn open(choice: Choice) -> Result<Place, DeviceError> {
    match choice {
        Choice::Cpu => Ok(Place::cpu()),
        Choice::Wgpu => gpu(true),
        Choice::Cuda => cuda(),
        Choice::Auto => Ok(cuda().or_else(|_| gpu(false)).unwrap_or_else(|_| Place::cpu())),
    }
}

/// Opens what a page chose, which asked the browser for its adapter before it fetched this program.
#[cfg(target_family = "wasm")]
pub async fn open_in_browser(choice: Choice) -> Result<Place, DeviceError> {
    match choice {
        Choice::Cpu => Ok(Place::cpu()),
        #[cfg(feature = "wgpu")]
        Choice::Wgpu => {
            let device = Device::wgpu_options().init_async().await;
            let device = device.map_err(|error| DeviceError::Unavailable(error.to_string()))?;
            Ok(Place { device, kind: Kind::Wgpu, name: "WebGPU".into() })
        }
        _ => Err(DeviceError::NotBuilt("wgpu")),
    }
}

#[cfg(all(not(target_family = "wasm"), not(feature = "wgpu")))]
fn gpu(_allow_software: bool) -> Result<Place, DeviceError> {
    Err(DeviceError::NotBuilt("wgpu"))
}

#[cfg(all(not(target_family = "wasm"), feature = "wgpu"))]
fn gpu(allow_software: bool) -> Result<Place, DeviceError> {
    native_gpu::open(allow_software)
}

#[cfg(all(not(target_family = "wasm"), not(feature = "cuda")))]
fn cuda() -> Result<Place, DeviceError> {
    Err(DeviceError::NotBuilt("cuda"))
}

#[cfg(all(not(target_family = "wasm"), feature = "cuda"))]
fn cuda() -> Result<Place, DeviceError> {
    use burn::tensor::DeviceType;
    let unavailable = || DeviceError::Unavailable("there is no CUDA driver with a GPU".into());
    // Where there is no driver, the library that looks for one panics.
    let devices =
        std::panic::catch_unwind(|| Device::enumerate(DeviceType::Cuda).into_vec()).map_err(|_| unavailable())?;
    let device = devices.into_iter().next().ok_or_else(unavailable)?;
    Ok(Place { device, kind: Kind::Cuda, name: "CUDA".into() })
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
