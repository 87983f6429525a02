//! Vectors of 512 bits, in which four products are one instruction, and of 256 bits, in which they are one or three.

use core::arch::x86_64::*;

use super::instructions::{Dot, Floats, Work};
use crate::quantized::TO_NEAREST;

/// A vector is a panel; of the 32 there are, 12 are sums.
#[target_feature(enable = "avx512vnni")]
pub unsafe fn avx512_vnni(work: &impl Work) {
    unsafe { work.work::<Avx512Vnni, 12, 1>() }
}

/// A panel is two vectors; of the 16 there are, 12 are sums.
#[target_feature(enable = "avxvnni")]
pub unsafe fn avx_vnni(work: &impl Work) {
    unsafe { work.work::<Avx2<true>, 6, 2>() }
}

/// Products need a vector for themselves, so 8 are sums.
#[target_feature(enable = "avx2")]
pub unsafe fn avx2(work: &impl Work) {
    unsafe { work.work::<Avx2<false>, 4, 2>() }
}

struct Avx512Vnni;

impl Dot for Avx512Vnni {
    type Sums = __m512i;
    type Weights = __m512i;
    type Numbers = __m512i;
    type Floats = __m512;

    #[inline(always)]
    unsafe fn nothing() -> __m512i {
        unsafe { _mm512_setzero_si512() }
    }

    #[inline(always)]
    unsafe fn weights(from: *const i8) -> __m512i {
        unsafe { _mm512_loadu_si512(from.cast()) }
    }

    #[inline(always)]
    unsafe fn numbers(from: *const u8) -> __m512i {
        unsafe { _mm512_set1_epi32(from.cast::<i32>().read_unaligned()) }
    }

    #[inline(always)]
    unsafe fn add_products(sums: __m512i, weights: __m512i, numbers: __m512i) -> __m512i {
        unsafe { _mm512_dpbusd_epi32(sums, numbers, weights) }
    }

    #[inline(always)]
    unsafe fn floats(sums: __m512i) -> __m512 {
        unsafe { _mm512_cvtepi32_ps(sums) }
    }
}

impl Floats for __m512 {
    const LANES: usize = 16;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        unsafe { _mm512_set1_ps(value) }
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        unsafe { _mm512_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn load_bytes<const V: usize>(from: *const u8) -> [Self; V] {
        unsafe {
            let mut vectors = [Self::splat(0.0); V];
            for v in 0..V {
                let bytes = _mm_loadu_si128(from.add(Self::LANES * v).cast());
                vectors[v] = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(bytes));
            }
            vectors
        }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { _mm512_storeu_ps(to, self) }
    }

    #[inline(always)]
    unsafe fn store_bytes<const V: usize>(vectors: [Self; V], to: *mut u8) {
        unsafe {
            for v in 0..V {
                let bits = _mm512_castps_si512(vectors[v].add(Self::splat(TO_NEAREST)));
                _mm_storeu_si128(to.add(Self::LANES * v).cast(), _mm512_cvtepi32_epi8(bits));
            }
        }
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        unsafe { _mm512_mul_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        unsafe { _mm512_add_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn or_more(self, other: Self) -> Self {
        unsafe { _mm512_max_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn or_less(self, other: Self) -> Self {
        unsafe { _mm512_min_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn or_zero(self) -> Self {
        unsafe { _mm512_maskz_mov_ps(_mm512_cmp_ps_mask::<_CMP_ORD_Q>(self, self), self) }
    }
}

struct Avx2<const HAS_VNNI: bool>;

impl<const HAS_VNNI: bool> Dot for Avx2<HAS_VNNI> {
    type Sums = __m256i;
    type Weights = __m256i;
    type Numbers = __m256i;
    type Floats = __m256;

    #[inline(always)]
    unsafe fn nothing() -> __m256i {
        unsafe { _mm256_setzero_si256() }
    }

    #[inline(always)]
    unsafe fn weights(from: *const i8) -> __m256i {
        unsafe { _mm256_loadu_si256(from.cast()) }
    }

    #[inline(always)]
    unsafe fn numbers(from: *const u8) -> __m256i {
        unsafe { _mm256_set1_epi32(from.cast::<i32>().read_unaligned()) }
    }

    #[inline(always)]
    unsafe fn add_products(sums: __m256i, weights: __m256i, numbers: __m256i) -> __m256i {
        unsafe {
            if HAS_VNNI {
                return _mm256_dpbusd_avx_epi32(sums, numbers, weights);
            }
            // Two products of seven bits and eight stay within 16.
            let pairs = _mm256_maddubs_epi16(numbers, weights);
            _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))
        }
    }

    #[inline(always)]
    unsafe fn floats(sums: __m256i) -> __m256 {
        unsafe { _mm256_cvtepi32_ps(sums) }
    }
}

impl Floats for __m256 {
    const LANES: usize = 8;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        unsafe { _mm256_set1_ps(value) }
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        unsafe { _mm256_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn load_bytes<const V: usize>(from: *const u8) -> [Self; V] {
        unsafe {
            let mut vectors = [Self::splat(0.0); V];
            for v in 0..V {
                let bytes = _mm_loadl_epi64(from.add(Self::LANES * v).cast());
                vectors[v] = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes));
            }
            vectors
        }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { _mm256_storeu_ps(to, self) }
    }

    #[inline(always)]
    unsafe fn store_bytes<const V: usize>(vectors: [Self; V], to: *mut u8) {
        unsafe {
            for v in 0..V {
                let bits = _mm256_castps_si256(vectors[v].add(Self::splat(TO_NEAREST)));
                let low = _mm256_and_si256(bits, _mm256_set1_epi32(0xff));
                let words = _mm_packs_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256::<1>(low));
                _mm_storel_epi64(to.add(Self::LANES * v).cast(), _mm_packus_epi16(words, words));
            }
        }
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        unsafe { _mm256_mul_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        unsafe { _mm256_add_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn or_more(self, other: Self) -> Self {
        unsafe { _mm256_max_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn or_less(self, other: Self) -> Self {
        unsafe { _mm256_min_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn or_zero(self) -> Self {
        unsafe { _mm256_and_ps(_mm256_cmp_ps::<_CMP_ORD_Q>(self, self), self) }
    }
}
