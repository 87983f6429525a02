//! Cuts a sentence into words. Training and scoring share it, so that a model learns the words that it is judged by.
//!
//! It follows the Penn Treebank's conventions as far as captions need them. Other than the Java program that COCO's
//! evaluation runs, it leaves `cannot` and `gonna` whole, cuts abbreviations at their dots, and drops symbols (`&`,
//! `%`) along with the punctuation.

/// Endings that are words of their own, as they stand after a word.
const CLITICS: [&str; 7] = ["'s", "'re", "'ve", "'ll", "'d", "'m", "n't"];

/// `"A man's t-shirt, isn't it?"` becomes `a man 's t-shirt is n't it`; what is cut already stays as it is.
pub fn tokens(sentence: &str) -> Vec<String> {
    let letters: Vec<char> = sentence.to_lowercase().chars().map(plain).collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let end = end_of_word(&letters, at);
        if end == at {
            at += 1;
            continue;
        }
        let word: String = letters[at..end].iter().collect();
        let clitic = format!("'{word}");
        // The apostrophe before it belongs to it, unless another one follows: 's' is a letter in quotation marks.
        if at > 0 && letters[at - 1] == '\'' && letters.get(end) != Some(&'\'') && CLITICS.contains(&&*clitic) {
            tokens.push(clitic);
        } else {
            push_without_clitics(&word, &mut tokens);
        }
        at = end;
    }
    tokens
}

/// One apostrophe and one hyphen for all that people type as such.
fn plain(letter: char) -> char {
    match letter {
        '’' | '‘' | 'ʼ' | '´' | '`' => '\'',
        '\u{2010}' | '\u{2011}' => '-',
        _ => letter,
    }
}

/// Where the word that begins here is over; here, if none does.
fn end_of_word(letters: &[char], start: usize) -> usize {
    let mut end = start;
    while let Some(letter) = letters.get(end) {
        let joins = match (end > start).then(|| letters[end - 1]).zip(letters.get(end + 1)) {
            Some((before, after)) if in_words(before) && in_words(*after) => match letter {
                '-' | '\'' => true,
                '.' | ',' => before.is_numeric() && after.is_numeric(),
                _ => false,
            },
            _ => false,
        };
        if !in_words(*letter) && !joins {
            break;
        }
        end += 1;
    }
    end
}

/// Letters, digits, and the accents that stand behind their letter instead of being part of it.
fn in_words(letter: char) -> bool {
    letter.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&letter)
}

fn push_without_clitics(word: &str, tokens: &mut Vec<String>) {
    let cut = CLITICS.iter().find_map(|clitic| {
        let head = word.strip_suffix(clitic)?;
        head.ends_with(in_words).then_some((head, clitic))
    });
    match cut {
        Some((head, clitic)) => {
            push_without_clitics(head, tokens);
            tokens.push(clitic.to_string());
        }
        None => tokens.push(word.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_tokens(sentence: &str, expected: &str) {
        let found = tokens(sentence).join(" ");
        assert_eq!(found, expected);
        assert_eq!(tokens(&found).join(" "), expected, "cut once more");
    }

    #[test]
    fn words_are_lower_case_and_without_punctuation() {
        assert_tokens("A dog runs.", "a dog runs");
        assert_tokens("  Two\tdogs ,\n running (fast)!!  ", "two dogs running fast");
        assert_tokens("\"Stop\" - red/white sign... #3 & 50%", "stop red white sign 3 50");
        assert_tokens("the end.Next", "the end next");
        assert_tokens(" .,;- ' \u{1F415} ", "");
        assert_tokens("", "");
    }

    #[test]
    fn clitics_are_words() {
        assert_tokens("the man's dog", "the man 's dog");
        assert_tokens("They're I've we'll he'd I'm it's", "they 're i 've we 'll he 'd i 'm it 's");
        assert_tokens("don't can't won't isn't", "do n't ca n't wo n't is n't");
        assert_tokens("he'd've, shouldn't've", "he 'd 've should n't 've");
        assert_tokens("the 1980's", "the 1980 's");
        assert_tokens("her mother-in-law's", "her mother-in-law 's");
    }

    #[test]
    fn every_apostrophe_is_one() {
        for apostrophe in ["'", "’", "‘", "ʼ", "´", "`"] {
            assert_tokens(&format!("man{apostrophe}s isn{apostrophe}t"), "man 's is n't");
        }
    }

    #[test]
    fn what_is_cut_already_stays_so() {
        assert_tokens("a man 's dog is n't here .", "a man 's dog is n't here");
        assert_tokens("they 're i 've we 'll he 'd i 'm", "they 're i 've we 'll he 'd i 'm");
        assert_tokens("'s", "'s");
        assert_tokens("n't", "n't");
    }

    #[test]
    fn other_apostrophes_are_quotation_marks_or_part_of_the_word() {
        assert_tokens("the dogs' bowl", "the dogs bowl");
        assert_tokens("a 'stop' sign and the letter 's'", "a stop sign and the letter s");
        assert_tokens("O'Brien at 5 o'clock", "o'brien at 5 o'clock");
        assert_tokens("''s'' o''clock", "s o clock");
    }

    #[test]
    fn hyphens_join_inside_words_only() {
        assert_tokens("a T-shirt, black-and-white", "a t-shirt black-and-white");
        assert_tokens("a t\u{2011}shirt", "a t-shirt");
        assert_tokens("dog -- cat- -bird man—woman", "dog cat bird man woman");
        assert_tokens("can-n't", "can-n't");
    }

    #[test]
    fn numbers_keep_their_points() {
        assert_tokens("3.5 of 1,000,000.", "3.5 of 1,000,000");
        assert_tokens("9, 10 .5 7.a", "9 10 5 7 a");
        assert_tokens("a 2.5-metre wall", "a 2.5-metre wall");
    }

    #[test]
    fn letters_of_all_scripts_are_letters() {
        assert_tokens("Ein CAFÉ für Überflieger", "ein café für überflieger");
        assert_tokens("cafe\u{301}s", "cafe\u{301}s");
        assert_tokens("İstanbul", "i\u{307}stanbul");
        assert_tokens("собака Бежит 犬", "собака бежит 犬");
    }
}
