//! Vectors in memory, and what happens to a sum before it is written.

use pulp::Simd;

/// # Safety
/// There have to be as many numbers as a vector has.
#[inline(always)]
pub unsafe fn load<S: Simd>(numbers: *const f32) -> S::f32s {
    // SAFETY: the caller's; vectors are plain numbers.
    unsafe { numbers.cast::<S::f32s>().read_unaligned() }
}

/// # Safety
/// There has to be room for as many numbers as a vector has.
#[inline(always)]
pub unsafe fn store<S: Simd>(numbers: *mut f32, vector: S::f32s) {
    // SAFETY: the caller's.
    unsafe { numbers.cast::<S::f32s>().write_unaligned(vector) }
}

/// Writes the first `count` numbers of vectors that lie side by side.
///
/// # Safety
/// There has to be room for as many.
#[inline(always)]
pub unsafe fn store_some<S: Simd, const V: usize>(numbers: *mut f32, vectors: [S::f32s; V], count: usize) {
    // SAFETY: the caller's; a vector is `F32_LANES` numbers.
    unsafe {
        if count == V * S::F32_LANES {
            for (v, vector) in vectors.into_iter().enumerate() {
                store::<S>(numbers.add(v * S::F32_LANES), vector);
            }
        } else {
            core::ptr::copy_nonoverlapping((&raw const vectors).cast::<f32>(), numbers, count);
        }
    }
}

/// `sum + a * b`, rounded once where processors can, which is faster, or twice, which is the same on all of them.
#[inline(always)]
pub fn add_product<S: Simd, const FUSED: bool>(simd: S, a: S::f32s, b: S::f32s, sum: S::f32s) -> S::f32s {
    if FUSED { simd.mul_add_e_f32s(a, b, sum) } else { simd.add_f32s(simd.mul_f32s(a, b), sum) }
}

/// What is not a number stays so.
#[inline(always)]
pub fn clamp<S: Simd>(simd: S, value: S::f32s, low: S::f32s, high: S::f32s) -> S::f32s {
    let value = simd.select_f32s(simd.less_than_f32s(value, low), low, value);
    simd.select_f32s(simd.less_than_f32s(high, value), high, value)
}
