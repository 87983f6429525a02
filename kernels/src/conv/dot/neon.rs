//! Vectors of 128 bits on ARM: with the instruction for four products, or with what every processor of 64 bits has.

use core::arch::aarch64::*;
use core::arch::asm;

use super::instructions::{Dot, Floats, Work};
use crate::quantized::TO_NEAREST;

/// A panel is four vectors; of the 32 there are, 24 are sums.
#[target_feature(enable = "neon,dotprod")]
pub unsafe fn neon_dot(work: &impl Work) {
    unsafe { work.work::<Neon<true>, 6, 4>() }
}

#[target_feature(enable = "neon")]
pub unsafe fn neon(work: &impl Work) {
    unsafe { work.work::<Neon<false>, 4, 4>() }
}

struct Neon<const HAS_DOT: bool>;

impl<const HAS_DOT: bool> Dot for Neon<HAS_DOT> {
    type Sums = int32x4_t;
    type Weights = int8x16_t;
    type Numbers = int8x16_t;
    type Floats = float32x4_t;

    #[inline(always)]
    unsafe fn nothing() -> int32x4_t {
        unsafe { vdupq_n_s32(0) }
    }

    #[inline(always)]
    unsafe fn weights(from: *const i8) -> int8x16_t {
        unsafe { vld1q_s8(from) }
    }

    /// Seven bits are the same with a sign.
    #[inline(always)]
    unsafe fn numbers(from: *const u8) -> int8x16_t {
        unsafe { vreinterpretq_s8_s32(vdupq_n_s32(from.cast::<i32>().read_unaligned())) }
    }

    #[inline(always)]
    unsafe fn add_products(mut sums: int32x4_t, weights: int8x16_t, numbers: int8x16_t) -> int32x4_t {
        unsafe {
            if HAS_DOT {
                // Rust has no stable function for it yet.
                asm!(
                    "sdot {sums:v}.4s, {weights:v}.16b, {numbers:v}.16b",
                    sums = inout(vreg) sums,
                    weights = in(vreg) weights,
                    numbers = in(vreg) numbers,
                    options(pure, nomem, nostack, preserves_flags)
                );
                return sums;
            }
            // Two products of seven bits and eight stay within 16.
            let first = vmull_s8(vget_low_s8(weights), vget_low_s8(numbers));
            let last = vmull_high_s8(weights, numbers);
            vpadalq_s16(sums, vpaddq_s16(first, last))
        }
    }

    #[inline(always)]
    unsafe fn floats(sums: int32x4_t) -> float32x4_t {
        unsafe { vcvtq_f32_s32(sums) }
    }
}

impl Floats for float32x4_t {
    const LANES: usize = 4;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        unsafe { vdupq_n_f32(value) }
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        unsafe { vld1q_f32(from) }
    }

    #[inline(always)]
    unsafe fn load_bytes<const V: usize>(from: *const u8) -> [Self; V] {
        unsafe {
            let mut vectors = [Self::splat(0.0); V];
            for v in (0..V).step_by(2) {
                let words = vmovl_u8(vld1_u8(from.add(Self::LANES * v)));
                vectors[v] = vcvtq_f32_u32(vmovl_u16(vget_low_u16(words)));
                vectors[v + 1] = vcvtq_f32_u32(vmovl_high_u16(words));
            }
            vectors
        }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { vst1q_f32(to, self) }
    }

    #[inline(always)]
    unsafe fn store_bytes<const V: usize>(vectors: [Self; V], to: *mut u8) {
        unsafe {
            let nearest = Self::splat(TO_NEAREST);
            for v in (0..V).step_by(2) {
                let first = vmovn_u32(vreinterpretq_u32_f32(vectors[v].add(nearest)));
                let last = vmovn_u32(vreinterpretq_u32_f32(vectors[v + 1].add(nearest)));
                vst1_u8(to.add(Self::LANES * v), vmovn_u16(vcombine_u16(first, last)));
            }
        }
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        unsafe { vmulq_f32(self, other) }
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        unsafe { vaddq_f32(self, other) }
    }

    #[inline(always)]
    unsafe fn or_more(self, other: Self) -> Self {
        unsafe { vbslq_f32(vcgtq_f32(self, other), self, other) }
    }

    #[inline(always)]
    unsafe fn or_less(self, other: Self) -> Self {
        unsafe { vbslq_f32(vcltq_f32(self, other), self, other) }
    }

    #[inline(always)]
    unsafe fn or_zero(self) -> Self {
        unsafe { vbslq_f32(vceqq_f32(self, self), self, Self::splat(0.0)) }
    }
}
