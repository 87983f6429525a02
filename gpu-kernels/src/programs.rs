//! What a GPU runs, in CubeCL. Images lie pixel by pixel, in vectors of four channels; every program reads and writes
//! whole vectors.

mod depthwise;
mod geometry;
mod pixels;
mod pool;
mod product;

pub use depthwise::convolve_depthwise;
pub use geometry::GeometryLaunch;
pub use pixels::{PartLaunch, PlanesLaunch, combine, from_planes};
pub use pool::max_pool;
pub use product::{GroupsLaunch, convolve};
