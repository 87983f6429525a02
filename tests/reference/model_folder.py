"""A model folder, as `models/FORMAT.md` describes it, as PyTorch nets.

It knows the encoders and the decoder of the models that ship.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

import backbones
import nets


def manifest_of(folder):
    return json.loads((Path(folder) / "model.json").read_text(encoding="utf-8"))


def tensors(folder, manifest):
    """Every tensor of the shards by its name, in float32."""
    stored = {}
    for shard in manifest["shards"]:
        stored.update(load_file(Path(folder) / shard["file"]))
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


def sizes_of(description):
    if description.get("attention") != {"kind": "dot"} or not description.get("sentinel"):
        sys.exit(f"{description} is no decoder of a model that ships, which are all that this script knows")
    return nets.Sizes(*(description[name] for name in ("words", "features", "embedding", "hidden")))


def decoder_of(manifest, weights):
    decoder = nets.AdaptiveDotDecoder(sizes_of(manifest["decoder"]))
    decoder.load_state_dict(half(weights, "decoder."))
    return decoder.eval()
