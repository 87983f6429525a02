//! Which pictures look like a model's photos: measured on photos that it did not learn from.

use sightline::familiarity::Familiarity;

/// The share of photos that are taken for no photo.
pub const FALSE_ALARMS: f64 = 0.01;
/// Of fewer photos such a share would be chance.
pub const FEWEST: usize = 200;
const FOLDS: usize = 5;
/// Numbers are kept to so many parts of 1: a model folder is not to hold digits that mean nothing.
const PARTS: f64 = 1e5;

/// Where the photos are, and how far they go; nothing of fewer than [`FEWEST`] profiles.
///
/// The limit goes by distances of photos that had no part in the mean and the spread that they are measured by: each
/// fifth by those of the other four.
pub fn fit(profiles: &[Vec<f32>]) -> Option<Familiarity> {
    if profiles.len() < FEWEST {
        return None;
    }
    let fold = |number: usize| {
        let part = |is_held_out: bool| {
            let places = (0..profiles.len()).filter(move |place| (place % FOLDS == number) == is_held_out);
            places.map(|place| &profiles[place]).collect::<Vec<_>>()
        };
        let others = statistics(&part(false), f32::INFINITY);
        part(true).into_iter().map(move |profile| others.distance(profile)).collect::<Vec<_>>()
    };
    let mut distances: Vec<f32> = (0..FOLDS).flat_map(fold).collect();
    distances.sort_by(f32::total_cmp);
    let beyond = (distances.len() as f64 * FALSE_ALARMS) as usize;
    let limit = distances[distances.len() - 1 - beyond];
    Some(statistics(&profiles.iter().collect::<Vec<_>>(), limit))
}

fn statistics(profiles: &[&Vec<f32>], limit: f32) -> Familiarity {
    let count = profiles.len().max(1) as f64;
    let channels = profiles.first().map_or(0, |profile| profile.len());
    let mean_of = |number: &dyn Fn(usize, f64) -> f64| -> Vec<f64> {
        let sum = |channel: usize| profiles.iter().map(|profile| number(channel, f64::from(profile[channel]))).sum();
        (0..channels).map(|channel| -> f64 { sum(channel) }).map(|sum: f64| sum / count).collect()
    };
    let means = mean_of(&|_, value| value);
    let spreads: Vec<f64> =
        mean_of(&|channel, value| (value - means[channel]).powi(2)).iter().map(|variance| variance.sqrt()).collect();
    // A channel in which photos hardly differ would decide alone.
    let least = (0.1 * spreads.iter().sum::<f64>() / channels.max(1) as f64).max(1.0 / PARTS);
    let kept = |value: f64| ((value * PARTS).round() / PARTS) as f32;
    Familiarity {
        mean: means.into_iter().map(kept).collect(),
        spread: spreads.into_iter().map(|spread| kept(spread.max(least))).collect(),
        limit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Like photos: each channel about its own mean, as far as a number says.
    fn profiles(count: usize) -> Vec<Vec<f32>> {
        let value = |photo: usize, channel: usize| ((photo * 7919 + channel * 104_729) * 31 % 997) as f32 / 997.0 - 0.5;
        (0..count)
            .map(|photo| (0..8).map(|channel| 0.3 + 0.02 * channel as f32 + 0.1 * value(photo, channel)).collect())
            .collect()
    }

    #[test]
    fn one_photo_in_a_hundred_is_beyond_the_limit() {
        let photos = profiles(1000);
        let familiarity = fit(&photos).unwrap();
        assert_eq!(familiarity.check(8), Ok(()));
        let beyond = photos.iter().filter(|photo| familiarity.distance(photo) > familiarity.limit).count();
        assert!((5..=15).contains(&beyond), "{beyond}");
        let blank = vec![1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        assert!(familiarity.distance(&blank) > 2.0 * familiarity.limit);
    }

    #[test]
    fn a_channel_that_is_the_same_in_all_photos_does_not_decide_alone() {
        let mut photos = profiles(200);
        photos.iter_mut().for_each(|photo| photo[3] = 0.25);
        let familiarity = fit(&photos).unwrap();
        let mut other = photos[0].clone();
        other[3] += 0.002;
        assert!(familiarity.distance(&other) < familiarity.limit, "{familiarity:?}");
    }

    #[test]
    fn few_photos_say_nothing() {
        assert_eq!(fit(&profiles(199)), None);
    }
}
