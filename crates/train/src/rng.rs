//! Random numbers that follow from a seed, a purpose and a number alone, so that no generator's state has to be kept.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The generator for one purpose in one step or epoch.
pub fn rng_for(seed: u64, purpose: &str, number: u64) -> ChaCha8Rng {
    let purpose = purpose.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mut rng = ChaCha8Rng::seed_from_u64(purpose);
    rng.set_stream(number);
    rng
}
