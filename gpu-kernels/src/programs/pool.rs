//! The largest number of each window.

use cubecl::prelude::*;

use super::geometry::{Geometry, corner, tap};
use crate::vector::{Four, Stored};

/// One vector a unit.
#[cube(launch_unchecked)]
pub fn max_pool<N: Float>(
    input: &[Stored<N>],
    output: &mut [Stored<N>],
    geometry: Geometry,
    #[define(N)] _numbers: ElemType,
) {
    let pixel = ABSOLUTE_POS as u32 / geometry.channels;
    let channel = ABSOLUTE_POS as u32 - pixel * geometry.channels;
    if pixel >= geometry.out_pixels {
        terminate!();
    }
    let corner = corner(&geometry, pixel);
    let mut most = Four::new(geometry.low);
    for row in 0..geometry.kernel {
        for col in 0..geometry.kernel {
            let tap = tap(&geometry, &corner, row, col);
            if tap.is_inside {
                most = max(most, Four::cast_from(input[(tap.start + channel) as usize]));
            }
        }
    }
    output[ABSOLUTE_POS] = Stored::cast_from(most);
}
