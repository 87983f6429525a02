"""Golden gradients of every decoder: what training has to push, and where to.

Two photos with two captions each, of different lengths, and the whole loss of
a training step: smoothed cross-entropy for each word, and the attention held to
look at every cell once. In float64, stored as float32 in `gradients.safetensors`:
for each decoder `NAME.loss`, the scores of all places `NAME.scores` and the
gradient of each tensor, `NAME.gradient.KEY`.
"""

import numpy as np
import torch
from safetensors.numpy import save
from torch.nn import functional

import synthetic_weights
import nets

SIZES = nets.Sizes(
    words=20, features=24, embedding=10, hidden=8, attention=6, layers=2, heads=2, feed_forward=16
)
CELLS = 6
START, END = 1, 2
# Of each photo.
CAPTIONS = [[[4, 9, 15, 7], [5, 4]], [[19, 8, 8], [6, 3, 11, 12, 13]]]
SMOOTHING, REGULARISATION = 0.1, 0.5


def cells(photo):
    values = np.maximum(0.0, synthetic_weights.noise(f"grid.{photo}", CELLS * SIZES.features))
    return torch.from_numpy(values.astype(np.float32).reshape(CELLS, SIZES.features)).double()


def loss(net):
    surprise, words, uneven, scores = 0, 0, [], []
    for photo, captions in enumerate(CAPTIONS):
        for caption in captions:
            wanted = torch.tensor(caption + [END])
            score, alpha = net.hear(cells(photo), torch.tensor([START] + caption))
            surprise += functional.cross_entropy(score, wanted, label_smoothing=SMOOTHING, reduction="sum")
            words += len(wanted)
            scores.append(score)
            if alpha is not None:
                uneven.append(((1 - alpha.sum(dim=0)) ** 2).mean())
    whole = surprise / words
    if uneven:
        whole = whole + REGULARISATION * torch.stack(uneven).mean()
    return whole, torch.cat(scores)


def main():
    torch.set_num_threads(1)
    tensors = {}
    for name, make in nets.ALL.items():
        net = make(SIZES)
        synthetic_weights.fill(net)
        net.double()
        whole, scores = loss(net)
        whole.backward()
        tensors[f"{name}.loss"] = np.array([whole.item()], dtype=np.float32)
        tensors[f"{name}.scores"] = scores.detach().numpy().astype(np.float32)
        largest = 0.0
        for key, parameter in net.named_parameters():
            tensors[f"{name}.gradient.{key}"] = parameter.grad.numpy().astype(np.float32)
            largest = max(largest, parameter.grad.abs().max().item())
        print(f"{name}: loss {whole.item():.4f}, largest gradient {largest:.3g}")
    (synthetic_weights.HERE / "gradients.safetensors").write_bytes(save(tensors))


if __name__ == "__main__":
    main()
