//! What a decoder does with sums before they are hidden states and probabilities, over whole rows.
//!
//! Written by hand because one call of a library for each number takes as long as the product that the number comes from.
//! These are additions, multiplications and a division without calls or branches, of which the compiler makes vectors;
//! and being nothing else, they are the same in every browser and on every processor.

#[cfg(test)]
mod tests;

/// Numbers that are reduced side by side.
const LANES: usize = 16;

/// What is added to a number of up to 22 bits so that nothing is left of it behind the point, and its last bits are the
/// whole number: the nearest, of two the even one, on every processor.
pub(crate) const ROUNDING: f32 = 1.5 * (1 << 23) as f32;

/// ln 2 in two parts: of the first, multiples up to 128 are exact.
const LN_2: [f32; 2] = [355.0 / 512.0, -2.121_944_4e-4];

/// To seven digits, from e⁻⁸⁷ to e⁸⁸; what lies beyond is taken as these. What is not a number stays so.
#[inline(always)]
fn exp(x: f32) -> f32 {
    let x = if x < -87.0 { -87.0 } else { x };
    let x = if x > 88.0 { 88.0 } else { x };
    // e^x = 2^whole * e^rest, the rest within half of ln 2, where its series ends soon.
    let rounded = x * core::f32::consts::LOG2_E + ROUNDING;
    let whole = rounded - ROUNDING;
    let rest = x - whole * LN_2[0] - whole * LN_2[1];
    let series = [5040.0, 720.0, 120.0, 24.0, 6.0, 2.0, 1.0, 1.0];
    let series = series.into_iter().fold(0.0, |sum, factorial: f32| sum * rest + 1.0 / factorial);
    // The exponent of a float stands in the bits from the 23rd on.
    series * f32::from_bits((rounded.to_bits() << 23).wrapping_add(127 << 23))
}

#[inline(always)]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

#[inline(always)]
fn tanh(x: f32) -> f32 {
    1.0 - 2.0 / (1.0 + exp(2.0 * x))
}

/// A step of an LSTM: of its gates, `[rows, 4 * hidden]` in PyTorch's order and before their functions, and its cell
/// states, `[rows, hidden]`, which become the next ones. Gives the hidden states.
///
/// # Panics
/// If there are not four gates for each number of the state.
pub fn lstm(gates: &[f32], cell: &mut [f32], hidden: usize) -> Vec<f32> {
    let fits = gates.len() == 4 * cell.len() && cell.len().is_multiple_of(hidden.max(1));
    assert!(fits, "an LSTM has four gates for each number of its state");
    let mut states = vec![0.0; cell.len()];
    if hidden == 0 {
        return states;
    }
    let rows = cell.chunks_exact_mut(hidden).zip(states.chunks_exact_mut(hidden));
    for ((cell, states), gates) in rows.zip(gates.chunks_exact(4 * hidden)) {
        let count = cell.len();
        let [input, forget, candidate, output] = [0, 1, 2, 3].map(|gate| &gates[gate * count..][..count]);
        let states = &mut states[..count];
        for at in 0..count {
            cell[at] = sigmoid(forget[at]) * cell[at] + sigmoid(input[at]) * tanh(candidate[at]);
            states[at] = sigmoid(output[at]) * tanh(cell[at]);
        }
    }
    states
}

/// tanh of each number.
pub fn tanh_of(numbers: &mut [f32]) {
    numbers.iter_mut().for_each(|number| *number = tanh(*number));
}

/// sigmoid(gate) · tanh(memory)
///
/// # Panics
/// If there are not as many of both.
pub fn gated(gate: &[f32], memory: &[f32]) -> Vec<f32> {
    assert_eq!(gate.len(), memory.len(), "everything in a memory has a gate");
    gate.iter().zip(memory).map(|(gate, memory)| sigmoid(*gate) * tanh(*memory)).collect()
}

/// Makes log-probabilities of logits, `[rows, width]`.
pub fn log_softmax(logits: &mut [f32], width: usize) {
    for row in logits.chunks_exact_mut(width.max(1)) {
        let largest = in_lanes(row, f32::NEG_INFINITY, larger).into_iter().fold(f32::NEG_INFINITY, larger);
        row.iter_mut().for_each(|logit| *logit -= largest);
        let sum: f32 = in_lanes(row, 0.0, |sum, logit| sum + exp(logit)).iter().sum();
        // In 64 bits, so that what the library rounds otherwise elsewhere is rounded away.
        let log = f64::from(sum).ln() as f32;
        row.iter_mut().for_each(|logit| *logit -= log);
    }
}

#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

/// Every sixteenth number taken together, as the compiler may not by itself: floats have an order.
#[inline(always)]
fn in_lanes(row: &[f32], first: f32, take: impl Fn(f32, f32) -> f32) -> [f32; LANES] {
    let mut lanes = [first; LANES];
    let (whole, rest) = row.as_chunks::<LANES>();
    for numbers in whole {
        for (lane, number) in lanes.iter_mut().zip(numbers) {
            *lane = take(*lane, *number);
        }
    }
    for (lane, number) in lanes.iter_mut().zip(rest) {
        *lane = take(*lane, *number);
    }
    lanes
}
