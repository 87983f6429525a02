//! Decoders: features of a photo in, words out one by one. One file for each family of decoders, which `families.rs`
//! lists; `search.rs` chooses the words.

mod additive;
mod attention_lstm;
mod dot;
mod dropout;
mod families;
mod family;
mod family_enum;
mod lstm;
mod lstm_cell;
mod recurrent;
mod rnn;
pub mod search;
mod session;
mod transformer;

pub use additive::AdditiveAttentionLstm;
pub use attention_lstm::{Attention, AttentionLstmConfig};
pub use dot::DotAttentionLstm;
pub use dropout::Dropout;
pub use families::DecoderConfig;
pub use family::{DecoderFamily, DecoderSettings, DecoderSizes, WithDecoder};
pub use lstm::{Lstm, LstmConfig};
pub use rnn::{Rnn, RnnConfig};
pub use session::{Decoder, DecoderOutput, DecoderSession, State, StepOutput, TrainableDecoder};
pub use transformer::{Transformer, TransformerConfig};
