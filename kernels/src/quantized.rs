//! Images in bytes, of seven bits each: what integer arithmetic in wasm takes as one side of its products.

/// The largest number that a byte stands for.
pub const MOST: u8 = 127;

/// What the bytes of an image mean: `(byte - zero) * step`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantization {
    pub step: f32,
    pub zero: u8,
}

impl Quantization {
    /// For numbers from `low` to `high`; 0 is one of the numbers that have a byte of their own.
    pub fn of_range(low: f32, high: f32) -> Self {
        let (low, high) = (low.min(0.0), high.max(0.0));
        let step = ((high - low) / f32::from(MOST)).max(f32::MIN_POSITIVE);
        Self { step, zero: (-low / step).round().clamp(0.0, f32::from(MOST)) as u8 }
    }

    /// The nearest byte. What is not a number becomes 0.
    #[inline(always)]
    pub fn byte(self, value: f32) -> u8 {
        // Casts saturate.
        ((value / self.step).round_ties_even() + f32::from(self.zero)).clamp(0.0, f32::from(MOST)) as u8
    }

    #[inline(always)]
    pub fn value(self, byte: u8) -> f32 {
        (f32::from(byte) - f32::from(self.zero)) * self.step
    }

    pub fn bytes_of(self, numbers: &[f32], bytes: &mut [u8]) {
        bytes.iter_mut().zip(numbers).for_each(|(byte, value)| *byte = self.byte(*value));
    }

    pub fn values_of(self, bytes: &[u8], numbers: &mut [f32]) {
        numbers.iter_mut().zip(bytes).for_each(|(value, byte)| *value = self.value(*byte));
    }
}
