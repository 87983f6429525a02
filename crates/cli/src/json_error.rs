//! An error as one field of a line of JSON.

use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct JsonError {
    pub code: &'static str,
    pub message: String,
}
