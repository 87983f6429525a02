"""Golden numbers of the two attention decoders under the formula's weights.

Writes `decoder.safetensors` (what each step computes, the words being given)
and `decoder.json` (the captions that the searches find). The nets are those
of `nets.py`. All in float64, stored as float32.
"""

import json

import numpy as np
import torch
from safetensors.numpy import save

import synthetic_weights
import nets
import search

SIZES = nets.Sizes(words=64, features=2048, embedding=300, hidden=512, attention=512)
STEPS = 20
GRIDS = 6
# Top left corner of the grid: what a caption of a chosen region looks at.
REGION = [0, 1, 2, 7, 8, 9, 14, 15, 16]
PREFIX = [10, 20]


def grid(k):
    return torch.from_numpy(synthetic_weights.grid(k)).double()


def forced_words():
    return [search.START] + [4 + (t * 7) % 60 for t in range(1, STEPS)]


def teacher_forced(net, cells):
    state = net.start(cells)
    logits, attention = [], []
    for word in forced_words():
        scores, alpha, state = net.step(cells, torch.tensor(word), state)
        logits.append(scores.numpy())
        attention.append(alpha.numpy())
    return np.stack(logits), np.stack(attention)


def captions(net, cells, prefix, report):
    def start():
        return net.start(cells)

    def step(word, state):
        logits, alpha, state = net.step(cells, torch.tensor(word), state)
        report["attention"].append(float(alpha.max()))
        return torch.log_softmax(logits, dim=0).tolist(), state

    def entry(caption):
        return {
            "words": caption.words,
            "ended": caption.ended,
            "log_probability": caption.log_probability,
            "score": caption.score,
        }

    return {
        "greedy": entry(search.greedy(start, step, prefix, report["greedy"])),
        "beam": [entry(c) for c in search.beam(start, step, prefix, 3, report["beam"])],
    }


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    tensors = {}
    found = {"region": REGION, "prefix": PREFIX, "forced_words": forced_words()}
    for name, make in [("additive", nets.AdditiveDecoder), ("dot", nets.DotDecoder)]:
        net = make(SIZES).eval()
        synthetic_weights.fill(net)
        single, _ = teacher_forced(net, grid(0).float())
        net.double()
        logits, attention = teacher_forced(net, grid(0))
        # How far float32 alone strays says what tolerance the test deserves.
        print(f"{name}: float32 logits off by at most {np.abs(single - logits).max():.1e}")
        tensors[f"{name}.logits"] = logits.astype(np.float32)
        tensors[f"{name}.attention"] = attention.astype(np.float32)

        report = {"greedy": [], "beam": [], "attention": []}
        found[name] = {
            "grids": [captions(net, grid(k), [], report) for k in range(GRIDS)],
            "region": captions(net, grid(0)[REGION], [], report),
            "prefix": captions(net, grid(0), PREFIX, report),
        }
        show(name, logits, attention, found[name], report)
    (synthetic_weights.HERE / "decoder.safetensors").write_bytes(save(tensors))
    (synthetic_weights.HERE / "decoder.json").write_text(json.dumps(found, indent=1) + "\n")


def show(name, logits, attention, found, report):
    """What a reader needs to see to trust that the captions test something."""
    peaks = attention.max(axis=1)
    print(f"{name}: logits within {np.abs(logits).max():.3g},", end=" ")
    print(f"attention peaks {peaks.min():.3f} to {peaks.max():.3f} (uniform: 0.020);", end=" ")
    print(f"smallest margins: greedy {min(report['greedy']):.2e}, beam {min(report['beam']):.2e}")
    cases = [(f"grid {k}", case) for k, case in enumerate(found["grids"])]
    for title, case in cases + [("region", found["region"]), ("prefix", found["prefix"])]:
        for kind, caption in [("greedy", case["greedy"])] + [("beam", c) for c in case["beam"]]:
            words = " ".join(map(str, caption["words"])) + (" <end>" if caption["ended"] else "")
            print(f"  {title} {kind} {caption['score']:.4f}: {words}")


if __name__ == "__main__":
    main()
