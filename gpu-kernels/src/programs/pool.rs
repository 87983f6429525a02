//! The largest number of each window.

use cubecl::prelude::*;

use super::geometry::{Geometry, corner, tap};
use crate::vector::Four;

/// One vector a unit.
#[cube(launch_unchecked)]
pub fn max_pool(input: &[Four], output: &mut [Four], geometry: Geometry) {
    let pixel = ABSOLUTE_POS as u32 / geometry.channels;
    let channel = ABSOLUTE_POS as u32 - pixel * geometry.channels;
    if pixel >= geometry.out_pixels {
        terminate!();
    }
    let corner = corner(&geometry, pixel);
    let mut most = Four::new(f32::MIN);
    for row in 0..geometry.kernel {
        for col in 0..geometry.kernel {
            let tap = tap(&geometry, &corner, row, col);
            if tap.is_inside {
                most = max(most, input[(tap.start + channel) as usize]);
            }
        }
    }
    output[ABSOLUTE_POS] = most;
}
