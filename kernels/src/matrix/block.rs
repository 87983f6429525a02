//! Sums of products of a few rows with a panel of weights, which stay in registers while the inputs go by, by whatever
//! instructions a processor has.

/// Outputs that are computed together.
pub const PANEL: usize = 16;

/// Rows that are computed together at most: weights are made wider once for all of them.
pub const ROWS: usize = 4;

/// The products of some rows with a panel.
pub type Products = [[i32; PANEL]; ROWS];

/// What a way has instructions for. All of them are to be inlined: what is not is compiled without the vectors.
pub trait Instructions {
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

/// # Safety
/// The processor has to have the instructions, the rows one length, and the panel weights for each of their numbers.
#[inline(always)]
pub unsafe fn products<I: Instructions>(weights: &[i8], rows: [&[i16]; ROWS], count: usize) -> Products {
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
