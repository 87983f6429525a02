"""A model folder as ONNX, one photo at a time, for runtimes that Sightline is compared with.

    python bench_onnx.py ../../models/flickr8k-lite ../../target/bench/flickr8k-lite

reads a folder as `models/FORMAT.md` describes it and writes, all in float32:

- `encoder.onnx`: `photo` [1, 3, side, side], normalised, to `grid` [1, features, rows, columns];
- `decoder-start.onnx`: what does not change from word to word, `values` and `overall`, of `grid`;
- `decoder-step.onnx`: `word` [1], `values`, `overall` and the state `h`, `c` to `scores` [words], `attention` with
  the sentinel's share last, `next_h` and `next_c`; the first state is zeros;
- `photo.f32` and `grid.f32`: drawn numbers and what PyTorch's encoder makes of them, for those who run it elsewhere;
- `made-of.json`: SHA-256 of the model.json that they were made of, and of this script.

Sizes are fixed and nodes are few and plain, so that every runtime reads them; `pytorch/export_onnx.py` is for those who
want to caption with ONNX Runtime.
"""

import hashlib
import json
import sys
from math import sqrt
from pathlib import Path

import torch
from torch import nn

import model_folder
from onnx_file import TOLERANCE, export


class Start(nn.Module):
    """What the decoder keeps of a photo."""

    def __init__(self, decoder):
        super().__init__()
        self.decoder = decoder

    def forward(self, grid):
        cells = grid.flatten(2).squeeze(0).t()
        values = torch.relu(self.decoder.project(cells))
        return values, torch.relu(self.decoder.project_mean(cells.mean(dim=0, keepdim=True)))


class Step(nn.Module):
    """What `nets.AdaptiveDecoder.hear` does for one word. The LSTM is written out: each runtime reads products."""

    def __init__(self, decoder):
        super().__init__()
        self.decoder = decoder

    def forward(self, word, values, overall, h, c):
        decoder = self.decoder
        x = torch.cat([decoder.embedding(word), overall], dim=1)
        gate = torch.sigmoid(decoder.sentinel_x(x) + decoder.sentinel_h(h))
        cell = decoder.decode_step
        gates = nn.functional.linear(x, cell.weight_ih, cell.bias_ih)
        gates = gates + nn.functional.linear(h, cell.weight_hh, cell.bias_hh)
        into, forget, new, out = gates.chunk(4, dim=1)
        c = torch.sigmoid(forget) * c + torch.sigmoid(into) * torch.tanh(new)
        h = torch.sigmoid(out) * torch.tanh(c)
        sentinel = gate * torch.tanh(c)
        seen = torch.cat([values, sentinel])
        keys = torch.cat([values, decoder.attention.sentinel_att(sentinel)])
        alpha = torch.softmax(decoder.attention.decoder_att(h) @ keys.t() / sqrt(h.shape[1]), dim=1)
        scores = torch.log_softmax(decoder.fc(alpha @ seen + h), dim=1)
        return scores.squeeze(0), alpha.squeeze(0), h, c


def same_words(decoder, grid, values, overall):
    """The step, word after word, has to be the decoder that `nets.py` defines."""
    words = torch.tensor([1, 4, 10, 5, 6])
    wanted, _ = decoder.hear(grid.flatten(2).squeeze(0).t(), words)
    h = c = torch.zeros(1, values.shape[1])
    step = Step(decoder)
    for word, scores in zip(words, torch.log_softmax(wanted, dim=1), strict=True):
        found, _, h, c = step(word.unsqueeze(0), values, overall, h, c)
        if not torch.allclose(found, scores, atol=TOLERANCE):
            sys.exit("the step is not the decoder of nets.py")


@torch.inference_mode()
def main():
    if len(sys.argv) != 3:
        sys.exit("usage: python bench_onnx.py MODEL_FOLDER OUT_FOLDER")
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    text = (folder / "model.json").read_bytes()
    manifest = json.loads(text)
    weights = model_folder.tensors(folder, manifest)
    side = manifest["input"]["size"]
    out.mkdir(parents=True, exist_ok=True)

    trunk = model_folder.trunk_of(manifest, weights)
    torch.manual_seed(1)
    photo = torch.randn(1, 3, side, side)
    (grid,) = export(trunk, out / "encoder.onnx", {"photo": photo}, ["grid"])
    for name, values in {"photo": photo, "grid": grid}.items():
        (out / f"{name}.f32").write_bytes(values.numpy().astype("<f4").tobytes())

    decoder = model_folder.decoder_of(manifest, weights)
    values, overall = export(Start(decoder).eval(), out / "decoder-start.onnx", {"grid": grid}, ["values", "overall"])
    same_words(decoder, grid, values, overall)
    state = torch.randn(2, 1, values.shape[1]).tanh()
    given = {"word": torch.tensor([4]), "values": values, "overall": overall, "h": state[0], "c": state[1]}
    export(Step(decoder).eval(), out / "decoder-step.onnx", given, ["scores", "attention", "next_h", "next_c"])

    hashes = {"model": hashlib.sha256(text), "script": hashlib.sha256(Path(__file__).read_bytes())}
    (out / "made-of.json").write_text(json.dumps({name: found.hexdigest() for name, found in hashes.items()}) + "\n")


if __name__ == "__main__":
    main()
