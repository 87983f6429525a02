//! Sums of products of signed bytes and bytes of seven bits, four products to a sum: the one thing that integer
//! arithmetic is done for, in each of the ways in which processors do it, and what is done to the sums in floats.
//!
//! Every way computes the same bits: integers are exact, and floats are multiplied, added and compared one operation
//! after the other, so a page shows what the command line writes.

#![allow(
    clippy::needless_range_loop,
    reason = "loops over the size of a block are unrolled, so sums stay in registers"
)]

mod instructions;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(not(target_family = "wasm"))]
mod portable;
#[cfg(target_family = "wasm")]
mod wasm;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use instructions::{Dot, Floats, PANEL, Work};

/// The instructions that there are for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni,
    #[cfg(target_arch = "x86_64")]
    AvxVnni,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "aarch64")]
    NeonDot,
    #[cfg(target_arch = "aarch64")]
    Neon,
    #[cfg(not(target_family = "wasm"))]
    Portable,
    #[cfg(target_family = "wasm")]
    Wasm,
}

impl Way {
    /// Those that this processor has, the fastest first.
    pub fn here() -> impl Iterator<Item = Self> {
        let ways = [
            #[cfg(target_arch = "x86_64")]
            (Self::Avx512Vnni, is_x86_feature_detected!("avx512vnni")),
            #[cfg(target_arch = "x86_64")]
            (Self::AvxVnni, is_x86_feature_detected!("avxvnni")),
            #[cfg(target_arch = "x86_64")]
            (Self::Avx2, is_x86_feature_detected!("avx2")),
            #[cfg(target_arch = "aarch64")]
            (Self::NeonDot, std::arch::is_aarch64_feature_detected!("dotprod")),
            #[cfg(target_arch = "aarch64")]
            (Self::Neon, std::arch::is_aarch64_feature_detected!("neon")),
            #[cfg(not(target_family = "wasm"))]
            (Self::Portable, true),
            #[cfg(target_family = "wasm")]
            (Self::Wasm, true),
        ];
        ways.into_iter().filter_map(|(way, is_there)| is_there.then_some(way))
    }

    /// # Safety
    /// It has to be one of those that are [`here`](Self::here).
    pub unsafe fn run(self, work: &impl Work) {
        // SAFETY: the caller's.
        unsafe {
            match self {
                #[cfg(target_arch = "x86_64")]
                Self::Avx512Vnni => x86::avx512_vnni(work),
                #[cfg(target_arch = "x86_64")]
                Self::AvxVnni => x86::avx_vnni(work),
                #[cfg(target_arch = "x86_64")]
                Self::Avx2 => x86::avx2(work),
                #[cfg(target_arch = "aarch64")]
                Self::NeonDot => neon::neon_dot(work),
                #[cfg(target_arch = "aarch64")]
                Self::Neon => neon::neon(work),
                #[cfg(not(target_family = "wasm"))]
                Self::Portable => work.work::<portable::Portable, 2, 1>(),
                #[cfg(target_family = "wasm")]
                Self::Wasm => wasm::simd(work),
            }
        }
    }
}
