//! A caption beside what people wrote, in words, and what it is worth: what is counted.

/// Both in words as [`score::tokens`](crate::score::tokens()) gives them.
#[derive(Clone, Debug)]
pub struct JudgedCaption {
    pub words: Vec<String>,
    pub references: Vec<Vec<String>>,
    pub cider_d: f64,
    /// What the model gave to each word and to the end, in the geometric mean.
    pub probability: f64,
}

#[cfg(test)]
impl JudgedCaption {
    pub fn of(caption: &str, references: &[&str]) -> Self {
        let references = references.iter().map(|reference| crate::score::tokens(reference)).collect();
        Self { words: crate::score::tokens(caption), references, cider_d: 0.0, probability: 0.5 }
    }
}
