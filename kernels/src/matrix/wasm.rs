//! Vectors of a browser: four sums.

use core::arch::wasm32::{
    i16x8_load_extend_i8x8, i32x4_add, i32x4_dot_i16x8, i32x4_splat, v128, v128_load32_splat, v128_store,
};

use super::block::Instructions;

pub struct Wasm;

impl Instructions for Wasm {
    type Sums = v128;
    type Weights = v128;
    type Pair = v128;

    const LANES: usize = 4;

    #[inline(always)]
    unsafe fn nothing() -> v128 {
        i32x4_splat(0)
    }

    #[inline(always)]
    unsafe fn weights(from: *const i8) -> v128 {
        // SAFETY: the caller's.
        unsafe { i16x8_load_extend_i8x8(from) }
    }

    #[inline(always)]
    unsafe fn pair(from: *const i16) -> v128 {
        // SAFETY: the caller's; nothing in wasm has to be aligned.
        unsafe { v128_load32_splat(from.cast()) }
    }

    #[inline(always)]
    unsafe fn add_products(sums: v128, weights: v128, pair: v128) -> v128 {
        i32x4_add(sums, i32x4_dot_i16x8(weights, pair))
    }

    #[inline(always)]
    unsafe fn store(sums: v128, to: *mut i32) {
        // SAFETY: the caller's.
        unsafe { v128_store(to.cast(), sums) }
    }
}
