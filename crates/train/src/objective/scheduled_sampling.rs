//! [Scheduled sampling](https://arxiv.org/abs/1506.03099): some of the words that a decoder takes are its own, so that it
//! learns to go on after its mistakes.

use burn::tensor::Tensor;
use burn::tensor::activation::log_softmax;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use sightline::decoder::search::WordRules;
use sightline::decoder::{Dropout, TrainableDecoder};
use sightline::vocabulary::SpecialTokens;

use super::batch::CaptionBatch;
use super::rollout::sampled;
use crate::host::{ReadBackError, to_host};

/// Puts the decoder's own words in place of a share of those that people wrote. It is asked once for all places, so that
/// one way serves every kind of decoder.
pub fn apply_scheduled_sampling<D: TrainableDecoder>(
    mut batch: CaptionBatch,
    decoder: &D,
    features: Tensor<3>,
    share: f64,
    special: SpecialTokens,
    random: &mut ChaCha8Rng,
) -> Result<CaptionBatch, ReadBackError> {
    let logits = decoder.forward(features, batch.inputs_on(&decoder.device()), &mut Dropout::none()).logits;
    let [_, length, vocab_size] = logits.dims();
    let log_probabilities = to_host(log_softmax(logits, 2))?;
    let rules = WordRules::free(special);
    let rows = batch.inputs.iter_mut().zip(log_probabilities.chunks(length * vocab_size));
    for (inputs, expected) in rows {
        // What is expected after a place takes the place of the word that stands there.
        for (word, expected) in inputs[1..].iter_mut().zip(expected.chunks(vocab_size)) {
            let (is_own, uniform): (f64, f64) = (random.random(), random.random());
            if is_own < share && *word != special.pad {
                let own = sampled(rules.allowed(&[], expected), uniform).map(|(own, _)| own);
                // It cannot take that it has ended where the caption goes on.
                if let Some(own) = own.filter(|own| *own != special.end) {
                    *word = own;
                }
            }
        }
    }
    Ok(batch)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use rand::SeedableRng;
    use sightline::decoder::{Decoder, DecoderConfig, DecoderSizes, Rnn, RnnConfig};
    use sightline::weights::{self, Slot};

    use super::*;

    #[test]
    fn some_of_the_words_are_the_decoders_own() {
        const SPECIAL: SpecialTokens = SpecialTokens { pad: 0, start: 1, end: 2, unknown: 3 };
        let device = sightline::device::cpu();
        let sizes = DecoderSizes { vocab_size: 9, feature_dim: 4, embedding: 4, hidden: 4 };
        // Weights that are always the same: with those of chance it might by chance say what stands there.
        let config = DecoderConfig::Rnn(RnnConfig(sizes));
        let synthetic = |slot: &Slot| Ok::<_, Infallible>(config.synthetic_weight(slot));
        let Ok(rnn) = weights::fill(Rnn::init(sizes, &device), &device, synthetic);
        assert_eq!(rnn.device(), device);
        let batch = CaptionBatch::new(&[&[4, 5, 6], &[4, 7]], SPECIAL, 20);
        let with = |share: f64, seed: u64| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let features = Tensor::zeros([2, 1, 4], &device);
            apply_scheduled_sampling(batch.clone(), &rnn, features, share, SPECIAL, &mut random).unwrap()
        };
        assert_eq!(with(0.0, 1).inputs, batch.inputs);
        let own = with(0.9, 1);
        assert_ne!(own.inputs, batch.inputs);
        assert_eq!(own.targets, batch.targets, "what is wanted stays");
        assert!(own.inputs.iter().all(|inputs| inputs[0] == 1), "the start stays");
        assert_eq!(own.inputs[1][3], 0, "what is not there stays so");
        assert_eq!(own.inputs, with(0.9, 1).inputs);
    }
}
