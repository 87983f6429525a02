//! Loops over numbers, written so that the compiler makes vectors of them, of whatever width there is.

use pulp::Arch;

/// Runs a loop with the widest vectors that the processor has. What it runs has to be `#[inline(always)]`, or it is
/// compiled for every processor.
pub fn vectorised(run: impl FnOnce()) {
    Arch::new().dispatch(run);
}

/// Sums that grow side by side: one alone would have to wait for each addition.
const LANES: usize = 32;

/// The keys of some cells, one after the other, and how much each number of a key counts.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    pub keys: &'a [f32],
    pub counts: &'a [f32],
}

impl Comparison<'_> {
    /// With the keys of one photo.
    pub fn of_photo(self, photo: usize, cells: usize) -> Self {
        let size = cells * self.counts.len();
        Self { keys: &self.keys[photo * size..][..size], counts: self.counts }
    }

    /// The sum of relu(key + query), each number as much as it counts, for each key.
    #[inline(always)]
    pub fn compare(self, query: &[f32], output: &mut [f32]) {
        for (key, output) in self.keys.chunks_exact(self.counts.len()).zip(output) {
            let ((keys, key_rest), (queries, query_rest)) = (key.as_chunks::<LANES>(), query.as_chunks::<LANES>());
            let (counts, count_rest) = self.counts.as_chunks::<LANES>();
            let mut sums = [0f32; LANES];
            for ((key, query), count) in keys.iter().zip(queries).zip(counts) {
                for lane in 0..LANES {
                    sums[lane] += (key[lane] + query[lane]).max(0.0) * count[lane];
                }
            }
            let rest = key_rest.iter().zip(query_rest).zip(count_rest);
            let rest: f32 = rest.map(|((key, query), count)| (key + query).max(0.0) * count).sum();
            *output = sums.iter().sum::<f32>() + rest;
        }
    }

    /// The gradient of the query, where `back` is that of each key's sum.
    #[inline(always)]
    pub fn query_gradient(self, query: &[f32], back: &[f32], gradient: &mut [f32]) {
        for (key, back) in self.keys.chunks_exact(self.counts.len()).zip(back) {
            for ((gradient, key), query) in gradient.iter_mut().zip(key).zip(query) {
                *gradient += if key + query > 0.0 { *back } else { 0.0 };
            }
        }
        self.scale(gradient);
    }

    /// Adds to the gradients of the keys, which are yet to be scaled, and of what counts.
    #[inline(always)]
    pub fn add_key_gradients(self, query: &[f32], back: &[f32], of_keys: &mut [f32], of_counts: &mut [f32]) {
        let size = self.counts.len();
        for ((key, of_key), back) in self.keys.chunks_exact(size).zip(of_keys.chunks_exact_mut(size)).zip(back) {
            let numbers = key.iter().zip(query).zip(of_key).zip(of_counts.iter_mut());
            for (((key, query), of_key), of_count) in numbers {
                let sum = key + query;
                let back = if sum > 0.0 { *back } else { 0.0 };
                *of_key += back;
                *of_count += back * sum;
            }
        }
    }

    /// Multiplies numbers of the size of keys by how much each counts.
    #[inline(always)]
    pub fn scale(self, numbers: &mut [f32]) {
        for numbers in numbers.chunks_exact_mut(self.counts.len()) {
            numbers.iter_mut().zip(self.counts).for_each(|(number, count)| *number *= count);
        }
    }
}

/// e to the power of x, to the last bits: 2 to a whole number, times a polynomial of what is left, which is at most half
/// of ln 2 from 0. The standard library's takes one number at a time.
#[inline(always)]
fn exp(x: f32) -> f32 {
    /// Parts of ln 2: the first has so few bits that a multiple of it is exact.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    // Beyond, the result would be no normal number.
    let x = x.clamp(-87.0, 88.0);
    // Adding a number so large leaves no bits for what is behind the point.
    const LARGE: f32 = 12_582_912.0;
    let whole = (x * std::f32::consts::LOG2_E + LARGE) - LARGE;
    let rest = x - whole * LN_2[0] - whole * LN_2[1];
    let polynomial = [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
    let power = polynomial.iter().fold(0.0f32, |sum, factor| sum * rest + factor);
    power * f32::from_bits(((whole as i32 + 127) << 23) as u32)
}

#[inline(always)]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

#[inline(always)]
fn tanh(x: f32) -> f32 {
    2.0 / (1.0 + exp(-2.0 * x)) - 1.0
}

/// A row of an LSTM's gates, `[4 * hidden]`, after their functions; its hidden and its cell state side by side.
#[inline(always)]
pub fn lstm_row(gates: &mut [f32], cell: &[f32], states: &mut [f32]) {
    let hidden = cell.len();
    let (input_and_forget, rest) = gates.split_at_mut(2 * hidden);
    let (candidate, output) = rest.split_at_mut(hidden);
    for gate in [input_and_forget, output] {
        gate.iter_mut().for_each(|gate| *gate = sigmoid(*gate));
    }
    candidate.iter_mut().for_each(|gate| *gate = tanh(*gate));
    let (input, forget, candidate, output) = four(gates);
    let (hidden_state, next_cell) = states.split_at_mut(hidden);
    for i in 0..hidden {
        next_cell[i] = forget[i] * cell[i] + input[i] * candidate[i];
        hidden_state[i] = output[i] * tanh(next_cell[i]);
    }
}

/// The gradients of the gates before their functions and of the cell state before, where `back` is that of the states.
#[inline(always)]
pub fn lstm_row_gradients(
    gates: &[f32],
    cell: &[f32],
    states: &[f32],
    back: &[f32],
    of_gates: &mut [f32],
    of_cell: &mut [f32],
) {
    let hidden = cell.len();
    let (input, forget, candidate, output) = four(gates);
    let next_cell = &states[hidden..];
    let (hidden_back, cell_back) = back.split_at(hidden);
    let (of_input, rest) = of_gates.split_at_mut(hidden);
    let (of_forget, rest) = rest.split_at_mut(hidden);
    let (of_candidate, of_output) = rest.split_at_mut(hidden);
    for i in 0..hidden {
        let shown = tanh(next_cell[i]);
        of_output[i] = hidden_back[i] * shown * output[i] * (1.0 - output[i]);
        let of_next = cell_back[i] + hidden_back[i] * output[i] * (1.0 - shown * shown);
        of_input[i] = of_next * candidate[i] * input[i] * (1.0 - input[i]);
        of_forget[i] = of_next * cell[i] * forget[i] * (1.0 - forget[i]);
        of_candidate[i] = of_next * input[i] * (1.0 - candidate[i] * candidate[i]);
        of_cell[i] = of_next * forget[i];
    }
}

/// Input, forget gate, candidate and output gate.
#[inline(always)]
fn four(gates: &[f32]) -> (&[f32], &[f32], &[f32], &[f32]) {
    let (first, second) = gates.split_at(gates.len() / 2);
    let ((input, forget), (candidate, output)) = (first.split_at(first.len() / 2), second.split_at(second.len() / 2));
    (input, forget, candidate, output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_exact_to_the_last_bits() {
        for step in -2000..2000 {
            let x = step as f32 / 20.0;
            let exact = f64::from(x).clamp(-87.0, 88.0).exp();
            assert!((f64::from(exp(x)) / exact - 1.0).abs() < 3e-7, "exp({x}) = {}", exp(x));
            assert!((f64::from(tanh(x)) - f64::from(x).tanh()).abs() < 2e-7, "tanh({x}) = {}", tanh(x));
            assert!((f64::from(sigmoid(x)) - 1.0 / (1.0 + (-f64::from(x)).exp())).abs() < 2e-7, "sigmoid({x})");
        }
    }

    #[test]
    fn comparisons_of_whole_vectors_and_a_rest_are_those_of_single_numbers() {
        let (cells, size) = (3, 2 * LANES + 6);
        let number = |i: usize| ((i * 37 % 101) as f32 - 50.0) / 25.0;
        let keys: Vec<f32> = (0..cells * size).map(number).collect();
        let query: Vec<f32> = (0..size).map(|i| number(i + 7)).collect();
        let counts: Vec<f32> = (0..size).map(|i| number(i + 13)).collect();
        let back = [0.5, -1.0, 2.0];
        let comparison = Comparison { keys: &keys, counts: &counts };
        let (mut output, mut of_query) = (vec![0.0; cells], vec![0.0; size]);
        let (mut of_keys, mut of_counts) = (vec![0.0; cells * size], vec![0.0; size]);
        comparison.compare(&query, &mut output);
        comparison.query_gradient(&query, &back, &mut of_query);
        comparison.add_key_gradients(&query, &back, &mut of_keys, &mut of_counts);
        comparison.scale(&mut of_keys);
        let sum = |cell: usize, i: usize| keys[cell * size + i] + query[i];
        let near = |found: f32, expected: f32| assert!((found - expected).abs() < 1e-4, "{found}, {expected}");
        for cell in 0..cells {
            near(output[cell], (0..size).map(|i| sum(cell, i).max(0.0) * counts[i]).sum());
            for i in 0..size {
                let is_positive = f32::from(u8::from(sum(cell, i) > 0.0));
                near(of_keys[cell * size + i], back[cell] * counts[i] * is_positive);
            }
        }
        for i in 0..size {
            let positive = |cell: &usize| sum(*cell, i) > 0.0;
            near(of_query[i], (0..cells).filter(positive).map(|cell| back[cell] * counts[i]).sum());
            near(of_counts[i], (0..cells).filter(positive).map(|cell| back[cell] * sum(cell, i)).sum());
        }
    }
}
