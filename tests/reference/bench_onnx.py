"""A model folder as ONNX, for runtimes that Sightline is compared with.

    python export_onnx.py ../../models/flickr8k-lite ../../target/bench/flickr8k-lite

reads a folder as `models/FORMAT.md` describes it and writes, all in float32:

- `encoder.onnx`: `photo` [1, 3, side, side], normalised, to `grid` [1, features, rows, columns];
- `decoder-start.onnx`: what does not change from word to word, `values` and `overall`, of `grid`;
- `decoder-step.onnx`: `word` [1], `values`, `overall` and the state `h`, `c` to `scores` [words], `attention` with
  the sentinel's share last, `next_h` and `next_c`; the first state is zeros;
- `photo.f32` and `grid.f32`: drawn numbers and what PyTorch's encoder makes of them, for those who run it elsewhere;
- `made-of.json`: SHA-256 of the model.json that they were made of, and of this script.

It knows the encoders and the decoder of the models that ship. That ONNX computes what PyTorch does is checked by
running both. Besides what README.md lists it needs

    pip install onnx==1.23.2 onnxscript==0.7.2 onnxruntime==1.32.0
"""

import hashlib
import json
import sys
from math import sqrt
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from safetensors.torch import load_file
from torch import nn

import backbones
import nets

# What other runtimes than ONNX Runtime read as well.
OPSET = 18
# Both compute in float32, and sum thousands of products in another order.
TOLERANCE = 1e-4


def tensors(folder, manifest):
    """Every tensor of the shards by its name, in float32."""
    stored = {}
    for shard in manifest["shards"]:
        stored.update(load_file(folder / shard["file"]))
    parts = {}
    for key, values in stored.items():
        if key.endswith(":scale"):
            continue
        name, _, row = key.partition("@")
        values = values.float()
        if (scale := stored.get(f"{key}:scale")) is not None:
            values = values * scale.reshape(-1, *[1] * (values.dim() - 1))
        parts.setdefault(name, []).append((int(row or 0), values))
    in_order = {name: sorted(found, key=lambda part: part[0]) for name, found in parts.items()}
    return {name: torch.cat([values for _, values in found]) for name, found in in_order.items()}


def half(weights, prefix):
    return {key.removeprefix(prefix): value for key, value in weights.items() if key.startswith(prefix)}


def without_norms(net):
    """The same network with its norms folded: convolutions have biases, and nothing follows them."""
    for module in net.modules():
        for name, child in module.named_children():
            if isinstance(child, nn.BatchNorm2d):
                setattr(module, name, nn.Identity())
            elif isinstance(child, nn.Conv2d) and child.bias is None:
                child.bias = nn.Parameter(torch.zeros(child.out_channels))
    return net


class Trunk(nn.Module):
    """A network up to its grid."""

    def __init__(self, description, side):
        super().__init__()
        self.name = backbone_name(description)
        named = f"{self.name}@{side}" if self.name.startswith("efficientnet") else self.name
        self.net = without_norms(backbones.build(named))

    def forward(self, photo):
        layers, _ = backbones.parts(self.name, self.net)
        for layer in (layer for part in layers for layer in part):
            photo = layer(photo)
        return photo

    def load(self, weights):
        missing, unexpected = self.net.load_state_dict(weights, strict=False)
        # The classifier is no part of the encoder.
        missing = [key for key in missing if not key.startswith(("fc.", "_fc."))]
        if missing or unexpected:
            sys.exit(f"the encoder has other tensors than {self.name}: {missing + unexpected}")


def trunk_of(manifest, weights):
    trunk = Trunk(manifest["encoder"], manifest["input"]["size"])
    trunk.load(half(weights, "encoder."))
    return trunk.eval()


def backbone_name(description):
    if description["architecture"] == "efficientnet_lite":
        return f"efficientnet_lite{description['variant']}"
    if description == {"architecture": "resnet", "blocks": [3, 4, 6, 3], "width": 64}:
        return "resnet50"
    sys.exit(f"{description} is no encoder of a model that ships, which are all that this script knows")


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


def decoder_of(description, weights):
    if description.get("attention") != {"kind": "dot"} or not description.get("sentinel"):
        sys.exit(f"{description} is no decoder of a model that ships, which are all that this script knows")
    sizes = nets.Sizes(*(description[name] for name in ("words", "features", "embedding", "hidden")))
    decoder = nets.AdaptiveDotDecoder(sizes)
    decoder.load_state_dict(weights)
    return decoder.eval()


def export(net, path, inputs, outputs):
    """`inputs` are examples by their names. Fails where the file computes something else; returns what PyTorch does."""
    examples = tuple(inputs.values())
    names = {"input_names": list(inputs), "output_names": outputs}
    program = torch.onnx.export(net, examples, dynamo=True, opset_version=OPSET, verbose=False, **names)
    program.save(path, external_data=False)
    wanted = net(*examples)
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    found = session.run(outputs, {name: value.numpy() for name, value in inputs.items()})
    for name, one, other in zip(outputs, wanted, found, strict=True):
        off = np.abs(one.numpy() - other).max() / max(1.0, np.abs(other).max())
        print(f"{path.name}: {name} {list(other.shape)}, off by {off:.1e}")
        if not off < TOLERANCE:
            sys.exit(f"{path}: {name} is not what PyTorch computes")
    return wanted


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
        sys.exit("usage: python export_onnx.py MODEL_FOLDER OUT_FOLDER")
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    text = (folder / "model.json").read_bytes()
    manifest = json.loads(text)
    weights = tensors(folder, manifest)
    side = manifest["input"]["size"]
    out.mkdir(parents=True, exist_ok=True)

    trunk = trunk_of(manifest, weights)
    torch.manual_seed(1)
    photo = torch.randn(1, 3, side, side)
    (grid,) = export(trunk, out / "encoder.onnx", {"photo": photo}, ["grid"])
    for name, values in {"photo": photo, "grid": grid}.items():
        (out / f"{name}.f32").write_bytes(values.numpy().astype("<f4").tobytes())

    decoder = decoder_of(manifest["decoder"], half(weights, "decoder."))
    values, overall = export(Start(decoder).eval(), out / "decoder-start.onnx", {"grid": grid}, ["values", "overall"])
    same_words(decoder, grid, values, overall)
    state = torch.randn(2, 1, values.shape[1]).tanh()
    given = {"word": torch.tensor([4]), "values": values, "overall": overall, "h": state[0], "c": state[1]}
    export(Step(decoder).eval(), out / "decoder-step.onnx", given, ["scores", "attention", "next_h", "next_c"])

    hashes = {"model": hashlib.sha256(text), "script": hashlib.sha256(Path(__file__).read_bytes())}
    (out / "made-of.json").write_text(json.dumps({name: found.hexdigest() for name, found in hashes.items()}) + "\n")


if __name__ == "__main__":
    main()
