//! The ways in which processors multiply whole numbers of 16 bits in pairs, and add up in 32. The sums are exact, so it is
//! the same in all of them.

mod portable;
#[cfg(target_family = "wasm")]
mod wasm;
#[cfg(target_arch = "x86_64")]
mod x86;

use super::PANEL;

/// Rows that are computed together at most: weights are made wider once for all of them.
pub const ROWS: usize = 4;

/// The products of some rows with a panel.
pub type Products = [[i32; PANEL]; ROWS];

/// What a way has instructions for. All of them are to be inlined: what is not is compiled without the vectors.
trait Instructions {
    /// Some sums side by side.
    type Sums: Copy;
    /// Two weights for each of them.
    type Weights: Copy;
    /// Two numbers of a row.
    type Pair: Copy;

    /// How many sums.
    const LANES: usize;

    /// # Safety
    /// The processor has to have the instructions; so with all that follow.
    unsafe fn nothing() -> Self::Sums;

    /// # Safety
    /// There have to be two weights for each sum.
    unsafe fn weights(from: *const i8) -> Self::Weights;

    /// # Safety
    /// There have to be two numbers.
    unsafe fn pair(from: *const i16) -> Self::Pair;

    /// # Safety
    /// None but the processor's.
    unsafe fn add_products(sums: Self::Sums, weights: Self::Weights, pair: Self::Pair) -> Self::Sums;

    /// # Safety
    /// There has to be room for the sums.
    unsafe fn store(sums: Self::Sums, to: *mut i32);
}

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
                Self::Portable => products::<portable::Portable>(weights, rows, count),
                #[cfg(target_family = "wasm")]
                Self::Wasm => products::<wasm::Wasm>(weights, rows, count),
                #[cfg(target_arch = "x86_64")]
                Self::Avx2 => x86::in_avx2(weights, rows, count),
                #[cfg(target_arch = "x86_64")]
                Self::Avx512 => x86::in_avx512(weights, rows, count),
            }
        }
    }
}

/// # Safety
/// The processor has to have the instructions, the rows one length, and the panel weights for each of their numbers.
#[inline(always)]
unsafe fn products<I: Instructions>(weights: &[i8], rows: [&[i16]; ROWS], count: usize) -> Products {
    let mut products = [[0; PANEL]; ROWS];
    // SAFETY: the caller's. As many vectors as leave registers for weights and numbers: V8 has 15.
    unsafe {
        match (I::LANES, count) {
            (4, 1) => block::<I, 1, 4>(weights, rows, &mut products),
            (4, 2) => block::<I, 2, 4>(weights, rows, &mut products),
            (4, 3) => block::<I, 3, 2>(weights, rows, &mut products),
            (4, _) => block::<I, 4, 2>(weights, rows, &mut products),
            (8, 1) => block::<I, 1, 2>(weights, rows, &mut products),
            (8, 2) => block::<I, 2, 2>(weights, rows, &mut products),
            (8, 3) => block::<I, 3, 2>(weights, rows, &mut products),
            (8, _) => block::<I, 4, 2>(weights, rows, &mut products),
            (_, 1) => block::<I, 1, 1>(weights, rows, &mut products),
            (_, 2) => block::<I, 2, 1>(weights, rows, &mut products),
            (_, 3) => block::<I, 3, 1>(weights, rows, &mut products),
            (_, _) => block::<I, 4, 1>(weights, rows, &mut products),
        }
    }
    products
}

/// The sums of `M` rows, in as many goes as `V` vectors of outputs need for the panel.
///
/// # Safety
/// As above.
#[inline(always)]
#[allow(
    clippy::needless_range_loop,
    reason = "loops over the size of a block are unrolled, so sums stay in registers; closures would not be inlined"
)]
unsafe fn block<I: Instructions, const M: usize, const V: usize>(
    weights: &[i8],
    rows: [&[i16]; ROWS],
    products: &mut Products,
) {
    let length = rows[0].len();
    // SAFETY: the caller's.
    unsafe {
        let mut first = 0;
        while first < PANEL {
            let mut sums = [[I::nothing(); V]; M];
            let mut weights = weights.as_ptr().add(2 * first);
            let mut number = 0;
            while number < length {
                let mut pairs = [I::pair(rows[0].as_ptr().add(number)); M];
                for m in 1..M {
                    pairs[m] = I::pair(rows[m].as_ptr().add(number));
                }
                for v in 0..V {
                    let both = I::weights(weights.add(2 * v * I::LANES));
                    for m in 0..M {
                        sums[m][v] = I::add_products(sums[m][v], both, pairs[m]);
                    }
                }
                weights = weights.add(2 * PANEL);
                number += 2;
            }
            for m in 0..M {
                for v in 0..V {
                    I::store(sums[m][v], products[m].as_mut_ptr().add(first + v * I::LANES));
                }
            }
            first += V * I::LANES;
        }
    }
}
