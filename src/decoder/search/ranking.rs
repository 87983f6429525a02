//! The best of many words, and one of them by chance.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// The `count` most probable, best first; of equals the lower id first.
pub fn best(mut words: Vec<(u32, f32)>, count: usize) -> Vec<(u32, f32)> {
    let order = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if words.len() > count && count > 0 {
        words.select_nth_unstable_by(count - 1, order);
        words.truncate(count);
    }
    words.sort_unstable_by(order);
    words
}

pub fn sample(words: Vec<(u32, f32)>, temperature: f64, top_p: f64, random: &mut ChaCha8Rng) -> Option<(u32, f32)> {
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
    let mut dart = random.random::<f64>() * nucleus.iter().sum::<f64>();
    let hit = nucleus.iter().position(|weight| {
        dart -= weight;
        dart < 0.0
    });
    words.get(hit.unwrap_or(nucleus.len() - 1)).copied()
}
