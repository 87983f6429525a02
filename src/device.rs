//! Where the arithmetic runs.

use burn::tensor::Device;
use serde::Serialize;

/// The processor.
pub fn cpu() -> Device {
    Device::flex()
}

/// Tasks that a GPU gets at once: more than any known backbone has steps.
#[cfg(feature = "wgpu")]
const TASKS: usize = 256;

/// What a caller may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceRequest {
    /// A real GPU where there is one, otherwise the processor.
    Auto,
    Cpu,
    Wgpu,
    Cuda,
}

/// What it got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    Cpu,
    Wgpu,
    Cuda,
}

/// In what a network computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// On the processor in 8-bit integers where a model was calibrated for them, on a GPU with images in 16 bits where it
    /// has them, else in 32-bit floats.
    #[default]
    Auto,
    F32,
}

/// What the two halves of a model run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Devices {
    pub encoder: DeviceKind,
    pub decoder: DeviceKind,
}

/// A device that is ready to compute.
#[derive(Clone, Debug)]
pub struct OpenDevice {
    /// Burn's handle of it.
    pub handle: Device,
    pub kind: DeviceKind,
    /// The adapter's own name, where it has one.
    pub name: String,
    pub precision: Precision,
}

impl OpenDevice {
    pub fn cpu() -> Self {
        Self::new(cpu(), DeviceKind::Cpu, "CPU".into())
    }

    fn new(handle: Device, kind: DeviceKind, name: String) -> Self {
        Self { handle, kind, name, precision: Precision::default() }
    }

    pub fn with_precision(self, precision: Precision) -> Self {
        Self { precision, ..self }
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
#[cfg(not(target_os = "unknown"))]
pub fn open(request: DeviceRequest) -> Result<OpenDevice, DeviceError> {
    match request {
        DeviceRequest::Cpu => Ok(OpenDevice::cpu()),
        DeviceRequest::Wgpu => gpu(true),
        DeviceRequest::Cuda => cuda(),
        DeviceRequest::Auto => Ok(cuda().or_else(|_| gpu(false)).unwrap_or_else(|_| OpenDevice::cpu())),
    }
}

/// Opens what a page chose, which asked the browser for its adapter before it fetched this program.
#[cfg(target_os = "unknown")]
pub async fn open_in_browser(request: DeviceRequest) -> Result<OpenDevice, DeviceError> {
    match request {
        DeviceRequest::Cpu => Ok(OpenDevice::cpu()),
        #[cfg(feature = "wgpu")]
        DeviceRequest::Wgpu => {
            let device = Device::wgpu_options().tasks_max(TASKS).init_async().await;
            let device = device.map_err(|error| DeviceError::Unavailable(error.to_string()))?;
            Ok(OpenDevice::new(device, DeviceKind::Wgpu, "WebGPU".into()))
        }
        _ => Err(DeviceError::NotBuilt("wgpu")),
    }
}

#[cfg(all(not(target_os = "unknown"), not(feature = "wgpu")))]
fn gpu(_allow_software: bool) -> Result<OpenDevice, DeviceError> {
    Err(DeviceError::NotBuilt("wgpu"))
}

#[cfg(all(not(target_os = "unknown"), feature = "wgpu"))]
fn gpu(allow_software: bool) -> Result<OpenDevice, DeviceError> {
    native_gpu::open(allow_software)
}

#[cfg(all(not(target_os = "unknown"), not(feature = "cuda")))]
fn cuda() -> Result<OpenDevice, DeviceError> {
    Err(DeviceError::NotBuilt("cuda"))
}

#[cfg(all(not(target_os = "unknown"), feature = "cuda"))]
fn cuda() -> Result<OpenDevice, DeviceError> {
    use burn::tensor::DeviceType;
    let unavailable = || DeviceError::Unavailable("there is no CUDA driver with a GPU".into());
    // Where there is no driver, the library that looks for one panics.
    let devices =
        std::panic::catch_unwind(|| Device::enumerate(DeviceType::Cuda).into_vec()).map_err(|_| unavailable())?;
    let device = devices.into_iter().next().ok_or_else(unavailable)?;
    Ok(OpenDevice::new(device, DeviceKind::Cuda, "CUDA".into()))
}

#[cfg(all(not(target_os = "unknown"), feature = "wgpu"))]
mod native_gpu {
    use burn::tensor::Device;

    use super::{DeviceError, DeviceKind, OpenDevice, TASKS};

    /// A software adapter (llvmpipe, SwiftShader) computes on the processor, and slower than the `cpu` device does, so
    /// only a caller who names the GPU gets one.
    pub fn open(allow_software: bool) -> Result<OpenDevice, DeviceError> {
        let (device, setup) = Device::wgpu_options()
            .tasks_max(TASKS)
            .init_with_setup()
            .map_err(|error| DeviceError::Unavailable(error.to_string()))?;
        let adapter = setup.adapter.get_info();
        let is_software = adapter.device_type == burn::tensor::wgpu::wgpu::DeviceType::Cpu;
        if is_software && !allow_software {
            return Err(DeviceError::Unavailable(format!("{} is a software adapter", adapter.name)));
        }
        Ok(OpenDevice::new(device, DeviceKind::Wgpu, adapter.name))
    }
}
