//! Dense and grouped convolutions as products of matrices: an implicit GEMM, for windows are read where they lie in the
//! image.

use cubecl::prelude::*;

use super::geometry::{Corner, Geometry, Tap, corner, tap};
use crate::vector::{Four, Stored};

/// The groups of channels, counted in vectors, and how the cubes go over the output.
#[derive(CubeLaunch, CubeType)]
pub struct Groups {
    /// Channels of the input in a group.
    pub inputs: u32,
    /// Channels of the output in a group.
    pub outputs: u32,
    /// Weights from one channel of the input to the next.
    pub columns: u32,
    /// Cubes that lie side by side, before the next pixels follow.
    pub cubes: u32,
}

/// Each unit sums a tile of `pixels` by `vectors` in registers, so that a number that was read takes part in many
/// products. Weights are floats, or bytes, four in a word, of which each column has a scale.
#[cube(launch_unchecked)]
pub fn convolve<N: Float>(
    input: &[Stored<N>],
    floats: ComptimeOption<&[Four]>,
    bytes: ComptimeOption<&[u32]>,
    scales: ComptimeOption<&[Four]>,
    bias: &[Four],
    added: ComptimeOption<&[Stored<N>]>,
    output: &mut [Stored<N>],
    geometry: Geometry,
    groups: Groups,
    #[comptime] pixels: usize,
    #[comptime] vectors: usize,
    #[comptime] has_zeros: bool,
    #[define(N)] _numbers: ElemType,
) {
    let cube_row = CUBE_POS as u32 / groups.cubes;
    let cube_col = CUBE_POS as u32 - cube_row * groups.cubes;
    let column = (cube_col * CUBE_DIM_X + UNIT_POS_X) * vectors as u32;
    let first = (cube_row * CUBE_DIM_Y + UNIT_POS_Y) * pixels as u32;
    if column >= geometry.out_channels || first >= geometry.out_pixels {
        terminate!();
    }
    let mut sums = Array::<Four>::new(pixels * vectors);
    let mut corners = Sequence::<Corner>::new();
    #[unroll]
    for pixel in 0..pixels {
        #[unroll]
        for vector in 0..vectors {
            sums[pixel * vectors + vector] = Four::new(0.0);
        }
        // Those behind the last are computed, and not written.
        corners.push(corner(&geometry, min(first + pixel as u32, geometry.out_pixels - 1)));
    }
    let group = column / groups.outputs * groups.inputs;
    let mut weight = column as usize;
    for row in 0..geometry.kernel {
        for col in 0..geometry.kernel {
            let mut taps = Sequence::<Tap>::new();
            #[unroll]
            for pixel in 0..pixels {
                taps.push(tap(&geometry, &corners[pixel], row, col));
            }
            for channel in 0..groups.inputs {
                let mut numbers = Sequence::<Four>::new();
                #[unroll]
                for pixel in 0..pixels {
                    let tap = &taps[pixel];
                    let number = Four::cast_from(input[(tap.start + group + channel) as usize]);
                    if has_zeros {
                        numbers.push(select(tap.is_inside, number, Four::new(0.0)));
                    } else {
                        numbers.push(number);
                    }
                }
                #[unroll]
                for part in 0..4usize {
                    #[unroll]
                    for vector in 0..vectors {
                        let place = weight + vector;
                        let of_bytes: ComptimeOption<Four> = bytes.map(|bytes| unpack(bytes[place]));
                        let of_floats: ComptimeOption<Four> = floats.map(|floats| floats[place]);
                        let of_vector = of_bytes.unwrap_or_else(|| of_floats.unwrap_or_else(|| Four::new(0.0)));
                        #[unroll]
                        for pixel in 0..pixels {
                            sums[pixel * vectors + vector] += Four::new(numbers[pixel].extract(part)) * of_vector;
                        }
                    }
                    weight += groups.columns as usize;
                }
            }
        }
    }
    #[unroll]
    for pixel in 0..pixels {
        let at = first + pixel as u32;
        if at < geometry.out_pixels {
            #[unroll]
            for vector in 0..vectors {
                let channel = column as usize + vector;
                if channel < geometry.out_channels as usize {
                    let place = at as usize * geometry.out_channels as usize + channel;
                    let scale: ComptimeOption<Four> = scales.map(|scales| scales[channel]);
                    let more: ComptimeOption<Four> = added.map(|added| Four::cast_from(added[place]));
                    let sum = sums[pixel * vectors + vector] * scale.unwrap_or_else(|| Four::new(1.0));
                    let sum = sum + bias[channel] + more.unwrap_or_else(|| Four::new(0.0));
                    output[place] =
                        Stored::cast_from(clamp_nan(sum, Four::new(geometry.low), Four::new(geometry.high)));
                }
            }
        }
    }
}

/// Four bytes with their signs.
#[cube]
fn unpack(word: u32) -> Four {
    let mut numbers = Four::new(0.0);
    #[unroll]
    for part in 0..4usize {
        let highest = i32::cast_from(word << comptime!(24 - 8 * part as u32));
        numbers.insert(part, f32::cast_from(highest >> 24));
    }
    numbers
}
