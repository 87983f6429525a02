//! For each word, how often the model is right to say it and how often it should have. Words of one stem are one word.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::judged_caption::JudgedCaption;
use super::statistics::share;
use crate::score::stems;

/// Shares of fewer photos say little.
pub const OFTEN: usize = 10;

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct WordCounts {
    /// Of the forms that share a stem, the most frequent.
    pub word: String,
    /// Photos of which the model says it.
    pub said: usize,
    /// Those of them of which at least one person says it.
    pub confirmed_by_one: usize,
    /// Those of them of which at least two people do.
    pub confirmed_by_two: usize,
    /// All photos of which at least two people say it.
    pub by_two_people: usize,
}

impl WordCounts {
    /// In how many of the photos of which the model says it one person does too; nothing where it says it less than
    /// [`OFTEN`].
    pub fn precision_by_one(&self) -> Option<f64> {
        part(self.confirmed_by_one, self.said)
    }

    pub fn precision_by_two(&self) -> Option<f64> {
        part(self.confirmed_by_two, self.said)
    }

    /// In how many of the photos of which at least two people say it the model does; nothing where they are fewer than
    /// [`OFTEN`].
    pub fn recall(&self) -> Option<f64> {
        part(self.confirmed_by_two, self.by_two_people)
    }
}

fn part(part: usize, all: usize) -> Option<f64> {
    (all >= OFTEN).then(|| share(part, all))
}

/// Those that are said most come first.
pub fn count(captions: &[JudgedCaption]) -> Vec<WordCounts> {
    let sentences = captions.iter().flat_map(|caption| caption.references.iter().chain([&caption.words]));
    let mut forms: BTreeMap<&str, usize> = BTreeMap::new();
    sentences.flatten().for_each(|word| *forms.entry(word).or_default() += 1);
    let (forms, frequencies): (Vec<&str>, Vec<usize>) = forms.into_iter().unzip();
    let stems = stems(&forms);
    let number: BTreeMap<&str, usize> = forms.iter().zip(&stems).map(|(form, stem)| (*form, *stem as usize)).collect();
    let numbers_in = |sentence: &Vec<String>| sentence.iter().map(|word| number[&**word]).collect::<BTreeSet<usize>>();

    let mut counts = vec![WordCounts::default(); stems.iter().max().map_or(0, |stem| *stem as usize + 1)];
    for caption in captions {
        let mut people: BTreeMap<usize, usize> = BTreeMap::new();
        let by_people = caption.references.iter().flat_map(numbers_in);
        by_people.for_each(|word| *people.entry(word).or_default() += 1);
        for word in numbers_in(&caption.words) {
            let people = people.get(&word).copied().unwrap_or(0);
            counts[word].said += 1;
            counts[word].confirmed_by_one += usize::from(people >= 1);
            counts[word].confirmed_by_two += usize::from(people >= 2);
        }
        people.into_iter().filter(|(_, people)| *people >= 2).for_each(|(word, _)| counts[word].by_two_people += 1);
    }
    // Rising frequencies, so that the last that is written is the most frequent; of equals the first in the alphabet.
    let mut by_frequency: Vec<usize> = (0..forms.len()).rev().collect();
    by_frequency.sort_by_key(|form| frequencies[*form]);
    by_frequency.into_iter().for_each(|form| counts[stems[form] as usize].word = forms[form].to_string());

    counts.retain(|word| word.said >= OFTEN || word.by_two_people >= OFTEN);
    counts.sort_by(|a, b| (b.said, b.by_two_people).cmp(&(a.said, a.by_two_people)).then_with(|| a.word.cmp(&b.word)));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_confirmed_by_people_and_missed() {
        let mut photos = vec![JudgedCaption::of("a dog", &["a dog runs", "the dogs run"]); 8];
        photos.extend(vec![JudgedCaption::of("a dog", &["a dog runs", "a cat is running"]); 3]);
        photos.extend(vec![JudgedCaption::of("a dog", &["a cat runs", "a cat is running"]); 2]);
        photos.extend(vec![JudgedCaption::of("a bird", &["a dog runs", "one dog runs"]); 2]);
        let counted = count(&photos);
        let dog = counted.iter().find(|word| word.word == "dog").unwrap();
        let wanted =
            WordCounts { word: "dog".into(), said: 13, confirmed_by_one: 11, confirmed_by_two: 8, by_two_people: 10 };
        assert_eq!(*dog, wanted);
        assert_eq!(
            [dog.precision_by_one(), dog.precision_by_two(), dog.recall()],
            [Some(11.0 / 13.0), Some(8.0 / 13.0), Some(0.8)]
        );
        // The model never says "runs", which is the most frequent form of its stem.
        let runs = counted.iter().find(|word| word.said == 0).unwrap();
        assert_eq!(
            (&*runs.word, runs.by_two_people, runs.precision_by_one(), runs.recall()),
            ("runs", 15, None, Some(0.0))
        );
        let rare = WordCounts { word: "lake".into(), said: 9, by_two_people: 9, ..WordCounts::default() };
        assert_eq!((rare.precision_by_two(), rare.recall()), (None, None));
        // "bird" and "cat" are too rare.
        assert_eq!(counted.iter().map(|word| &*word.word).collect::<Vec<_>>(), ["a", "dog", "runs"]);
    }

    #[test]
    fn a_word_twice_in_a_caption_counts_once() {
        let photos = vec![JudgedCaption::of("dog and dog", &["a dog and a dog"]); 10];
        let counted = count(&photos);
        let dog = counted.iter().find(|word| word.word == "dog").unwrap();
        assert_eq!((dog.said, dog.confirmed_by_one, dog.confirmed_by_two), (10, 10, 0));
    }
}
