//! Which keys of a site's front matter hold a picture, and which its text.

use std::str::FromStr;

/// As in `image=image_alt,cover.image=cover.alt`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FrontMatterKeys(Vec<(Vec<String>, Vec<String>)>);

#[derive(Debug, thiserror::Error, PartialEq)]
pub enum KeysError {
    #[error(
        "\"{0}\" does not say which key is a picture and which its text; write image=image_alt or cover.image=cover.alt"
    )]
    Pair(String),
    #[error("\"{0}\" is no key of front matter; names have letters, digits, _ and -, with a dot between them")]
    Name(String),
    #[error("the key \"{0}\" stands there twice")]
    Twice(String),
}

impl FrontMatterKeys {
    /// The way to each picture, and that to its text.
    pub fn pairs(&self) -> &[(Vec<String>, Vec<String>)] {
        &self.0
    }
}

impl FromStr for FrontMatterKeys {
    type Err = KeysError;

    fn from_str(text: &str) -> Result<Self, KeysError> {
        let mut seen = std::collections::HashSet::new();
        let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty()).map(|pair| {
            let (picture, words) = pair.split_once('=').ok_or_else(|| KeysError::Pair(pair.into()))?;
            for key in [picture.trim(), words.trim()] {
                if !seen.insert(key) {
                    return Err(KeysError::Twice(key.into()));
                }
            }
            Ok((path(picture)?, path(words)?))
        });
        Ok(Self(pairs.collect::<Result<_, _>>()?))
    }
}

fn path(key: &str) -> Result<Vec<String>, KeysError> {
    let names = key.trim().split('.').map(|name| match is_name(name) {
        true => Ok(name.to_string()),
        false => Err(KeysError::Name(key.trim().into())),
    });
    names.collect()
}

pub fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|char| char.is_alphanumeric() || "_-".contains(char)) && !name.starts_with('-')
}
