//! What numbers are clamped to.

/// Every number: what comes out is not clamped.
pub const EVERYTHING: (f32, f32) = (f32::NEG_INFINITY, f32::INFINITY);

/// The same range in numbers, for not every GPU knows infinity.
pub fn finite((low, high): (f32, f32)) -> (f32, f32) {
    (low.max(f32::MIN), high.min(f32::MAX))
}
