"""Golden numbers of what `src/inspection` tells, under the formula's weights.

Writes `inspection.safetensors`. The photo is noise, `pixels()`, as large as the nets
take it, so that nothing resizes it. Of two backbones it keeps what each stage puts out,
as it is and with some channels zeroed (`NAME.muted.`), and the first convolution with
its norm folded in. What EfficientNet-Lite0 makes of the photo is the grid of every
decoder, each of which is asked for the probabilities of a sentence with all cells, with
cells left out of the grid, and with the mean of all cells in the place of each. All in
float64, stored as float32.
"""

import numpy as np
import torch
from safetensors.numpy import save

import nets
import synthetic_weights
from backbones import build, parts
from encoder import sample_positions
from search import END, START, allowed

SAMPLES = 256
# Side, mean and spread of the photo, and which channels of which stages are muted. At a
# side of 100 the sides are odd from the second stage on, and the grid is 4 x 4.
BACKBONES = {
    "efficientnet_lite0": (100, [127 / 255] * 3, [128 / 255] * 3, {0: [3], 3: [5, 7]}),
    "resnet50": (64, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225], {0: [10], 2: [0, 511]}),
}
SIZES = nets.Sizes(
    words=64, features=1280, embedding=24, hidden=32, attention=16, layers=2, heads=4, feed_forward=48
)
SIDE = 4
REGION = [0, 1, 2, 4, 5, 6, 9]
# Which of the most probable words is said next: sure ones and others.
CHOICES = [0, 1, 0, 2, 1, 0]


def pixels(side):
    """[side, side, 3], from 0 to 255."""
    values = np.floor((synthetic_weights.noise("pixels", side * side * 3) + 1) * 128)
    return values.reshape(side, side, 3)


def photo(side, mean, std):
    values = (pixels(side) / 255 - np.array(mean)) / np.array(std)
    return torch.from_numpy(values.transpose(2, 0, 1)).unsqueeze(0)


def stages(name, net, x, muted):
    found = []
    for i, part in enumerate(parts(name, net)[0]):
        for layer in part:
            x = layer(x)
        x = x.clone()
        x[:, muted.get(i, [])] = 0
        found.append(x[0].numpy())
    return found


def first_convolution(name, net, x):
    conv, norm = parts(name, net)[0][0][:2]
    factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return (conv.weight * factor.reshape(-1, 1, 1, 1)).numpy(), norm(conv(x))[0].numpy()


def everything(name, net, x, muted):
    found = {"input": x[0].numpy()}
    found["kernels"], found["responses"] = first_convolution(name, net, x)
    for kind, channels in [("", {}), ("muted.", muted)]:
        for i, stage in enumerate(stages(name, net, x, channels)):
            found[f"{kind}stage{i}" if i else f"{kind}stem"] = stage
    return found


def backbone(name, golden):
    """Keeps a backbone's numbers; returns its grid, `[cells, channels]`, in float32 and in float64."""
    side, mean, std, muted = BACKBONES[name]
    net = build(f"{name}@{side}" if name.startswith("efficientnet") else name).eval()
    synthetic_weights.fill(net)
    x = photo(side, mean, std)
    single = everything(name, net, x.float(), muted)
    double = everything(name, net.double(), x, muted)
    for key, exact in double.items():
        norm = np.linalg.norm(exact)
        stray = np.linalg.norm(single[key] - exact) / norm
        change = np.linalg.norm(exact - double[key.removeprefix("muted.")]) / norm
        print(f"{name}.{key}: {list(exact.shape)}, norm {norm:.6g}, muted by {change:.0%}, float32 off by {stray:.1e}")
        assert stray < 1e-5, key
        # Less, and no test could tell that anything is muted.
        assert change > 0.01 or not key.startswith("muted") or not muted_before(key, muted), key
        flat = exact.ravel()
        golden[f"{name}.{key}"] = flat[sample_positions(flat.size, min(SAMPLES, flat.size))]
        golden[f"{name}.{key}.norm"] = np.array([norm])
    last = list(double)[-1].removeprefix("muted.")
    return [torch.from_numpy(found[last]).flatten(1).T.contiguous() for found in (single, double)]


def muted_before(key, muted):
    stage = 0 if key.endswith("stem") else int(key.rpartition("stage")[2])
    return stage >= min(muted)


def sentence(net, cells):
    words = []
    for choice in CHOICES:
        scores, _ = net.hear(cells, torch.tensor([START] + words))
        ranked = scores[-1].argsort(descending=True).tolist()
        words.append([word for word in ranked if word != END and allowed(word, words)][choice])
    return words


def probabilities(net, cells, words):
    """Of each word after those before it, and the attention."""
    scores, attention = net.hear(cells, torch.tensor([START] + words[:-1]))
    return torch.softmax(scores, dim=1)[range(len(words)), words], attention


def without(cells, hidden):
    return cells[[cell for cell in range(len(cells)) if cell not in hidden]]


def blocks():
    corners = [(row, col) for row in range(SIDE - 1) for col in range(SIDE - 1)]
    return [[(row + down) * SIDE + col + right for down in (0, 1) for right in (0, 1)] for row, col in corners]


def ranks(values):
    """From 0; equals share the mean of their ranks."""
    below = (values.unsqueeze(1) > values).sum(dim=1)
    return below + ((values.unsqueeze(1) == values).sum(dim=1) - 1) / 2


def spearman(a, b):
    return torch.corrcoef(torch.stack([ranks(a.double()), ranks(b.double())]))[0, 1]


def needed(net, cells, words):
    """For each word: its probability, and what becomes of it where cells are hidden."""
    probability, attention = probabilities(net, cells, words)

    def hidden(selections):
        return torch.stack([probabilities(net, without(cells, s), words)[0] for s in selections], dim=1)

    found = {
        "probability": probability,
        "cells": hidden([cell] for cell in range(len(cells))),
        "blocks": hidden(blocks()),
        "region": hidden([REGION]),
        "averaged": probabilities(net, cells.mean(dim=0).expand_as(cells), words)[0],
    }
    if attention is not None:
        falls = probability.unsqueeze(1) - found["cells"]
        found["attention"] = attention
        found["agreement"] = torch.stack([spearman(a, b) for a, b in zip(attention, falls)])
    return found


def closest(values):
    """By what part of the larger the nearest two of a row differ."""
    ordered = values.sort(dim=1).values
    return (1 - ordered[:, :-1] / ordered[:, 1:]).min().item()


def decoder(name, make, single_cells, cells, golden):
    net = make(SIZES).eval()
    synthetic_weights.fill(net)
    words = sentence(net, single_cells)
    single = needed(net, single_cells, words)
    double = needed(net.double(), cells, words)
    for key, exact in double.items():
        golden[f"{name}.{key}"] = exact.numpy()
        stray = (torch.linalg.norm(single[key] - exact) / torch.linalg.norm(exact)).item()
        assert stray < 5e-5, (name, key)
        print(f"{name}.{key}: {exact.min():.3g} to {exact.max():.3g}, float32 off by {stray:.1e}")
    golden[f"{name}.words"] = np.array(words)
    moved = (double["probability"].unsqueeze(1) - double["cells"]).abs().max(dim=1).values
    print(f"{name}: words {words}, a cell changes them by up to {[f'{x:.2g}' for x in moved.tolist()]}")
    if "attention" in double:
        nearest = [closest(double["attention"]), closest(double["cells"])]
        print(f"{name}: nearest of its attention and of its cells' probabilities: {[f'{x:.1e}' for x in nearest]}")
        # Nearer, and rounding would decide about their order.
        assert min(nearest) > 1e-4, name


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    golden = {}
    grids = {name: backbone(name, golden) for name in BACKBONES}
    for name, make in nets.ALL.items():
        decoder(name, make, *grids["efficientnet_lite0"], golden)
    golden = {name: values.astype(np.float32) for name, values in golden.items()}
    (synthetic_weights.HERE / "inspection.safetensors").write_bytes(save(golden))


if __name__ == "__main__":
    main()
