//! Sizes come from files. Those that would overflow something, or could never be real, are refused by name.

/// A size that no network of this kind has.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{field} is {value}; {wanted}")]
pub struct FieldError {
    pub field: &'static str,
    pub value: String,
    pub wanted: String,
}

/// No size of a real network comes near it.
pub const MAX_SIZE: usize = 1 << 20;

pub fn within(field: &'static str, value: usize, least: usize, most: usize) -> Result<(), FieldError> {
    match (least..=most).contains(&value) {
        true => Ok(()),
        false => Err(FieldError { field, value: value.to_string(), wanted: format!("{least} to {most} is allowed") }),
    }
}
