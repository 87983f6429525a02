//! Sentences without photos, one a line, which a decoder learns to speak from.

use std::path::Path;

use sightline::files::read_text;

use super::dataset::DatasetError;
use crate::score;

/// All of it is in memory.
const SENTENCES_LIMIT: u64 = 1 << 30;

/// The words of each sentence. Lines without a word are left out.
pub fn read_sentences(file: &Path) -> Result<Vec<Vec<String>>, DatasetError> {
    let io = |reason| DatasetError::Io { file: file.to_path_buf(), reason };
    let text = read_text(file, SENTENCES_LIMIT, "file of sentences").map_err(io)?;
    let lines = text.trim_start_matches('\u{feff}').lines().map(score::tokens);
    let sentences: Vec<Vec<String>> = lines.filter(|words| !words.is_empty()).collect();
    match sentences.is_empty() {
        true => Err(DatasetError::NoCaptions { file: file.to_path_buf() }),
        false => Ok(sentences),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_sentence_cut_into_words_as_captions_are() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("text.txt");
        let error = || read_sentences(&file).unwrap_err().to_string();
        assert!(error().contains("text.txt: "), "{}", error());
        std::fs::write(&file, "\n . \n").unwrap();
        assert!(error().contains("text.txt: there is no caption in it"), "{}", error());
        std::fs::write(&file, "\u{feff}A dog runs .\r\n\nTwo cats!").unwrap();
        assert_eq!(read_sentences(&file).unwrap(), [vec!["a", "dog", "runs"], vec!["two", "cats"]]);
    }
}
