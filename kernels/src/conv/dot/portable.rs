//! What every processor can do, in loops that compilers make vectors of.

use super::instructions::{Dot, Floats};
use crate::quantized::nearest;

const LANES: usize = 8;

pub struct Portable;

impl Dot for Portable {
    type Sums = [i32; LANES];
    type Weights = [i8; 4 * LANES];
    type Numbers = [u8; 4];
    type Floats = [f32; LANES];

    #[inline(always)]
    unsafe fn nothing() -> Self::Sums {
        [0; LANES]
    }

    #[inline(always)]
    unsafe fn weights(from: *const i8) -> Self::Weights {
        unsafe { from.cast::<Self::Weights>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn numbers(from: *const u8) -> Self::Numbers {
        unsafe { from.cast::<Self::Numbers>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn add_products(mut sums: Self::Sums, weights: Self::Weights, numbers: Self::Numbers) -> Self::Sums {
        for lane in 0..LANES {
            for number in 0..4 {
                sums[lane] += i32::from(weights[4 * lane + number]) * i32::from(numbers[number]);
            }
        }
        sums
    }

    #[inline(always)]
    unsafe fn floats(sums: Self::Sums) -> Self::Floats {
        let mut floats = [0.0; LANES];
        for lane in 0..LANES {
            floats[lane] = sums[lane] as f32;
        }
        floats
    }
}

impl Floats for [f32; LANES] {
    const LANES: usize = LANES;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        [value; LANES]
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        unsafe { from.cast::<Self>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn load_bytes<const V: usize>(from: *const u8) -> [Self; V] {
        let bytes = unsafe { from.cast::<[[u8; LANES]; V]>().read_unaligned() };
        let mut vectors = [[0.0; LANES]; V];
        for v in 0..V {
            for lane in 0..LANES {
                vectors[v][lane] = f32::from(bytes[v][lane]);
            }
        }
        vectors
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { to.cast::<Self>().write_unaligned(self) }
    }

    #[inline(always)]
    unsafe fn store_bytes<const V: usize>(vectors: [Self; V], to: *mut u8) {
        let mut bytes = [[0; LANES]; V];
        for v in 0..V {
            for lane in 0..LANES {
                bytes[v][lane] = nearest(vectors[v][lane]);
            }
        }
        unsafe { to.cast::<[[u8; LANES]; V]>().write_unaligned(bytes) }
    }

    #[inline(always)]
    unsafe fn mul(mut self, other: Self) -> Self {
        for lane in 0..LANES {
            self[lane] *= other[lane];
        }
        self
    }

    #[inline(always)]
    unsafe fn add(mut self, other: Self) -> Self {
        for lane in 0..LANES {
            self[lane] += other[lane];
        }
        self
    }

    #[inline(always)]
    unsafe fn or_more(mut self, other: Self) -> Self {
        for lane in 0..LANES {
            self[lane] = if self[lane] > other[lane] { self[lane] } else { other[lane] };
        }
        self
    }

    #[inline(always)]
    unsafe fn or_less(mut self, other: Self) -> Self {
        for lane in 0..LANES {
            self[lane] = if self[lane] < other[lane] { self[lane] } else { other[lane] };
        }
        self
    }

    #[inline(always)]
    unsafe fn or_zero(mut self) -> Self {
        for lane in 0..LANES {
            self[lane] = if self[lane].is_nan() { 0.0 } else { self[lane] };
        }
        self
    }
}
