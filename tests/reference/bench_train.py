"""PyTorch's speed at what `sightline bench --train` measures, on this machine.

The same sizes and the same work for each step: forward with dropout, smoothed
cross-entropy and the regularised attention, backward, gradients clipped by
their length, Adam. Batched as one would write it for speed; the plain
recurrent nets use PyTorch's own fused sequences.

    python bench_train.py [runs]
"""

import statistics
import sys
import time
from math import sqrt

import torch
import torchvision
from torch import nn
from torch.nn import functional

PHOTOS, CAPTIONS, WORDS, VOCABULARY, CELLS, CHANNELS = 16, 64, 12, 2500, 49, 2048
EMBEDDING, HIDDEN = 300, 512


class Sequence(nn.Module):
    """`nn.RNN` or `nn.LSTM` over whole captions."""

    def __init__(self, cell):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, EMBEDDING)
        self.cell = cell(EMBEDDING, HIDDEN, batch_first=True)
        self.init_h = nn.Linear(CHANNELS, HIDDEN)
        self.fc = nn.Linear(HIDDEN, VOCABULARY)

    def forward(self, cells, words):
        h = self.init_h(cells.mean(dim=1)).unsqueeze(0)
        state = (h, torch.zeros_like(h)) if isinstance(self.cell, nn.LSTM) else h
        hidden, _ = self.cell(functional.dropout(self.embedding(words), 0.5), state)
        return self.fc(functional.dropout(hidden, 0.5)), None


class Attention(nn.Module):
    """An LSTM with additive or dot-product attention."""

    def __init__(self, additive):
        super().__init__()
        self.additive = additive
        self.embedding = nn.Embedding(VOCABULARY, EMBEDDING)
        self.fc = nn.Linear(HIDDEN, VOCABULARY)
        if additive:
            self.encoder_att = nn.Linear(CHANNELS, 512)
            self.decoder_att = nn.Linear(HIDDEN, 512)
            self.full_att = nn.Linear(512, 1)
            self.init_h = nn.Linear(CHANNELS, HIDDEN)
            self.init_c = nn.Linear(CHANNELS, HIDDEN)
            self.f_beta = nn.Linear(HIDDEN, CHANNELS)
            self.decode_step = nn.LSTMCell(EMBEDDING + CHANNELS, HIDDEN)
        else:
            self.project = nn.Linear(CHANNELS, HIDDEN)
            self.decode_step = nn.LSTMCell(EMBEDDING + HIDDEN, HIDDEN)

    def forward(self, cells, words):
        vectors = functional.dropout(self.embedding(words), 0.5)
        if self.additive:
            keys, mean = self.encoder_att(cells), cells.mean(dim=1)
            h, c = self.init_h(mean), self.init_c(mean)
        else:
            cells = self.project(cells)
            h = c = cells.mean(dim=1)
        hidden, looked = [], []
        for place in range(words.shape[1]):
            if self.additive:
                both = torch.relu(keys + self.decoder_att(h).unsqueeze(1))
                alpha = torch.softmax(self.full_att(both).squeeze(2), dim=1)
            else:
                alpha = torch.softmax(torch.bmm(cells, h.unsqueeze(2)).squeeze(2) / sqrt(HIDDEN), dim=1)
            context = torch.bmm(alpha.unsqueeze(1), cells).squeeze(1)
            if self.additive:
                context = torch.sigmoid(self.f_beta(h)) * context
            h, c = self.decode_step(torch.cat([vectors[:, place], context], dim=1), (h, c))
            hidden.append(h)
            looked.append(alpha)
        return self.fc(functional.dropout(torch.stack(hidden, dim=1), 0.5)), torch.stack(looked, dim=1)


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.project = nn.Linear(CHANNELS, HIDDEN)
        self.embedding = nn.Embedding(VOCABULARY, EMBEDDING)
        self.lift = nn.Linear(EMBEDDING, HIDDEN)
        layer = nn.TransformerDecoderLayer(HIDDEN, 8, 2048, dropout=0.5, batch_first=True, norm_first=True)
        self.layers = nn.TransformerDecoder(layer, 2, norm=nn.LayerNorm(HIDDEN))
        self.fc = nn.Linear(HIDDEN, VOCABULARY)

    def forward(self, cells, words):
        x = functional.dropout(self.lift(self.embedding(words)), 0.5)
        later = torch.triu(torch.ones(WORDS, WORDS, dtype=torch.bool), diagonal=1)
        return self.fc(self.layers(x, self.project(cells), tgt_mask=later)), None


def timed(run, runs):
    run()
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def learn(net, cells, heard, wanted, runs):
    net.train()
    adam = torch.optim.Adam(net.parameters(), lr=1e-4)

    def step():
        adam.zero_grad()
        scores, alpha = net(cells, heard)
        loss = functional.cross_entropy(scores.flatten(0, 1), wanted.flatten(), label_smoothing=0.1)
        if alpha is not None:
            loss = loss + ((1 - alpha.sum(dim=1)) ** 2).mean()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        adam.step()

    return CAPTIONS * WORDS / timed(step, runs)


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    torch.manual_seed(1)
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads; medians of {runs} runs")
    trunk = nn.Sequential(*list(torchvision.models.resnet50().eval().children())[:-2])
    photos = torch.randn(PHOTOS, 3, 224, 224)
    with torch.inference_mode():
        print(f"photos encoded, ResNet-50: {PHOTOS / timed(lambda: trunk(photos), runs):.1f} a second")
    cells = torch.rand(CAPTIONS, CELLS, CHANNELS)
    heard = torch.randint(4, VOCABULARY, (CAPTIONS, WORDS))
    wanted = torch.randint(4, VOCABULARY, (CAPTIONS, WORDS))
    nets = {
        "RNN": Sequence(nn.RNN),
        "LSTM": Sequence(nn.LSTM),
        "LSTM with additive attention": Attention(additive=True),
        "LSTM with dot-product attention": Attention(additive=False),
        "Transformer of 2 layers": Transformer(),
    }
    for name, net in nets.items():
        print(f"words learnt, {name}: {learn(net, cells, heard, wanted, runs):.0f} a second")


if __name__ == "__main__":
    main()
