"""The decoders as PyTorch nets: the definition that the Rust decoders follow.

Attribute names are the checkpoints' keys. Every net can `hear` captions, word
by word with the right words given, and return a score for each word at each
place, with the attention where it has one. Those with `start` and `step` can be
asked word by word as well.
"""

from math import sqrt
from typing import NamedTuple

import torch
from torch import nn


class Sizes(NamedTuple):
    words: int
    features: int
    embedding: int
    hidden: int
    attention: int = 0
    layers: int = 0
    heads: int = 0
    feed_forward: int = 0


class Recurrent(nn.Module):
    """A decoder that goes from word to word over one photo's cells, [cells, features]."""

    def hear(self, cells, words):
        # [length] -> [length, words], [length, cells]
        state = self.start(cells)
        scores, attention = [], []
        for word in words:
            score, alpha, state = self.step(cells, word, state)
            scores.append(score)
            attention.append(alpha)
        return torch.stack(scores), None if alpha is None else torch.stack(attention)


class RnnDecoder(Recurrent):
    """An Elman network that begins with the pooled feature, projected."""

    def __init__(self, sizes):
        super().__init__()
        self.embedding = nn.Embedding(sizes.words, sizes.embedding)
        self.decode_step = nn.RNNCell(sizes.embedding, sizes.hidden)
        self.init_h = nn.Linear(sizes.features, sizes.hidden)
        self.fc = nn.Linear(sizes.hidden, sizes.words)

    def start(self, cells):
        return self.init_h(cells.mean(dim=0))

    def step(self, cells, word, h):
        h = self.decode_step(self.embedding(word), h)
        return self.fc(h), None, h


class LstmDecoder(Recurrent):
    """The same with an LSTM, whose cell state begins empty."""

    def __init__(self, sizes):
        super().__init__()
        self.embedding = nn.Embedding(sizes.words, sizes.embedding)
        self.decode_step = nn.LSTMCell(sizes.embedding, sizes.hidden)
        self.init_h = nn.Linear(sizes.features, sizes.hidden)
        self.fc = nn.Linear(sizes.hidden, sizes.words)

    def start(self, cells):
        h = self.init_h(cells.mean(dim=0))
        return h, torch.zeros_like(h)

    def step(self, cells, word, state):
        h, c = self.decode_step(self.embedding(word), state)
        return self.fc(h), None, (h, c)


class AdditiveAttention(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.encoder_att = nn.Linear(sizes.features, sizes.attention)
        self.decoder_att = nn.Linear(sizes.hidden, sizes.attention)
        self.full_att = nn.Linear(sizes.attention, 1)

    def forward(self, cells, h):
        # [cells, features], [hidden] -> [cells]
        scores = self.full_att(torch.relu(self.encoder_att(cells) + self.decoder_att(h)))
        return torch.softmax(scores.squeeze(1), dim=0)


class AdditiveDecoder(Recurrent):
    """Show, Attend and Tell's soft attention (Xu et al., 2015)."""

    def __init__(self, sizes):
        super().__init__()
        self.attention = AdditiveAttention(sizes)
        self.embedding = nn.Embedding(sizes.words, sizes.embedding)
        self.decode_step = nn.LSTMCell(sizes.embedding + sizes.features, sizes.hidden)
        self.init_h = nn.Linear(sizes.features, sizes.hidden)
        self.init_c = nn.Linear(sizes.features, sizes.hidden)
        self.f_beta = nn.Linear(sizes.hidden, sizes.features)
        self.fc = nn.Linear(sizes.hidden, sizes.words)

    def start(self, cells):
        mean = cells.mean(dim=0)
        return self.init_h(mean), self.init_c(mean)

    def step(self, cells, word, state):
        h, c = state
        # Where to look is decided by the state before this word.
        alpha = self.attention(cells, h)
        context = torch.sigmoid(self.f_beta(h)) * (alpha @ cells)
        h, c = self.decode_step(torch.cat([self.embedding(word), context]), (h, c))
        return self.fc(h), alpha, (h, c)


class DotDecoder(Recurrent):
    """Scaled dot product attention over projected cells."""

    def __init__(self, sizes):
        super().__init__()
        self.hidden = sizes.hidden
        self.project = nn.Linear(sizes.features, sizes.hidden)
        self.embedding = nn.Embedding(sizes.words, sizes.embedding)
        self.decode_step = nn.LSTMCell(sizes.embedding + sizes.hidden, sizes.hidden)
        self.fc = nn.Linear(sizes.hidden, sizes.words)

    def start(self, cells):
        mean = self.project(cells).mean(dim=0)
        return mean, mean

    def step(self, cells, word, state):
        h, c = state
        projected = self.project(cells)
        alpha = torch.softmax(projected @ h / sqrt(self.hidden), dim=0)
        context = alpha @ projected
        h, c = self.decode_step(torch.cat([self.embedding(word), context]), (h, c))
        return self.fc(h), alpha, (h, c)


class AdaptiveDecoder(nn.Module):
    """Adaptive attention (Lu et al., 2017): after each step, to the cells and to a sentinel."""

    def __init__(self, sizes):
        super().__init__()
        self.project = nn.Linear(sizes.features, sizes.hidden)
        self.project_mean = nn.Linear(sizes.features, sizes.embedding)
        self.embedding = nn.Embedding(sizes.words, sizes.embedding)
        self.decode_step = nn.LSTMCell(2 * sizes.embedding, sizes.hidden)
        self.sentinel_x = nn.Linear(2 * sizes.embedding, sizes.hidden)
        self.sentinel_h = nn.Linear(sizes.hidden, sizes.hidden)
        self.attention = self.comparison(sizes)
        self.fc = nn.Linear(sizes.hidden, sizes.words)

    def hear(self, cells, words):
        values = torch.relu(self.project(cells))
        overall = torch.relu(self.project_mean(cells.mean(dim=0)))
        h = c = torch.zeros_like(values[0])
        scores, attention = [], []
        for word in words:
            x = torch.cat([self.embedding(word), overall])
            gate = torch.sigmoid(self.sentinel_x(x) + self.sentinel_h(h))
            h, c = self.decode_step(x, (h, c))
            sentinel = gate * torch.tanh(c)
            alpha = torch.softmax(self.attention(values, sentinel, h), dim=0)
            context = alpha @ torch.cat([values, sentinel.unsqueeze(0)])
            scores.append(self.fc(context + h))
            # The cells' shares; what is missing to one is the sentinel's.
            attention.append(alpha[:-1])
        return torch.stack(scores), torch.stack(attention)


class AdditiveComparison(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.encoder_att = nn.Linear(sizes.hidden, sizes.attention)
        self.sentinel_att = nn.Linear(sizes.hidden, sizes.attention)
        self.decoder_att = nn.Linear(sizes.hidden, sizes.attention)
        self.full_att = nn.Linear(sizes.attention, 1)

    def forward(self, values, sentinel, h):
        # [cells, hidden], [hidden], [hidden] -> [cells + 1]
        keys = torch.cat([self.encoder_att(values), self.sentinel_att(sentinel).unsqueeze(0)])
        return self.full_att(torch.tanh(keys + self.decoder_att(h))).squeeze(1)


class DotComparison(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.sentinel_att = nn.Linear(sizes.hidden, sizes.hidden)
        self.decoder_att = nn.Linear(sizes.hidden, sizes.hidden)

    def forward(self, values, sentinel, h):
        keys = torch.cat([values, self.sentinel_att(sentinel).unsqueeze(0)])
        return keys @ self.decoder_att(h) / sqrt(len(h))


class AdaptiveAdditiveDecoder(AdaptiveDecoder):
    comparison = AdditiveComparison


class AdaptiveDotDecoder(AdaptiveDecoder):
    comparison = DotComparison


class TransformerDecoder(nn.Module):
    """PyTorch's own layers, normalised first, over projected cells."""

    def __init__(self, sizes):
        super().__init__()
        self.project = nn.Linear(sizes.features, sizes.hidden)
        self.embedding = nn.Embedding(sizes.words, sizes.embedding)
        self.lift = nn.Linear(sizes.embedding, sizes.hidden)
        layer = nn.TransformerDecoderLayer(
            sizes.hidden, sizes.heads, sizes.feed_forward, dropout=0.0, batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerDecoder(layer, sizes.layers).layers
        self.norm = nn.LayerNorm(sizes.hidden)
        self.fc = nn.Linear(sizes.hidden, sizes.words)

    def hear(self, cells, words):
        x = self.lift(self.embedding(words))
        x = (x + positions(*x.shape).to(x)).unsqueeze(0)
        memory = self.project(cells).unsqueeze(0)
        later = torch.triu(torch.ones(len(words), len(words), dtype=torch.bool), diagonal=1)
        for layer in self.layers:
            before = x
            x = layer(x, memory, tgt_mask=later)
        # What the last layer looked at: its own first half, then its attention once more, to ask for the weights.
        y = before + layer.self_attn(*[layer.norm1(before)] * 3, attn_mask=later)[0]
        alpha = layer.multihead_attn(layer.norm2(y), memory, memory, average_attn_weights=True)[1]
        return self.fc(self.norm(x)).squeeze(0), alpha.squeeze(0)


def positions(places, width):
    """Sines and cosines of slower and slower waves (Vaswani et al., 2017)."""
    place = torch.arange(places, dtype=torch.float64).unsqueeze(1)
    angle = place / 10_000 ** (torch.arange(0, width, 2, dtype=torch.float64) / width)
    waves = torch.zeros(places, width, dtype=torch.float64)
    waves[:, 0::2] = torch.sin(angle)
    waves[:, 1::2] = torch.cos(angle)
    return waves


ALL = {
    "rnn": RnnDecoder,
    "lstm": LstmDecoder,
    "additive": AdditiveDecoder,
    "dot": DotDecoder,
    "adaptive_additive": AdaptiveAdditiveDecoder,
    "adaptive_dot": AdaptiveDotDecoder,
    "transformer": TransformerDecoder,
}
