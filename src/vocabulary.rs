//! Words and their numbers, and how a row of words becomes a sentence that a person reads.

use std::collections::{BTreeMap, HashMap};

pub const PAD: &str = "<pad>";
pub const START: &str = "<start>";
pub const END: &str = "<end>";
pub const UNKNOWN: &str = "<unk>";

/// The special tokens, which every vocabulary has and nobody ever reads.
pub const SPECIAL: [&str; 4] = [PAD, START, END, UNKNOWN];

/// The words that a model knows. A word's place in the list is its id.
#[derive(Clone, Debug, PartialEq)]
pub struct Vocabulary {
    words: Vec<String>,
    ids: HashMap<String, u32>,
    special: SpecialTokens,
}

/// The ids of the special tokens: the four words that are not words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpecialTokens {
    pub pad: u32,
    pub start: u32,
    pub end: u32,
    pub unknown: u32,
}

/// Why a list of words is no vocabulary.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum VocabularyError {
    #[error("the special token {0} is missing")]
    MissingSpecialToken(&'static str),
    #[error("word {id} is empty")]
    EmptyWord { id: usize },
    #[error("class {number} is called {name:?}, which is a special token; call it otherwise")]
    SpecialClass { name: String, number: usize },
    #[error("class {number} has no name")]
    UnnamedClass { number: usize },
    #[error("the word {word:?} stands twice, as {first} and as {second}")]
    Repeated { word: String, first: u32, second: usize },
    #[error("no word has the id {missing}, although ids run to {last}")]
    Gap { missing: usize, last: u64 },
    #[error("the words {first:?} and {second:?} share the id {id}")]
    SharedId { first: String, second: String, id: u64 },
    #[error("a vocabulary is an object of words and ids, or a list of words: {0}")]
    Syntax(String),
}

impl SpecialTokens {
    pub fn contains(&self, id: u32) -> bool {
        [self.pad, self.start, self.end, self.unknown].contains(&id)
    }
}

impl Vocabulary {
    /// From words in the order of their ids.
    pub fn new(words: Vec<String>) -> Result<Self, VocabularyError> {
        let mut ids = HashMap::with_capacity(words.len());
        for (id, word) in words.iter().enumerate() {
            if word.is_empty() {
                return Err(VocabularyError::EmptyWord { id });
            }
            if let Some(first) = ids.insert(word.clone(), id as u32) {
                return Err(VocabularyError::Repeated { word: word.clone(), first, second: id });
            }
        }
        let id = |token| ids.get(token).copied().ok_or(VocabularyError::MissingSpecialToken(token));
        let special = SpecialTokens { pad: id(PAD)?, start: id(START)?, end: id(END)?, unknown: id(UNKNOWN)? };
        Ok(Self { words, ids, special })
    }

    /// Of a classifier: the special tokens, in the order of [`SPECIAL`], and the names of its classes.
    pub fn of_classes(names: &[String]) -> Result<Self, VocabularyError> {
        if let Some(number) = names.iter().position(|name| name.trim().is_empty()) {
            return Err(VocabularyError::UnnamedClass { number });
        }
        if let Some(number) = names.iter().position(|name| SPECIAL.contains(&&**name)) {
            return Err(VocabularyError::SpecialClass { name: names[number].clone(), number });
        }
        Self::new(SPECIAL.iter().map(ToString::to_string).chain(names.iter().cloned()).collect())
    }

    /// From JSON: either a list of words, or an object of words and their ids, as PyTorch captioning code saves it.
    pub fn from_json(json: &[u8]) -> Result<Self, VocabularyError> {
        let syntax = |error: serde_json::Error| VocabularyError::Syntax(error.to_string());
        match serde_json::from_slice(json).map_err(syntax)? {
            value @ serde_json::Value::Array(_) => Self::new(serde_json::from_value(value).map_err(syntax)?),
            value => Self::new(words_by_id(serde_json::from_value(value).map_err(syntax)?)?),
        }
    }

    pub fn len(&self) -> usize {
        self.words.len()
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub fn words(&self) -> &[String] {
        &self.words
    }

    pub fn special_tokens(&self) -> SpecialTokens {
        self.special
    }

    /// The word with this id; `<unk>` where there is none.
    pub fn word(&self, id: u32) -> &str {
        self.words.get(id as usize).map_or(UNKNOWN, String::as_str)
    }

    /// The id of a word that may be said.
    pub fn id(&self, word: &str) -> Option<u32> {
        self.ids.get(word).copied().filter(|id| !self.special.contains(*id))
    }

    /// The words as a sentence: `["a", "dog", "runs"]` becomes `A dog runs.`
    pub fn sentence<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> String {
        let clause = self.clause(words);
        let mut rest = clause.chars();
        rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
    }

    /// The same as it stands after a colon: `a dog runs.`
    pub fn clause<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> String {
        let mut clause = String::new();
        for word in words {
            // "," and "'s" hang on to the word before them.
            let hangs = word.starts_with(|c: char| ",.;:!?)'’%".contains(c)) || word == "n't";
            if !clause.is_empty() && !hangs && !clause.ends_with('(') {
                clause.push(' ');
            }
            clause.push_str(word);
        }
        if clause.is_empty() || clause.ends_with(['.', '!', '?']) { clause } else { clause + "." }
    }
}

fn words_by_id(map: HashMap<String, u64>) -> Result<Vec<String>, VocabularyError> {
    let mut by_id: BTreeMap<u64, String> = BTreeMap::new();
    for (word, id) in map {
        if let Some(other) = by_id.insert(id, word.clone()) {
            let (first, second) = if other < word { (other, word) } else { (word, other) };
            return Err(VocabularyError::SharedId { first, second, id });
        }
    }
    let last = by_id.keys().next_back().copied().unwrap_or(0);
    if let Some((missing, _)) = by_id.keys().enumerate().find(|(place, id)| *place as u64 != **id) {
        return Err(VocabularyError::Gap { missing, last });
    }
    Ok(by_id.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(extra: &[&str]) -> Vec<String> {
        SPECIAL.iter().chain(extra).map(ToString::to_string).collect()
    }

    #[test]
    fn reads_a_word_map_and_a_list_alike() {
        let map = br#"{"dog": 1, "<pad>": 0, "<start>": 3, "<end>": 4, "<unk>": 2}"#;
        let list = br#"["<pad>", "dog", "<unk>", "<start>", "<end>"]"#;
        let vocabulary = Vocabulary::from_json(map).unwrap();
        assert_eq!(vocabulary, Vocabulary::from_json(list).unwrap());
        assert_eq!(vocabulary.id("dog"), Some(1));
        assert_eq!(vocabulary.special_tokens(), SpecialTokens { pad: 0, start: 3, end: 4, unknown: 2 });
    }

    #[test]
    fn special_tokens_are_not_words() {
        let vocabulary = Vocabulary::new(words(&["dog"])).unwrap();
        assert_eq!(vocabulary.id(END), None);
        assert_eq!(vocabulary.id("cat"), None);
        assert_eq!(vocabulary.word(999), UNKNOWN);
    }

    #[test]
    fn refuses_what_is_no_vocabulary() {
        let error = |json: &str| Vocabulary::from_json(json.as_bytes()).unwrap_err().to_string();
        assert_eq!(error(r#"["<pad>", "<start>", "<end>"]"#), "the special token <unk> is missing");
        assert_eq!(error(r#"{"a": 0, "b": 2}"#), "no word has the id 1, although ids run to 2");
        assert_eq!(error(r#"{"a": 0, "b": 0}"#), r#"the words "a" and "b" share the id 0"#);
        assert_eq!(error(r#"["a", ""]"#), "word 1 is empty");
        assert_eq!(error(r#"["a", "a"]"#), r#"the word "a" stands twice, as 0 and as 1"#);
        assert!(error("42").starts_with("a vocabulary is an object"));
    }

    #[test]
    fn classes_come_after_the_special_tokens() {
        let of = |names: &[&str]| Vocabulary::of_classes(&names.iter().map(ToString::to_string).collect::<Vec<_>>());
        let vocabulary = of(&["dog", "golden retriever"]).unwrap();
        assert_eq!(vocabulary.special_tokens(), SpecialTokens { pad: 0, start: 1, end: 2, unknown: 3 });
        assert_eq!(vocabulary.id("golden retriever"), Some(5));
        let error = |names| of(names).unwrap_err().to_string();
        assert_eq!(error(&["dog", " "]), "class 1 has no name");
        assert_eq!(error(&["<end>"]), "class 0 is called \"<end>\", which is a special token; call it otherwise");
        assert_eq!(error(&["crane", "crane"]), "the word \"crane\" stands twice, as 4 and as 5");
    }

    #[test]
    fn sentences_read_like_sentences() {
        let vocabulary = Vocabulary::new(words(&[])).unwrap();
        let sentence = |words: &str| vocabulary.sentence(words.split_whitespace());
        assert_eq!(sentence("a dog runs"), "A dog runs.");
        assert_eq!(sentence("a man 's dog , running"), "A man's dog, running.");
        assert_eq!(sentence("élan !"), "Élan!");
        assert_eq!(sentence(""), "");
        assert_eq!(vocabulary.clause(["a", "dog", ",", "running"]), "a dog, running.");
        assert_eq!(vocabulary.clause([]), "");
    }
}
