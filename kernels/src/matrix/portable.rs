//! Plain numbers, of which the compiler makes what the processor has.

use super::block::{Instructions, PANEL};

pub struct Portable;

impl Instructions for Portable {
    type Sums = [i32; PANEL];
    type Weights = [i8; 2 * PANEL];
    type Pair = [i16; 2];

    const LANES: usize = PANEL;

    #[inline(always)]
    unsafe fn nothing() -> Self::Sums {
        [0; PANEL]
    }

    #[inline(always)]
    unsafe fn weights(from: *const i8) -> Self::Weights {
        // SAFETY: the caller's.
        unsafe { from.cast::<Self::Weights>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn pair(from: *const i16) -> Self::Pair {
        // SAFETY: the caller's.
        unsafe { from.cast::<Self::Pair>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn add_products(mut sums: Self::Sums, weights: Self::Weights, [first, second]: Self::Pair) -> Self::Sums {
        for (sum, both) in sums.iter_mut().zip(weights.as_chunks::<2>().0) {
            *sum += i32::from(both[0]) * i32::from(first) + i32::from(both[1]) * i32::from(second);
        }
        sums
    }

    #[inline(always)]
    unsafe fn store(sums: Self::Sums, to: *mut i32) {
        // SAFETY: the caller's.
        unsafe { to.cast::<Self::Sums>().write_unaligned(sums) }
    }
}
