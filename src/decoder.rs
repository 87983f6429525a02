//! Decoders: features of a photo in, words out one by one, or the one word that is
//! a class. `families.rs` lists the families of decoders, a file for each in
//! its folder; `search.rs` chooses the words.

mod activations;
#[cfg(test)]
mod contract;
mod dropout;
mod families;
mod family;
mod family_enum;
mod lstm_cell;
mod matrices;
mod recurrent;
mod reused;
pub mod search;
mod session;

pub use dropout::Dropout;
pub use families::{
    Attention, AttentionLstmConfig, Classifier, ClassifierConfig, DecoderConfig, LstmConfig, Rnn, RnnConfig,
    TransformerConfig,
};
pub use family::{DecoderFamily, DecoderSettings, DecoderSizes, ModelKind, WithDecoder};
pub(crate) use session::select_cells;
pub use session::{Decoder, DecoderOutput, DecoderSession, State, StepOutput, TrainableDecoder};
