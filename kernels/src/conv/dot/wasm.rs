//! Vectors of 128 bits in a wasm: with relaxed SIMD four products are one instruction, without it two are.

use core::arch::wasm32::*;

use super::instructions::{Dot, Floats, Work};
use crate::quantized::TO_NEAREST;

/// V8 has 15 registers, and keeps what does not fit in memory, so 8 are sums.
#[cfg(feature = "relaxed-simd")]
#[target_feature(enable = "simd128,relaxed-simd")]
pub unsafe fn simd(work: &impl Work) {
    unsafe { work.work::<Relaxed, 2, 4>() }
}

/// Sums are two vectors each, of which 8 stay in V8's 15 registers.
#[cfg(not(feature = "relaxed-simd"))]
pub unsafe fn simd(work: &impl Work) {
    unsafe { work.work::<Plain, 2, 2>() }
}

#[cfg(feature = "relaxed-simd")]
struct Relaxed;

#[cfg(feature = "relaxed-simd")]
impl Dot for Relaxed {
    type Sums = v128;
    type Weights = v128;
    type Numbers = v128;
    type Floats = Vector;

    #[inline(always)]
    unsafe fn nothing() -> v128 {
        i32x4_splat(0)
    }

    #[inline(always)]
    unsafe fn weights(from: *const i8) -> v128 {
        unsafe { v128_load(from.cast()) }
    }

    #[inline(always)]
    unsafe fn numbers(from: *const u8) -> v128 {
        unsafe { v128_load32_splat(from.cast()) }
    }

    /// The numbers have seven bits, so it is the same in every browser.
    #[inline(always)]
    unsafe fn add_products(sums: v128, weights: v128, numbers: v128) -> v128 {
        i32x4_relaxed_dot_i8x16_i7x16_add(weights, numbers, sums)
    }

    #[inline(always)]
    unsafe fn floats(sums: v128) -> Vector {
        Vector(f32x4_convert_i32x4(sums))
    }
}

#[cfg(not(feature = "relaxed-simd"))]
struct Plain;

#[cfg(not(feature = "relaxed-simd"))]
impl Dot for Plain {
    /// Two halves of each sum: of the first two outputs, and of the last two.
    type Sums = [v128; 2];
    type Weights = [v128; 2];
    type Numbers = v128;
    type Floats = Vector;

    #[inline(always)]
    unsafe fn nothing() -> [v128; 2] {
        [i32x4_splat(0); 2]
    }

    #[inline(always)]
    unsafe fn weights(from: *const i8) -> [v128; 2] {
        unsafe { [i16x8_load_extend_i8x8(from), i16x8_load_extend_i8x8(from.add(8))] }
    }

    #[inline(always)]
    unsafe fn numbers(from: *const u8) -> v128 {
        i16x8_extend_low_u8x16(unsafe { v128_load32_splat(from.cast()) })
    }

    #[inline(always)]
    unsafe fn add_products([first, last]: [v128; 2], weights: [v128; 2], numbers: v128) -> [v128; 2] {
        [i32x4_add(first, i32x4_dot_i16x8(weights[0], numbers)), i32x4_add(last, i32x4_dot_i16x8(weights[1], numbers))]
    }

    #[inline(always)]
    unsafe fn floats([first, last]: [v128; 2]) -> Vector {
        let (even, odd) = (i32x4_shuffle::<0, 2, 4, 6>(first, last), i32x4_shuffle::<1, 3, 5, 7>(first, last));
        Vector(f32x4_convert_i32x4(i32x4_add(even, odd)))
    }
}

#[derive(Clone, Copy)]
pub struct Vector(v128);

impl Floats for Vector {
    const LANES: usize = 4;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self(f32x4_splat(value))
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Self(unsafe { v128_load(from.cast()) })
    }

    #[inline(always)]
    unsafe fn load_bytes<const V: usize>(from: *const u8) -> [Self; V] {
        let mut vectors = [Self(i32x4_splat(0)); V];
        for v in (0..V).step_by(2) {
            let words = unsafe { u16x8_load_extend_u8x8(from.add(Self::LANES * v)) };
            vectors[v] = Self(f32x4_convert_i32x4(u32x4_extend_low_u16x8(words)));
            vectors[v + 1] = Self(f32x4_convert_i32x4(u32x4_extend_high_u16x8(words)));
        }
        vectors
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { v128_store(to.cast(), self.0) }
    }

    #[inline(always)]
    unsafe fn store_bytes<const V: usize>(vectors: [Self; V], to: *mut u8) {
        // Byte by byte into each lane, and from there to its place: in instructions that compilers leave as they are, for
        // what they make of `i16x8_narrow_i32x4` takes longer than all the rest.
        let bits = TO_NEAREST.to_bits().cast_signed();
        let mut bytes = i32x4_splat(0);
        let mut more = 0;
        for v in 0..V {
            let rounded = f32x4_add(vectors[v].0, f32x4_splat(TO_NEAREST));
            bytes = i32x4_add(bytes, i32x4_shl(rounded, 8 * v as u32));
            more = bits.wrapping_shl(8 * v as u32).wrapping_add(more);
        }
        let bytes = i32x4_sub(bytes, i32x4_splat(more));
        let bytes = i8x16_shuffle::<0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15>(bytes, bytes);
        unsafe {
            match V {
                4 => v128_store(to.cast(), bytes),
                2 => v128_store64_lane::<0>(bytes, to.cast()),
                _ => unreachable!("{V} vectors of bytes"),
            }
        }
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        Self(f32x4_mul(self.0, other.0))
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        Self(f32x4_add(self.0, other.0))
    }

    #[inline(always)]
    unsafe fn or_more(self, other: Self) -> Self {
        Self(f32x4_pmax(other.0, self.0))
    }

    #[inline(always)]
    unsafe fn or_less(self, other: Self) -> Self {
        Self(f32x4_pmin(other.0, self.0))
    }

    #[inline(always)]
    unsafe fn or_zero(self) -> Self {
        Self(v128_and(f32x4_eq(self.0, self.0), self.0))
    }
}
