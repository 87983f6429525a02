//! The best of many words, and one of them by chance.

/// The `count` most probable, best first; of equals the lower id first.
pub(super) fn best(mut words: Vec<(u32, f32)>, count: usize) -> Vec<(u32, f32)> {
    if words.len() > count && count > 0 {
        words.select_nth_unstable_by(count - 1, order);
        words.truncate(count);
    }
    words.sort_unstable_by(order);
    words
}

/// The most probable word; of equals the one with the lower id.
pub fn most_probable(words: impl Iterator<Item = (u32, f32)>) -> Option<(u32, f32)> {
    words.min_by(order)
}

fn order(a: &(u32, f32), b: &(u32, f32)) -> std::cmp::Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

/// One of the most probable words that together reach the share `top_p`, by `uniform`, a number from 0 to below 1.
pub(super) fn sample(
    words: impl Iterator<Item = (u32, f32)>,
    temperature: f64,
    top_p: f64,
    uniform: f64,
) -> Option<(u32, f32)> {
    let words: Vec<(u32, f32)> = words.collect();
    let count = words.len();
    let words = best(words, count);
    let greatest = f64::from(words.first()?.1);
    let weights: Vec<f64> =
        words.iter().map(|(_, value)| ((f64::from(*value) - greatest) / temperature).exp()).collect();
    let mut share = weights.iter().sum::<f64>() * top_p;
    let nucleus = weights.iter().position(|weight| {
        share -= weight;
        share <= 0.0
    });
    let nucleus = &weights[..nucleus.map_or(count, |last| last + 1)];
    words.get(draw(nucleus.iter().copied(), uniform)?).copied()
}

/// The place at which `uniform`, from 0 to below 1, falls where all lie side by side, each as wide as its weight.
pub fn draw(weights: impl Iterator<Item = f64> + Clone, uniform: f64) -> Option<usize> {
    let mut rest = uniform * weights.clone().sum::<f64>();
    let mut last = None;
    for (place, weight) in weights.enumerate() {
        rest -= weight;
        last = Some(place);
        if rest < 0.0 {
            break;
        }
    }
    // Rounding may leave a little over; it belongs to the last.
    last
}
