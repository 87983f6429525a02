//! Every way in which a model folder can be bad. Each names the file, and the tensor where there is one.

use crate::bounds::FieldError;
use crate::consensus::ConsensusError;
use crate::error_code::ErrorCode;
use crate::vocabulary::VocabularyError;

#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("{file}: {reason}")]
    Io { file: String, reason: std::io::Error },
    #[error("{file}: not found; a model folder holds a model.json and the shards that it names")]
    NotFound { file: String },
    #[error("model.json: not readable as JSON of a model: {reason}")]
    Syntax { reason: String },
    #[error("model.json: \"format\" is {found:?}, so this is not a Sightline model")]
    NotAModel { found: String },
    #[error("model.json: format version {found} is not known; this build reads version {known}, so update Sightline")]
    UnknownVersion { found: u64, known: u32 },
    // What is told here is not told again as what it came from.
    #[error("model.json: {0}")]
    Field(FieldError),
    #[error("model.json: the vocabulary is unusable: {0}")]
    Vocabulary(VocabularyError),
    #[error(
        "model.json: {file:?} is no name for a shard; letters, digits, '.', '_' and '-' make one, and it ends in .safetensors"
    )]
    ShardName { file: String },
    #[error("model.json: the shard {file} has {bytes} bytes; every shard has fewer than {limit}")]
    ShardTooLarge { file: String, bytes: u64, limit: usize },
    #[error("model.json: the shard {file} is listed twice")]
    ShardRepeated { file: String },
    #[error("model.json: the architecture has {wanted} weights, and shards of {bytes} bytes cannot hold them")]
    TooLittleData { wanted: u64, bytes: u64 },
    #[error("{file}: longer than {most} bytes, which no such file of a model is")]
    FileSize { file: String, most: u64 },
    #[error("model.json: the architecture has {found} weights; at most {most} are taken")]
    TooManyWeights { found: u64, most: u64 },
    #[error("tensor {tensor}: there is no memory for its {elements} numbers")]
    OutOfMemory { tensor: String, elements: usize },
    #[error("{file}: not a shard of this model")]
    UnknownShard { file: String },
    #[error(
        "{file}: {found} bytes long where model.json says {expected}; the file is cut short or of another version, so get it again"
    )]
    ShardSize { file: String, expected: u64, found: u64 },
    #[error("{file}: the SHA-256 is {found} where model.json says {expected}; the file is damaged, so get it again")]
    ShardHash { file: String, expected: String, found: String },
    #[error("{file}: no readable safetensors file: {reason}")]
    ShardHeader { file: String, reason: String },
    #[error("{file}: tensor {tensor} is not part of this architecture")]
    TensorUnknown { file: String, tensor: String },
    #[error("{file}: tensor {tensor} has the shape {found:?}; {expected:?} is expected")]
    TensorShape { file: String, tensor: String, expected: Vec<usize>, found: Vec<usize> },
    #[error("{file}: tensor {tensor} has {found} rows from row {row} on, and all of it has {rows}")]
    TensorRows { file: String, tensor: String, row: usize, rows: usize, found: usize },
    #[error("{file}: tensor {tensor} is stored as {found}; F32, F16 and I8 are read")]
    TensorDtype { file: String, tensor: String, found: String },
    #[error("{file}: tensor {tensor} is stored as I8 and needs its scales in {tensor}:scale, one F32 a row")]
    TensorScale { file: String, tensor: String },
    #[error("{file}: row {row} of tensor {tensor} was given before")]
    TensorOverlap { file: String, tensor: String, row: usize },
    #[error("{file}: {reason}; get the file again, or leave \"consensus\" out of model.json")]
    Consensus { file: String, reason: ConsensusError },
    #[error("tensor {tensor} is missing from the shards")]
    TensorMissing { tensor: String },
    #[error("tensor {tensor} is incomplete: row {row} is missing from the shards")]
    TensorIncomplete { tensor: String, row: usize },
    #[error("the shard {file} was not given")]
    ShardMissing { file: String },
    #[error("{path}: could not be put in place ({reason}); what stood there before is in {kept}")]
    Stranded { path: String, kept: String, reason: std::io::Error },
    #[error("{path}: there is something already; choose another folder, or overwrite it with --force")]
    Exists { path: String },
    #[error("{path}: not replaced, because it is no folder of a Sightline model")]
    NotReplaceable { path: String },
    #[error("tensor {tensor} holds {value}, which F16 cannot hold; store it as f32 or int8")]
    BeyondF16 { tensor: String, value: f32 },
    #[error("tensor {tensor} holds {value}; a weight has to be a finite number")]
    NotFinite { tensor: String, value: f32 },
}

impl From<FieldError> for ModelError {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}

impl From<VocabularyError> for ModelError {
    fn from(error: VocabularyError) -> Self {
        Self::Vocabulary(error)
    }
}

impl ModelError {
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Io { .. } | Self::NotFound { .. } | Self::ShardMissing { .. } => ErrorCode::ModelUnreachable,
            Self::NotAModel { .. } | Self::UnknownVersion { .. } => ErrorCode::ModelUnsupported,
            Self::OutOfMemory { .. } => ErrorCode::OutOfMemory,
            Self::Exists { .. } | Self::NotReplaceable { .. } => ErrorCode::NotOverwritten,
            _ => ErrorCode::ModelCorrupt,
        }
    }
}
