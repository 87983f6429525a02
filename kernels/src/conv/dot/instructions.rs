//! What a way of computing sums of bytes has to have instructions for, and what is done with them.

/// Outputs whose weights lie together: for each four numbers of a run, four weights of each of them.
pub const PANEL: usize = 16;

/// How sums are computed.
///
/// # Safety
/// The processor has to have the instructions that it is about, and all that is read or written has to be there. All of
/// it is inlined into the function that has the instructions switched on; what is not would be compiled without them.
pub trait Dot {
    /// One sum for each number of `Floats`.
    type Sums: Copy;
    /// Four weights for each of the sums.
    type Weights: Copy;
    /// Four numbers of an image.
    type Numbers: Copy;
    type Floats: Floats;

    unsafe fn nothing() -> Self::Sums;
    unsafe fn weights(from: *const i8) -> Self::Weights;
    unsafe fn numbers(from: *const u8) -> Self::Numbers;
    unsafe fn add_products(sums: Self::Sums, weights: Self::Weights, numbers: Self::Numbers) -> Self::Sums;
    unsafe fn floats(sums: Self::Sums) -> Self::Floats;
}

/// A vector of 32-bit floats.
///
/// # Safety
/// As for [`Dot`].
pub trait Floats: Copy {
    const LANES: usize;

    unsafe fn splat(value: f32) -> Self;
    unsafe fn load(from: *const f32) -> Self;
    unsafe fn load_bytes<const V: usize>(from: *const u8) -> [Self; V];
    unsafe fn store(self, to: *mut f32);
    /// Rounds numbers from 0 to 127 to the nearest, those in the middle to the even one.
    unsafe fn store_bytes<const V: usize>(vectors: [Self; V], to: *mut u8);
    unsafe fn mul(self, other: Self) -> Self;
    unsafe fn add(self, other: Self) -> Self;
    /// The larger of both; `other` where one of them is not a number.
    unsafe fn or_more(self, other: Self) -> Self;
    /// The smaller of both; `other` where one of them is not a number.
    unsafe fn or_less(self, other: Self) -> Self;
    /// 0 in place of what is not a number.
    unsafe fn or_zero(self) -> Self;
}

/// What is done in one of the ways, for `M` pixels and `V` vectors of sums at a time: as many as stay in registers.
pub trait Work {
    /// # Safety
    /// As for [`Dot`].
    unsafe fn work<D: Dot, const M: usize, const V: usize>(&self);
}
