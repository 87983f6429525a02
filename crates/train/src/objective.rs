//! What is to be learnt in a step: captions that people wrote, or the model's own with what they are worth; and how far
//! the model is from it.

mod batch;
mod frequency;
mod loss;
mod reward;
mod rollout;
mod scheduled_sampling;

pub use batch::{CAPTIONS_PER_PHOTO, CaptionBatch};
pub use loss::{Loss, attention_penalty, cross_entropy, imitating_cross_entropy, weighted_cross_entropy};
pub use reward::{Reward, self_critical_batch};
pub use rollout::{GeneratedCaption, TokenChoice, roll_out};
pub use scheduled_sampling::apply_scheduled_sampling;
