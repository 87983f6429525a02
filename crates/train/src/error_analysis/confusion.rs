//! What people said against what the model said: colours, numbers, and people's sex.

use serde::Serialize;

use super::classes::{colours, colours_in, number_in, numbers, sex_in, sexes};
use super::judged_caption::JudgedCaption;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Confusions {
    pub colours: Confusion,
    pub numbers: Confusion,
    pub sexes: Confusion,
}

/// How often the model said one thing where people said another, or the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Confusion {
    /// The rows.
    pub people: Vec<&'static str>,
    /// The columns; row for row the same as far as they go.
    pub model: Vec<&'static str>,
    pub counts: Vec<Vec<usize>>,
}

impl Confusions {
    pub fn of(captions: &[JudgedCaption]) -> Self {
        Self {
            colours: Confusion::of_colours(captions),
            numbers: Confusion::of_one_class(captions, numbers(), number_in),
            sexes: Confusion::of_one_class(captions, sexes(), sex_in),
        }
    }
}

impl Confusion {
    /// Each caption is of one class, and people's is the one that most of them chose; where no class has the most,
    /// they are divided.
    fn of_one_class(
        captions: &[JudgedCaption],
        classes: Vec<&'static str>,
        class_of: impl Fn(&[String]) -> usize,
    ) -> Self {
        let divided = classes.len();
        let mut counts = vec![vec![0; classes.len()]; divided + 1];
        for caption in captions {
            let mut votes = vec![0; classes.len()];
            caption.references.iter().for_each(|reference| votes[class_of(reference)] += 1);
            let most = votes.iter().max().copied().unwrap_or(0);
            let mut chosen = (0..votes.len()).filter(|class| votes[*class] == most);
            let people = match (chosen.next(), chosen.next()) {
                (Some(class), None) => class,
                _ => divided,
            };
            counts[people][class_of(&caption.words)] += 1;
        }
        let people = classes.iter().copied().chain(["divided"]).collect();
        Self { people, model: classes, counts }
    }

    /// A photo may have several colours: people's are those that at least two of them named. A colour that both named
    /// counts once as right. Every other of the model's counts beside each of people's that the model left out, or
    /// beside none.
    fn of_colours(captions: &[JudgedCaption]) -> Self {
        let names: Vec<&'static str> = colours().into_iter().chain(["none"]).collect();
        let none = names.len() - 1;
        let mut counts = vec![vec![0; names.len()]; names.len()];
        for caption in captions {
            let named: Vec<usize> = caption.references.iter().flat_map(|one| colours_in(one)).collect();
            let by_people: Vec<usize> =
                (0..none).filter(|colour| named.iter().filter(|other| *other == colour).count() >= 2).collect();
            let by_model = colours_in(&caption.words);
            let or_none = |colours: Vec<usize>| if colours.is_empty() { vec![none] } else { colours };
            let (right, added): (Vec<_>, Vec<_>) = by_model.iter().copied().partition(|one| by_people.contains(one));
            let left_out: Vec<usize> = by_people.into_iter().filter(|one| !by_model.contains(one)).collect();
            let is_settled = !right.is_empty() && added.is_empty() && left_out.is_empty();
            right.into_iter().for_each(|colour| counts[colour][colour] += 1);
            if !is_settled {
                let added = or_none(added);
                or_none(left_out).into_iter().for_each(|row| added.iter().for_each(|column| counts[row][*column] += 1));
            }
        }
        Self { people: names.clone(), model: names, counts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places of a table that are not empty.
    fn filled(confusion: &Confusion) -> Vec<(&'static str, &'static str, usize)> {
        let cells = |(row, counts): (usize, &Vec<usize>)| {
            let named = |(column, count): (usize, &usize)| (confusion.people[row], confusion.model[column], *count);
            counts.iter().enumerate().filter(|(_, count)| **count > 0).map(named).collect::<Vec<_>>()
        };
        confusion.counts.iter().enumerate().flat_map(cells).collect()
    }

    #[test]
    fn most_people_say_what_class_a_photo_is_of() {
        let photos = [
            JudgedCaption::of("a man sits", &["a girl sits", "a woman sits", "somebody sits"]),
            JudgedCaption::of("a man sits", &["a boy sits", "a girl sits"]),
            JudgedCaption::of("people sit", &["people sit"]),
        ];
        let sexes = Confusions::of(&photos).sexes;
        let wanted = [("woman or girl", "man or boy", 1), ("neither", "neither", 1), ("divided", "man or boy", 1)];
        assert_eq!(filled(&sexes), wanted);
    }

    #[test]
    fn numbers_are_confused_by_the_first_of_a_caption() {
        let photos = [JudgedCaption::of("two dogs", &["three dogs", "three dogs run", "some dogs"])];
        assert_eq!(filled(&Confusions::of(&photos).numbers), [("three", "two", 1)]);
    }

    #[test]
    fn a_colour_of_one_person_alone_is_nobodys() {
        let photos = [
            JudgedCaption::of("a dog", &["a black dog", "a brown dog"]),
            JudgedCaption::of("a black dog", &["a black dog", "a dog"]),
        ];
        assert_eq!(filled(&Confusions::of(&photos).colours), [("none", "black", 1), ("none", "none", 1)]);
    }

    #[test]
    fn colours_are_right_added_or_left_out() {
        let of = |caption, people| filled(&Confusions::of(&[JudgedCaption::of(caption, &[people, people])]).colours);
        assert_eq!(of("a black dog", "a black dog"), [("black", "black", 1)]);
        assert_eq!(of("a black dog", "a brown dog"), [("brown", "black", 1)]);
        assert_eq!(of("a dog", "a brown dog"), [("brown", "none", 1)]);
        assert_eq!(of("a black dog with a red ball", "a black dog"), [("black", "black", 1), ("none", "red", 1)]);
        let two = of("a black dog with a red ball", "a black dog with a blue ball");
        assert_eq!(two, [("black", "black", 1), ("blue", "red", 1)]);
    }
}
