//! AVX2, of eight sums, and AVX-512, of sixteen.

use core::arch::x86_64::*;

use super::block::{Instructions, Products, ROWS, products};

/// # Safety
/// As [`products`].
#[target_feature(enable = "avx2")]
pub unsafe fn in_avx2(weights: &[i8], rows: [&[i16]; ROWS], count: usize) -> Products {
    // SAFETY: the caller's.
    unsafe { products::<Avx2>(weights, rows, count) }
}

/// # Safety
/// As [`products`].
#[target_feature(enable = "avx512bw")]
pub unsafe fn in_avx512(weights: &[i8], rows: [&[i16]; ROWS], count: usize) -> Products {
    // SAFETY: the caller's.
    unsafe { products::<Avx512>(weights, rows, count) }
}

macro_rules! instructions {
    ($name:ident: $lanes:literal, $sums:ident,
     $zero:ident, $load:ident, $widen:ident, $splat:ident, $multiply:ident, $add:ident, $store:ident) => {
        struct $name;

        // SAFETY of all: the caller's.
        impl Instructions for $name {
            type Sums = $sums;
            type Weights = $sums;
            type Pair = $sums;

            const LANES: usize = $lanes;

            #[inline(always)]
            unsafe fn nothing() -> $sums {
                unsafe { $zero() }
            }

            #[inline(always)]
            unsafe fn weights(from: *const i8) -> $sums {
                unsafe { $widen($load(from.cast())) }
            }

            #[inline(always)]
            unsafe fn pair(from: *const i16) -> $sums {
                unsafe { $splat(from.cast::<i32>().read_unaligned()) }
            }

            #[inline(always)]
            unsafe fn add_products(sums: $sums, weights: $sums, pair: $sums) -> $sums {
                unsafe { $add(sums, $multiply(weights, pair)) }
            }

            #[inline(always)]
            unsafe fn store(sums: $sums, to: *mut i32) {
                unsafe { $store(to.cast(), sums) }
            }
        }
    };
}

instructions! {
    Avx2: 8, __m256i,
    _mm256_setzero_si256, _mm_loadu_si128, _mm256_cvtepi8_epi16, _mm256_set1_epi32, _mm256_madd_epi16, _mm256_add_epi32,
    _mm256_storeu_si256
}
instructions! {
    Avx512: 16, __m512i,
    _mm512_setzero_si512, _mm256_loadu_si256, _mm512_cvtepi8_epi16, _mm512_set1_epi32, _mm512_madd_epi16,
    _mm512_add_epi32, _mm512_storeu_si512
}
