//! [Knowing When to Look](https://arxiv.org/abs/1612.01887): an LSTM that attends after each step, to the cells and to a
//! sentinel, which is made from its own memory. What the sentinel gets is taken from the cells: so the network need not
//! look at the photo for words such as "of".
//!
//! Nothing that comes after the LSTM goes back into it. So whole captions are learnt in two parts: the LSTM goes from
//! word to word, and then all places attend at once.

use std::ops::Range;

use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, Linear, LinearConfig};
use burn::tensor::activation::{relu, softmax};
use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::decoder::activations::{gated, log_softmax, tanh};
use crate::decoder::dropout::Dropout;
use crate::decoder::family::DecoderSizes;
use crate::decoder::lstm_cell::LstmCell;
use crate::decoder::matrices::{MatrixPart, linear};
use crate::decoder::recurrent::{for_each_row, mean_pooled};
use crate::decoder::reused::{PerWord, ReusedMatrix, lstm_gates};
use crate::decoder::session::{
    Decoder, DecoderOutput, DecoderSession, State, StepOutput, TrainableDecoder, select_cells, word_vectors,
};
use crate::weights::Matrices;

#[derive(Module, Debug)]
pub struct AdaptiveAttentionLstm {
    /// Of each cell, to the values that the attention weighs.
    project: Linear,
    /// Of the mean of the cells, to what the LSTM gets beside each word.
    project_mean: Linear,
    embedding: Embedding,
    decode_step: LstmCell,
    /// The sentinel's gate, by the LSTM's input …
    sentinel_x: Linear,
    /// … and by its hidden state before the word.
    sentinel_h: Linear,
    attention: Comparison,
    fc: Linear,
    #[module(skip)]
    matrices: Matrices,
}

/// How the hidden state is compared with the cells and with the sentinel.
#[derive(Module, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "a box is no module, there is one of these in a network, and on 32 bits it is small"
)]
enum Comparison {
    Additive(AdditiveComparison),
    Dot(DotComparison),
}

#[derive(Module, Debug)]
struct AdditiveComparison {
    encoder_att: Linear,
    sentinel_att: Linear,
    decoder_att: Linear,
    full_att: Linear,
}

#[derive(Module, Debug)]
struct DotComparison {
    sentinel_att: Linear,
    decoder_att: Linear,
}

/// What is computed of photos once, for all words.
#[derive(Clone, Debug)]
struct Photos {
    /// `[photos, cells, hidden]`
    values: Tensor<3>,
    /// What the attention compares: `[photos, cells, size]`
    keys: Tensor<3>,
    /// What the mean of the cells adds to the LSTM's gates, with their biases: `[photos, 4 * hidden]`
    gates: Tensor<2>,
    /// What it adds to the sentinel's gate, with its bias: `[photos, hidden]`
    sentinel_gate: Tensor<2>,
    /// From the hidden state to the LSTM's gates.
    of_hidden: ReusedMatrix,
}

/// What the network makes of words.
struct Reading {
    /// What the logits are computed from: `[rows, places, hidden]`
    output: Tensor<3>,
    /// `[rows, places, cells]`
    attention: Tensor<3>,
    /// `[rows, places]`
    sentinel: Tensor<2>,
    state: State,
}

impl AdaptiveAttentionLstm {
    /// With additive attention, through a layer of this size.
    pub fn additive(sizes: DecoderSizes, size: usize, device: &Device) -> Self {
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        let attention = AdditiveComparison {
            encoder_att: linear(sizes.hidden, size),
            sentinel_att: linear(sizes.hidden, size),
            decoder_att: linear(sizes.hidden, size),
            full_att: linear(size, 1),
        };
        Self::init(sizes, Comparison::Additive(attention), device)
    }

    pub fn dot(sizes: DecoderSizes, device: &Device) -> Self {
        let linear = || LinearConfig::new(sizes.hidden, sizes.hidden).init(device);
        let attention = DotComparison { sentinel_att: linear(), decoder_att: linear() };
        Self::init(sizes, Comparison::Dot(attention), device)
    }

    fn init(sizes: DecoderSizes, attention: Comparison, device: &Device) -> Self {
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        let DecoderSizes { vocab_size, feature_dim, embedding, hidden } = sizes;
        Self {
            project: linear(feature_dim, hidden),
            project_mean: linear(feature_dim, embedding),
            embedding: EmbeddingConfig::new(vocab_size, embedding).init(device),
            decode_step: LstmCell::init(2 * embedding, hidden, device),
            sentinel_x: linear(2 * embedding, hidden),
            sentinel_h: linear(hidden, hidden),
            attention,
            fc: linear(hidden, vocab_size),
            matrices: Matrices::default(),
        }
    }

    fn photos(&self, features: Tensor<3>, dropout: &mut Dropout) -> Photos {
        let means = mean_pooled(features.clone());
        let values = dropout.apply(relu(linear(&self.matrices, &self.project, features)));
        self.projected_photos(means, values.clone(), self.attention.keys(&self.matrices, values))
    }

    /// One photo several times, each time with some cells alone; they are projected once.
    fn photos_with_cells(&self, features: Tensor<3>, selections: &[Vec<usize>]) -> Photos {
        let [_, cells, _] = features.dims();
        let share = |selection: &Vec<usize>| {
            let mut shares = vec![0.0; cells];
            selection.iter().for_each(|cell| shares[*cell] = 1.0 / selection.len() as f32);
            shares
        };
        let shares: Vec<f32> = selections.iter().flat_map(share).collect();
        let shares = Tensor::<2>::from_data(TensorData::new(shares, [selections.len(), cells]), &features.device());
        let means = shares.matmul(features.clone().squeeze_dim::<2>(0));
        let values = relu(linear(&self.matrices, &self.project, features));
        let keys = select_cells(self.attention.keys(&self.matrices, values.clone()), selections);
        self.projected_photos(means, select_cells(values, selections), keys)
    }

    /// From the means of their cells, and what was projected of each cell.
    fn projected_photos(&self, means: Tensor<2>, values: Tensor<3>, keys: Tensor<3>) -> Photos {
        let mean = relu(linear(&self.matrices, &self.project_mean, means));
        let [_, embedding] = mean.dims();
        let part = embedding..2 * embedding;
        let sentinel_gate = self.sentinel_of(part.clone()).after(mean.clone());
        Photos {
            keys,
            values,
            gates: self.decode_step.of_input(&self.matrices, part).after(mean) + self.decode_step.bias(),
            sentinel_gate: match &self.sentinel_x.bias {
                Some(bias) => sentinel_gate + bias.val().unsqueeze::<2>(),
                None => sentinel_gate,
            },
            of_hidden: self.decode_step.of_hidden(&self.matrices),
        }
    }

    /// What of the matrix to the sentinel's gate goes with a part of the LSTM's input.
    fn sentinel_of(&self, part: Range<usize>) -> MatrixPart {
        MatrixPart::of(&self.matrices, &self.sentinel_x.weight, part)
    }

    fn init_state(&self, photos: &Photos, rows: usize) -> State {
        let [count, _, hidden] = photos.values.dims();
        let zeros = Tensor::zeros([count * rows, hidden], &photos.values.device());
        State(vec![zeros.clone(), zeros])
    }

    /// Goes on by the vectors of one word or of several, `[rows, places, embedding]`.
    fn read(&self, photos: &Photos, words: Tensor<3>, state: State) -> Reading {
        let [rows, places, embedding] = words.dims();
        let [count, cells, size] = photos.values.dims();
        let words = words.reshape([rows * places, embedding]);
        let with_photos = |of_words: Tensor<2>, of_photos: &Tensor<2>| {
            let [_, width] = of_words.dims();
            let of_photos = for_each_row(of_photos.clone(), rows / count).unsqueeze_dim::<3>(1);
            of_words.reshape([rows, places, width]) + of_photos
        };
        let of_words = self.decode_step.of_input(&self.matrices, 0..embedding).after(words.clone());
        let gates = with_photos(of_words, &photos.gates);
        let sentinel_gate = with_photos(self.sentinel_of(0..embedding).after(words), &photos.sentinel_gate);

        let [mut hidden, mut cell] = state.hidden_and_cell();
        let (mut before, mut after, mut memory) = (vec![], vec![], vec![]);
        let gates = PerWord::new(gates.swap_dims(0, 1));
        for place in 0..places {
            before.push(hidden.clone());
            (hidden, cell) = lstm_gates(gates.word(place) + photos.of_hidden.after(hidden), cell);
            after.push(hidden.clone());
            memory.push(cell.clone());
        }
        // Rows of the same photo look at its cells together.
        let of_photos = |x: Tensor<3>| x.reshape([count, rows / count * places, size]);
        let [before, after, memory] = [before, after, memory].map(|all| Tensor::stack::<3>(all, 1));
        let sentinel = of_photos(gated(sentinel_gate + linear(&self.matrices, &self.sentinel_h, before), memory));
        let after = of_photos(after);
        let shares = softmax(self.attention.compare(&self.matrices, &photos.keys, sentinel.clone(), after.clone()), 2);
        let of_cells = shares.clone().narrow(2, 0, cells);
        let of_sentinel = shares.narrow(2, cells, 1);
        let context = of_cells.clone().matmul(photos.values.clone()) + of_sentinel.clone() * sentinel;
        Reading {
            output: (context + after).reshape([rows, places, size]),
            attention: of_cells.reshape([rows, places, cells]),
            sentinel: of_sentinel.reshape([rows, places]),
            state: State(vec![hidden, cell]),
        }
    }
}

impl Comparison {
    /// Of the values of cells, `[photos, cells, hidden]`.
    fn keys(&self, matrices: &Matrices, values: Tensor<3>) -> Tensor<3> {
        match self {
            Self::Additive(additive) => linear(matrices, &additive.encoder_att, values),
            Self::Dot(_) => values,
        }
    }

    /// How well each hidden state, `[photos, states, hidden]`, goes with each cell of its photo and with its own sentinel:
    /// `[photos, states, cells + 1]`
    fn compare(&self, matrices: &Matrices, keys: &Tensor<3>, sentinel: Tensor<3>, hidden: Tensor<3>) -> Tensor<3> {
        let [photos, cells, size] = keys.dims();
        let [_, states, _] = hidden.dims();
        match self {
            Self::Additive(AdditiveComparison { sentinel_att, decoder_att, full_att, .. }) => {
                let query = linear(matrices, decoder_att, hidden);
                let own = tanh(linear(matrices, sentinel_att, sentinel) + query.clone());
                // [photos, 1, cells, size] + [photos, states, 1, size] -> [photos, states, cells, size]
                let both = tanh(keys.clone().unsqueeze_dim::<4>(1) + query.unsqueeze_dim::<4>(2));
                let of_cells = full_att.forward(both.reshape([photos * states * cells, size]));
                Tensor::cat(vec![of_cells.reshape([photos, states, cells]), full_att.forward(own)], 2)
            }
            Self::Dot(DotComparison { sentinel_att, decoder_att }) => {
                let query = linear(matrices, decoder_att, hidden);
                let own = (query.clone() * linear(matrices, sentinel_att, sentinel)).sum_dim(2);
                Tensor::cat(vec![query.matmul(keys.clone().swap_dims(1, 2)), own], 2) / (size as f64).sqrt()
            }
        }
    }
}

impl Decoder for AdaptiveAttentionLstm {
    fn start(&self, features: Tensor<3>) -> Box<dyn DecoderSession> {
        Box::new(AdaptiveSession { photos: self.photos(features, &mut Dropout::none()), decoder: self.clone() })
    }

    fn start_with_cells(&self, features: Tensor<3>, selections: &[Vec<usize>]) -> Box<dyn DecoderSession> {
        Box::new(AdaptiveSession { photos: self.photos_with_cells(features, selections), decoder: self.clone() })
    }

    fn device(&self) -> Device {
        self.embedding.weight.lazy_device()
    }
}

#[derive(Debug)]
struct AdaptiveSession {
    decoder: AdaptiveAttentionLstm,
    photos: Photos,
}

impl DecoderSession for AdaptiveSession {
    fn init_state(&self, rows: usize) -> State {
        self.decoder.init_state(&self.photos, rows)
    }

    fn step(&self, words: &[u32], state: State) -> StepOutput {
        let AdaptiveAttentionLstm { embedding, fc, matrices, .. } = &self.decoder;
        let vectors = word_vectors(embedding, words).unsqueeze_dim::<3>(1);
        let Reading { output, attention, sentinel, state } = self.decoder.read(&self.photos, vectors, state);
        StepOutput {
            log_probabilities: log_softmax(linear(matrices, fc, output.squeeze_dim::<2>(1))),
            attention: Some(attention.squeeze_dim::<2>(1)),
            sentinel: Some(sentinel.squeeze_dim::<1>(1)),
            state,
        }
    }
}

impl TrainableDecoder for AdaptiveAttentionLstm {
    fn forward(&self, features: Tensor<3>, words: Tensor<2, Int>, dropout: &mut Dropout) -> DecoderOutput {
        let ([count, _, _], [rows, _]) = (features.dims(), words.dims());
        let vectors = dropout.apply(self.embedding.forward(words));
        let photos = self.photos(features, dropout);
        let state = self.init_state(&photos, rows / count);
        let Reading { output, attention, sentinel, .. } = self.read(&photos, vectors, state);
        DecoderOutput {
            logits: self.fc.forward(dropout.apply(output)),
            attention: Some(attention),
            sentinel: Some(sentinel),
        }
    }

    fn matrices(&self) -> Option<&Matrices> {
        Some(&self.matrices)
    }
}
