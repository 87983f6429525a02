//! Images in bytes, of seven bits each: what integer arithmetic in wasm takes as one side of its products.

/// The largest number that a byte stands for.
pub const MOST: u8 = 127;

/// Numbers from 0 to 127 that this is added to end in the bits of the nearest byte, the even one where two are as near:
/// there is nothing left for a fraction.
pub(crate) const TO_NEAREST: f32 = 1.5 * (1 << 23) as f32;

/// The nearest byte to a number from 0 to 127.
#[inline(always)]
pub(crate) fn nearest(number: f32) -> u8 {
    (number + TO_NEAREST).to_bits() as u8
}

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
        let number = value * (1.0 / self.step) + f32::from(self.zero);
        // Comparisons that vectors have as one instruction: the first is false for what is not a number.
        let number = if number > 0.0 { number } else { 0.0 };
        let most = f32::from(MOST);
        nearest(if number < most { number } else { most })
    }

    #[inline(always)]
    pub fn value(self, byte: u8) -> f32 {
        (f32::from(byte) - f32::from(self.zero)) * self.step
    }

    /// The nearest byte of each number, as many as there are of both.
    pub fn bytes_of(self, numbers: &[f32], bytes: &mut [u8]) {
        bytes.iter_mut().zip(numbers).for_each(|(byte, number)| *byte = self.byte(*number));
    }

    /// What each byte stands for, as many as there are of both.
    pub fn values_of(self, bytes: &[u8], numbers: &mut [f32]) {
        numbers.iter_mut().zip(bytes).for_each(|(number, byte)| *number = self.value(*byte));
    }
}
