//! The ways in which processors multiply whole numbers of 16 bits in pairs, and add up in 32. The sums are exact, so it is
//! the same in all of them.

use super::block::{PANEL, Products, ROWS, products};
use super::portable::Portable;
#[cfg(target_family = "wasm")]
use super::wasm::Wasm;
#[cfg(target_arch = "x86_64")]
use super::x86;

#[derive(Clone, Copy, Debug)]
pub enum Way {
    #[cfg_attr(target_family = "wasm", allow(dead_code, reason = "every browser that loads the page has vectors"))]
    Portable,
    #[cfg(target_family = "wasm")]
    Wasm,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Way {
    /// All that this processor has, the best last.
    pub fn all() -> impl Iterator<Item = Self> {
        #[cfg(target_family = "wasm")]
        let ways = [(Self::Portable, true), (Self::Wasm, true)];
        #[cfg(target_arch = "x86_64")]
        let ways = [
            (Self::Portable, true),
            (Self::Avx2, is_x86_feature_detected!("avx2")),
            (Self::Avx512, is_x86_feature_detected!("avx512bw")),
        ];
        #[cfg(not(any(target_family = "wasm", target_arch = "x86_64")))]
        let ways = [(Self::Portable, true)];
        ways.into_iter().filter_map(|(way, is_there)| is_there.then_some(way))
    }

    pub fn best() -> Self {
        Self::all().last().unwrap_or(Self::Portable)
    }

    /// Of the first `count` of the rows, which are of the same length, with the weights of a panel.
    pub fn products(self, weights: &[i8], rows: [&[i16]; ROWS], count: usize) -> Products {
        let length = rows[0].len();
        assert!(rows.iter().all(|row| row.len() == length) && weights.len() >= length * PANEL);
        // SAFETY: there are weights for each number; whoever has a way has looked whether the processor has it.
        unsafe {
            match self {
                Self::Portable => products::<Portable>(weights, rows, count),
                #[cfg(target_family = "wasm")]
                Self::Wasm => products::<Wasm>(weights, rows, count),
                #[cfg(target_arch = "x86_64")]
                Self::Avx2 => x86::in_avx2(weights, rows, count),
                #[cfg(target_arch = "x86_64")]
                Self::Avx512 => x86::in_avx512(weights, rows, count),
            }
        }
    }
}
