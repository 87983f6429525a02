//! Why a file gives no consensus.

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConsensusError {
    #[error("no readable safetensors file: {0}")]
    Header(String),
    #[error("tensor {tensor} is missing")]
    Missing { tensor: &'static str },
    #[error("tensor {tensor} is not known")]
    Unknown { tensor: String },
    #[error("tensor {tensor} is stored as {found}, not as {expected}")]
    Dtype { tensor: &'static str, expected: String, found: String },
    #[error("tensor {tensor} has the shape {found:?}; {expected} is expected")]
    Shape { tensor: &'static str, expected: &'static str, found: Vec<usize> },
    #[error("tensor {tensor}: {reason}")]
    Content { tensor: &'static str, reason: String },
}
