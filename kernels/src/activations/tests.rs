//! Beside the same in 64 bits, from where nothing happens to where everything is saturated.

use super::{exp, gated, log_softmax, lstm, sigmoid, tanh, tanh_of};

/// From -100 to 100, close to each other around 0.
fn everywhere() -> impl Iterator<Item = f32> {
    let near = (-2000..=2000).map(|at| at as f32 * 1e-3);
    near.chain((-1000..=1000).map(|at| at as f32 * 0.1)).chain([0.0, -0.0, 1e-30, -1e-30])
}

#[test]
fn functions_are_those_of_64_bits() {
    for x in everywhere() {
        let exact = f64::from(x);
        if (-87.0..=88.0).contains(&x) {
            // A series to the seventh power, and a float's seven digits.
            let error = f64::from(exp(x)) / exact.exp() - 1.0;
            assert!(error.abs() <= 3e-7, "exp({x}) = {}, off by {error}", exp(x));
        }
        // Beside 1, as sums of them are: two roundings of 2⁻²⁴, and what exp is off by.
        let close = |found: f32, exact: f64| (f64::from(found) - exact).abs() <= 3e-7;
        assert!(close(sigmoid(x), 1.0 / (1.0 + (-exact).exp())), "sigmoid({x}) = {}", sigmoid(x));
        assert!(close(tanh(x), exact.tanh()), "tanh({x}) = {}", tanh(x));
    }
}

#[test]
fn what_is_infinite_is_saturated_and_what_is_no_number_stays_none() {
    assert_eq!(
        [f32::NEG_INFINITY, f32::INFINITY, f32::MAX, f32::MIN].map(sigmoid).map(|x| x.round()),
        [0.0, 1.0, 1.0, 0.0]
    );
    assert_eq!([f32::NEG_INFINITY, f32::INFINITY, f32::MAX, f32::MIN].map(tanh), [-1.0, 1.0, 1.0, -1.0]);
    assert!([exp, sigmoid, tanh].iter().all(|function| function(f32::NAN).is_nan()));
}

#[test]
fn a_step_of_an_lstm_is_its_formula() {
    let (rows, hidden) = (3, 37);
    let wave = |at: usize, size: f64| (size * (at as f64 * 0.7).sin()) as f32;
    let gates: Vec<f32> = (0..rows * 4 * hidden).map(|at| wave(at, 4.0)).collect();
    let before: Vec<f32> = (0..rows * hidden).map(|at| wave(at + 5, 2.0)).collect();
    let mut cell = before.clone();
    let states = lstm(&gates, &mut cell, hidden);
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    for at in 0..rows * hidden {
        let gate = |gate: usize| f64::from(gates[at / hidden * 4 * hidden + gate * hidden + at % hidden]);
        let expected = sigmoid(gate(1)) * f64::from(before[at]) + sigmoid(gate(0)) * gate(2).tanh();
        // The functions' own errors, of which a few come together.
        assert!((f64::from(cell[at]) - expected).abs() <= 2e-6, "cell {at}: {} in place of {expected}", cell[at]);
        let expected = sigmoid(gate(3)) * expected.tanh();
        assert!((f64::from(states[at]) - expected).abs() <= 2e-6, "{at}: {} in place of {expected}", states[at]);
    }
    let all = gated(&gates[..hidden], &before[..hidden]);
    let mut memory = before[..hidden].to_vec();
    tanh_of(&mut memory);
    assert!(memory.iter().zip(&before).all(|(found, before)| *found == tanh(*before)));
    for (at, found) in all.iter().enumerate() {
        let expected = sigmoid(f64::from(gates[at])) * f64::from(before[at]).tanh();
        assert!((f64::from(*found) - expected).abs() <= 1e-6, "{at}: {found} in place of {expected}");
    }
}

#[test]
fn log_probabilities_are_those_of_64_bits() {
    for width in [1, 2, 15, 16, 17, 100, 2540] {
        // The second row is far from 0, where a sum of powers would be infinite.
        let logits: Vec<f32> = (0..2 * width).map(|at| (at as f32).sin() * 9.0 + (at / width * 500) as f32).collect();
        let mut found = logits.clone();
        log_softmax(&mut found, width);
        for (found, logits) in found.chunks(width).zip(logits.chunks(width)) {
            let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let sum: f64 = logits.iter().map(|logit| f64::from(logit - largest).exp()).sum();
            for (found, logit) in found.iter().zip(logits) {
                let expected = f64::from(logit - largest) - sum.ln();
                // Two roundings of numbers of up to 30, and the digits of a sum.
                assert!((f64::from(*found) - expected).abs() <= 4e-6, "{width}: {found} in place of {expected}");
            }
        }
    }
}

#[test]
fn a_word_that_cannot_follow_keeps_to_itself_and_no_number_does_not() {
    let mut logits = [1.0, f32::NEG_INFINITY, 1.0, 1.0, f32::NAN, 1.0];
    log_softmax(&mut logits, 3);
    assert_eq!(logits[1], f32::NEG_INFINITY);
    assert!((logits[0] + 2f32.ln()).abs() <= 1e-6 && logits[0] == logits[2], "{logits:?}");
    assert!(logits[3..].iter().all(|value| value.is_nan()), "{logits:?}");
}

#[test]
#[should_panic(expected = "four gates")]
fn an_lstm_without_all_gates_is_refused() {
    lstm(&[0.0; 7], &mut [0.0; 2], 2);
}
