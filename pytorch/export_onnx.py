"""A model that ships, or one of the same kind, as ONNX, to be captioned with by ONNX Runtime (`docs/ONNX.md`).

    python pytorch/export_onnx.py models/flickr8k-lite my-onnx

The first axis of all inputs and outputs is of any length: of photos, or of sentences that are followed, each with its
photo.

- `encoder.onnx`: `photo` [N, 3, side, side], normalised, to `grid` [N, cells, features];
- `decoder-start.onnx`: `grid` to what every word is chosen by, `values` and `overall`, and the first state, `h`, `c`;
- `decoder-step.onnx`: `word` [N], `values`, `overall`, `h` and `c` to `logits` [N, words], `attention` [N, cells],
  `next_h` and `next_c`;
- `vocabulary.json`: the words, each at the place of its id.
"""

import argparse
import json
from pathlib import Path

import torch
from torch import nn

import networks
from captions import SPECIAL

# These lie where `networks` has Python look.
import model_folder
import onnx_file

MANY = "N"
VOCABULARY = "vocabulary.json"


class Encoder(nn.Module):
    """A trunk, and its grid as a row of cells."""

    def __init__(self, trunk):
        super().__init__()
        self.trunk = trunk

    def forward(self, photo):
        return self.trunk(photo).flatten(2).transpose(1, 2)


class Start(nn.Module):
    def __init__(self, decoder):
        super().__init__()
        self.decoder = decoder

    def forward(self, grid):
        values, overall = self.decoder.look(grid)
        _, (h, c) = self.decoder.start(grid.shape[0], grid)
        return values, overall, h, c


class Step(nn.Module):
    def __init__(self, decoder):
        super().__init__()
        self.decoder = decoder

    def forward(self, word, values, overall, h, c):
        scores, attention, (h, c) = self.decoder.scores((values, overall), word, (h, c))
        return scores, attention, h, c


def decoder_of(manifest, weights):
    sizes = model_folder.sizes_of(manifest["decoder"])
    decoder = networks.Decoder(sizes.words, sizes.features, sizes.embedding, sizes.hidden)
    decoder.load_state_dict(model_folder.half(weights, "decoder."))
    return decoder.eval()


def metadata_of(manifest):
    """What has to be known beside the graphs; lists and objects in JSON."""
    given, words = manifest["input"], manifest["vocabulary"]
    return {
        "name": manifest["name"],
        "license": manifest.get("license", ""),
        "input_size": str(given["size"]),
        "mean": json.dumps(given["mean"]),
        "std": json.dumps(given["std"]),
        "vocabulary": VOCABULARY,
        "special_tokens": json.dumps({token.strip("<>"): words.index(token) for token in SPECIAL}),
    }


@torch.inference_mode()
def export(folder, out):
    manifest = model_folder.manifest_of(folder)
    weights = model_folder.tensors(folder, manifest)
    encoder = Encoder(model_folder.trunk_of(manifest, weights))
    decoder = decoder_of(manifest, weights)
    out.mkdir(parents=True, exist_ok=True)

    def write(net, name, inputs, outputs):
        found = onnx_file.export(net.eval(), out / name, inputs, outputs, many=MANY, metadata=metadata_of(manifest))
        return dict(zip(outputs, found, strict=True))

    torch.manual_seed(1)
    side = manifest["input"]["size"]
    look = write(encoder, "encoder.onnx", {"photo": torch.randn(2, 3, side, side)}, ["grid"])
    begun = write(Start(decoder), "decoder-start.onnx", look, ["values", "overall", "h", "c"])
    states = {name: torch.randn_like(begun[name]).tanh() for name in ("h", "c")}
    given = {"word": torch.tensor([4, 5]), **begun, **states}
    write(Step(decoder), "decoder-step.onnx", given, ["logits", "attention", "next_h", "next_c"])
    (out / VOCABULARY).write_text(json.dumps(manifest["vocabulary"]) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model", type=Path, help="a model folder")
    parser.add_argument("out", type=Path, help="the folder to write")
    arguments = parser.parse_args()
    export(arguments.model, arguments.out)
