//! Sums of products of signed bytes and bytes of seven bits, four products to a sum: the one thing that integer
//! arithmetic is done for, in each of the ways in which processors do it.

#[cfg(not(target_family = "wasm"))]
mod ways {
    /// Four sums.
    pub type Sums = [i32; 4];
    /// Four weights for each of four sums.
    pub type Weights = [i8; 16];
    /// Four numbers of an image.
    pub type Numbers = [u8; 4];

    pub const NOTHING: Sums = [0; 4];

    /// # Safety
    /// There have to be 16 weights.
    #[inline(always)]
    pub unsafe fn weights(from: *const i8) -> Weights {
        unsafe { from.cast::<Weights>().read_unaligned() }
    }

    /// # Safety
    /// There have to be four numbers.
    #[inline(always)]
    pub unsafe fn numbers(from: *const u8) -> Numbers {
        unsafe { from.cast::<Numbers>().read_unaligned() }
    }

    #[inline(always)]
    pub fn add_products(mut sums: Sums, weights: Weights, numbers: Numbers) -> Sums {
        for (output, sum) in sums.iter_mut().enumerate() {
            for (number, value) in numbers.iter().enumerate() {
                *sum += i32::from(weights[4 * output + number]) * i32::from(*value);
            }
        }
        sums
    }

    #[inline(always)]
    pub fn finish(sums: Sums) -> [i32; 4] {
        sums
    }
}

#[cfg(all(target_family = "wasm", feature = "relaxed-simd"))]
mod ways {
    use core::arch::wasm32::{i32x4_relaxed_dot_i8x16_i7x16_add, v128, v128_load, v128_load32_splat};

    pub type Sums = v128;
    pub type Weights = v128;
    pub type Numbers = v128;

    pub const NOTHING: Sums = core::arch::wasm32::i32x4(0, 0, 0, 0);

    #[inline(always)]
    pub unsafe fn weights(from: *const i8) -> Weights {
        unsafe { v128_load(from.cast()) }
    }

    #[inline(always)]
    pub unsafe fn numbers(from: *const u8) -> Numbers {
        unsafe { v128_load32_splat(from.cast()) }
    }

    /// The numbers have seven bits, so it is the same in every browser.
    #[inline(always)]
    pub fn add_products(sums: Sums, weights: Weights, numbers: Numbers) -> Sums {
        i32x4_relaxed_dot_i8x16_i7x16_add(weights, numbers, sums)
    }

    #[inline(always)]
    pub fn finish(sums: Sums) -> [i32; 4] {
        unsafe { core::mem::transmute(sums) }
    }
}

#[cfg(all(target_family = "wasm", not(feature = "relaxed-simd")))]
mod ways {
    use core::arch::wasm32::{
        i16x8_extend_high_i8x16, i16x8_extend_low_i8x16, i16x8_extend_low_u8x16, i32x4_add, i32x4_dot_i16x8,
        i32x4_shuffle, v128, v128_load, v128_load32_splat,
    };

    /// Two halves of each sum: of the first two outputs, and of the last two.
    pub type Sums = [v128; 2];
    pub type Weights = [v128; 2];
    pub type Numbers = v128;

    pub const NOTHING: Sums = [core::arch::wasm32::i32x4(0, 0, 0, 0); 2];

    #[inline(always)]
    pub unsafe fn weights(from: *const i8) -> Weights {
        let bytes = unsafe { v128_load(from.cast()) };
        [i16x8_extend_low_i8x16(bytes), i16x8_extend_high_i8x16(bytes)]
    }

    #[inline(always)]
    pub unsafe fn numbers(from: *const u8) -> Numbers {
        i16x8_extend_low_u8x16(unsafe { v128_load32_splat(from.cast()) })
    }

    #[inline(always)]
    pub fn add_products([first, last]: Sums, weights: Weights, numbers: Numbers) -> Sums {
        let add = |sums, weights| i32x4_add(sums, i32x4_dot_i16x8(weights, numbers));
        [add(first, weights[0]), add(last, weights[1])]
    }

    #[inline(always)]
    pub fn finish([first, last]: Sums) -> [i32; 4] {
        let sums = i32x4_add(i32x4_shuffle::<0, 2, 4, 6>(first, last), i32x4_shuffle::<1, 3, 5, 7>(first, last));
        unsafe { core::mem::transmute(sums) }
    }
}

pub use ways::*;

/// Pixels and vectors of sums that stay in registers together.
#[cfg(all(target_family = "wasm", not(feature = "relaxed-simd")))]
pub const BLOCK: [usize; 2] = [2, 2];
#[cfg(not(all(target_family = "wasm", not(feature = "relaxed-simd"))))]
pub const BLOCK: [usize; 2] = [2, 4];
