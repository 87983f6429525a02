//! How long and how different captions are, and how often a few words stand in them, beside people's.

use std::collections::HashSet;

use serde::Serialize;

use super::judged_caption::JudgedCaption;
use super::statistics::share;

/// Words that captioning models like to say too often or too seldom.
const WATCHED: [&str; 10] = ["man", "woman", "boy", "girl", "people", "dog", "shirt", "red", "blue", "standing"];

/// Of as many captions as there are photos.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Variety {
    pub captions: usize,
    pub mean_length: f64,
    /// The share of captions of no word, of one, of two, …
    pub lengths: Vec<f64>,
    /// Sentences, each counted once.
    pub distinct_captions: f64,
    /// Words, each counted once.
    pub distinct_words: f64,
}

impl Variety {
    pub fn of_model(captions: &[JudgedCaption]) -> Self {
        Self::of(&[captions.iter().map(|caption| &*caption.words).collect()])
    }

    /// People wrote several captions of each photo. The first of every photo are one set, the second of every photo
    /// another, as far as every photo has one; what counts different things is the mean over the sets, because more
    /// captions would have more words.
    pub fn of_people(captions: &[JudgedCaption]) -> Self {
        let sets = captions.iter().map(|caption| caption.references.len()).min().unwrap_or(0);
        let set = |number: usize| captions.iter().map(|caption| &*caption.references[number]).collect();
        Self::of(&(0..sets).map(set).collect::<Vec<_>>())
    }

    fn of(sets: &[Vec<&[String]>]) -> Self {
        let all = || sets.iter().flatten();
        let count = all().count();
        let longest = all().map(|caption| caption.len()).max().unwrap_or(0);
        let mut lengths = vec![0; longest + 1];
        all().for_each(|caption| lengths[caption.len()] += 1);
        let distinct_captions = |set: &Vec<&[String]>| set.iter().collect::<HashSet<_>>().len();
        let distinct_words = |set: &Vec<&[String]>| set.iter().copied().flatten().collect::<HashSet<_>>().len();
        Self {
            captions: count,
            mean_length: share(all().map(|caption| caption.len()).sum(), count),
            lengths: lengths.into_iter().map(|captions| share(captions, count)).collect(),
            distinct_captions: share(sets.iter().map(distinct_captions).sum(), sets.len()),
            distinct_words: share(sets.iter().map(distinct_words).sum(), sets.len()),
        }
    }
}

/// The share of captions in which a word stands, in this very form.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WordRate {
    pub word: &'static str,
    pub model: f64,
    pub people: f64,
}

impl WordRate {
    /// How many times as often as people the model says it; nothing where people never do.
    pub fn ratio(&self) -> Option<f64> {
        (self.people > 0.0).then(|| self.model / self.people)
    }
}

pub fn rates(captions: &[JudgedCaption]) -> Vec<WordRate> {
    let people: Vec<&Vec<String>> = captions.iter().flat_map(|caption| &caption.references).collect();
    let rate = |word: &'static str| {
        let has = |caption: &&Vec<String>| caption.iter().any(|other| other == word);
        let model = captions.iter().map(|caption| &caption.words).filter(has).count();
        let by_people = people.iter().copied().filter(has).count();
        WordRate { word, model: share(model, captions.len()), people: share(by_people, people.len()) }
    };
    WATCHED.into_iter().map(rate).collect()
}

/// The share of captions that stand word for word among those that the model learnt from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Repeated {
    pub training_captions: usize,
    pub model: f64,
    pub people: f64,
}

impl Repeated {
    pub fn of(captions: &[JudgedCaption], training: &HashSet<Vec<String>>) -> Self {
        let people: Vec<&Vec<String>> = captions.iter().flat_map(|caption| &caption.references).collect();
        let model = captions.iter().filter(|caption| training.contains(&caption.words)).count();
        let by_people = people.iter().filter(|caption| training.contains(**caption)).count();
        Self {
            training_captions: training.len(),
            model: share(model, captions.len()),
            people: share(by_people, people.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::tokens;

    #[test]
    fn peoples_captions_are_counted_in_sets_of_one_for_each_photo() {
        let photos = [
            JudgedCaption::of("a dog runs", &["a dog", "a brown dog runs", "not counted"]),
            JudgedCaption::of("a dog runs", &["a dog", "two cats"]),
        ];
        let model = Variety::of_model(&photos);
        assert_eq!((model.captions, model.mean_length), (2, 3.0));
        assert_eq!((model.distinct_captions, model.distinct_words), (1.0, 3.0));
        assert_eq!(model.lengths, [0.0, 0.0, 0.0, 1.0]);
        let people = Variety::of_people(&photos);
        assert_eq!((people.captions, people.mean_length), (4, 2.5));
        assert_eq!((people.distinct_captions, people.distinct_words), (1.5, 4.0));
        assert_eq!(people.lengths, [0.0, 0.0, 0.75, 0.0, 0.25]);
    }

    #[test]
    fn rates_are_of_captions_and_of_the_very_word() {
        let photos = [
            JudgedCaption::of("a man and a man", &["a man", "men"]),
            JudgedCaption::of("a shirt", &["a man", "a woman"]),
        ];
        let rates = rates(&photos);
        let of = |word| rates.iter().find(|rate| rate.word == word).unwrap();
        assert_eq!((of("man").model, of("man").people, of("man").ratio()), (0.5, 0.5, Some(1.0)));
        assert_eq!((of("woman").model, of("woman").people, of("woman").ratio()), (0.0, 0.25, Some(0.0)));
        assert_eq!(of("shirt").ratio(), None);
    }

    #[test]
    fn captions_that_were_learnt_are_counted() {
        let training = HashSet::from([tokens("a dog runs"), tokens("a cat")]);
        let photos =
            [JudgedCaption::of("A dog runs.", &["a dog", "a cat"]), JudgedCaption::of("a bird", &["a bird", "a dog"])];
        assert_eq!(Repeated::of(&photos, &training), Repeated { training_captions: 2, model: 0.5, people: 0.25 });
    }

    #[test]
    fn nothing_is_no_division_by_nothing() {
        for variety in
            [Variety::of_model(&[]), Variety::of_people(&[]), Variety::of_people(&[JudgedCaption::of("a", &[])])]
        {
            assert_eq!((variety.mean_length, variety.distinct_words), (0.0, 0.0));
        }
    }
}
