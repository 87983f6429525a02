"""The formula that gives every tensor of the parity tests its values.

A real checkpoint is hundreds of megabytes and not ours to ship. So both sides
of the comparison, these scripts and the Rust tests, compute the same weights
from the tensors' names. `synthetic_weights.json` holds a few values from here, by which
the Rust twin can check itself before any net is compared.

Run as a script, this file writes `synthetic_weights.json`.
"""

import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent

# Keyed by how the tensor's path ends, that is its name without the last segment; a key may
# have several segments. 1 for all others.
GAINS = {
    # Closes each residual branch. Scaled down so that a block changes its input
    # only a little: the net stays well conditioned, rounding is not amplified
    # from block to block, and activations do not grow with depth.
    "conv3": 0.25,
    # The same for RegNet, and for EfficientNet. There less, since this also closes blocks that
    # nothing is added to: at 0.25 the signal would fade, and at 0.5 hardly anything would
    # reach ReLU6's upper bound, so that a plain ReLU would pass.
    "c.0": 0.25,
    "_project_conv": 0.75,
    # Sharpens the additive attention, so that it is far from uniform.
    "full_att": 16.0,
    # Both make the pictures matter: the grids share their mean, and without more
    # weight on what sets them apart, all captions would begin alike.
    "init_h": 4.0,
    "f_beta": 4.0,
    # Makes the last word matter to the next one. Not larger: at 10 the recurrence is
    # chaotic, and float32's rounding grows ten thousandfold over 20 steps.
    "decode_step": 3.0,
    # Both features and scores of the dot attention grow with this one.
    "project": 2.25,
    # Sets words clearly apart, so that no search decision is nearly tied.
    "fc": 8.0,
}


def fnv1a32(name: str) -> int:
    h = 2166136261
    for byte in name.encode("utf-8"):
        h = ((h ^ byte) * 16777619) & 0xFFFFFFFF
    return h


def noise(name: str, count: int) -> np.ndarray:
    """The first `count` values of a name's noise, in [-1, 1), as float64.

    Every one of them is a multiple of 2^-23, so float32 holds it exactly.
    """
    # The products stay below 2^64, so uint64 arithmetic with a mask is exact.
    mask = np.uint64(0xFFFFFFFF)
    x = np.arange(count, dtype=np.uint64) & mask
    x = (x * np.uint64(0x9E3779B1) + np.uint64(fnv1a32(name))) & mask
    x ^= x >> np.uint64(16)
    x = (x * np.uint64(0x85EBCA6B)) & mask
    x ^= x >> np.uint64(13)
    x = (x * np.uint64(0xC2B2AE35)) & mask
    x ^= x >> np.uint64(16)
    return (x >> np.uint64(8)).astype(np.float64) / 2**23 - 1.0


def gain_of(name: str) -> float:
    # Of whole segments only: "conv3" is no end of "my_conv3".
    path = "." + name.rpartition(".")[0]
    gains = [gain for end, gain in GAINS.items() if path.endswith("." + end)]
    assert len(gains) <= 1, f"several gains for {name}"
    return gains[0] if gains else 1.0


def offset_and_scale(name: str, shape: list[int]) -> tuple[float, float]:
    gain = gain_of(name)
    if len(shape) == 4:
        # Uniform in +-sqrt(6 / fan_in) keeps the variance through conv and ReLU.
        return 0.0, gain * np.sqrt(6.0 / (shape[1] * shape[2] * shape[3]))
    if len(shape) == 2:
        if name.endswith("embedding.weight"):
            return 0.0, 1.0
        return 0.0, gain * np.sqrt(3.0 / shape[1])
    if name.endswith("running_var"):
        return 1.0, 0.25
    if name.endswith(".weight"):
        return 1.0, 0.1
    return 0.0, 0.1


def tensor(name: str, shape) -> np.ndarray:
    """A weight in PyTorch's shape, float32; `name` is its state dict key."""
    shape = list(shape)
    offset, scale = offset_and_scale(name, shape)
    values = offset + scale * noise(name, int(np.prod(shape)))
    return values.astype(np.float32).reshape(shape)


def image(channels: int = 3, side: int = 224) -> np.ndarray:
    """The encoder's input, about as spread as a normalised photo."""
    values = 2.0 * noise("input", channels * side * side)
    return values.astype(np.float32).reshape(1, channels, side, side)


def grid(k: int) -> np.ndarray:
    """The k-th feature grid: non-negative, as what leaves a ReLU."""
    values = np.maximum(0.0, noise(f"grid.{k}", 49 * 2048))
    return values.astype(np.float32).reshape(49, 2048)


def fill(module) -> None:
    """Gives every tensor of a torch module its value by the synthetic_weights."""
    import torch

    state = {
        name: torch.from_numpy(tensor(name, value.shape))
        for name, value in module.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    missing, unexpected = module.load_state_dict(state, strict=False)
    assert not unexpected
    assert all(name.endswith("num_batches_tracked") for name in missing), missing


def checks() -> dict:
    """A value or two from every branch of the synthetic_weights."""
    wanted = [
        ("conv1.weight", [64, 3, 7, 7]),
        ("layer1.0.conv3.weight", [256, 64, 1, 1]),
        ("layer4.0.downsample.0.weight", [2048, 1024, 1, 1]),
        ("bn1.weight", [64]),
        ("bn1.bias", [64]),
        ("layer1.0.bn1.running_mean", [64]),
        ("layer1.0.bn1.running_var", [64]),
        ("embedding.weight", [64, 300]),
        ("attention.full_att.weight", [1, 512]),
        ("attention.full_att.bias", [1]),
        ("decode_step.weight_ih", [2048, 2348]),
        ("decode_step.bias_hh", [2048]),
        ("project.weight", [512, 2048]),
        ("fc.weight", [64, 512]),
        ("fc.bias", [64]),
    ]
    tensors = {name: tensor(name, shape) for name, shape in wanted}
    tensors["input"] = image()
    tensors["grid.1"] = grid(1)
    entries = []
    for name, values in tensors.items():
        flat = values.ravel()
        indices = [i for i in (0, 1, 2, 3, 1000, flat.size - 1) if i < flat.size]
        entries.append(
            {
                "name": name,
                "shape": list(values.shape),
                # Python's shortest form of the double that equals the float32,
                # so reading it as either width gives the same number.
                "at": {str(i): float(flat[i]) for i in sorted(set(indices))},
            }
        )
    return {
        "fnv1a32": {name: fnv1a32(name) for name in ("", "input", "fc.weight")},
        "tensors": entries,
    }


if __name__ == "__main__":
    found = checks()
    (HERE / "synthetic_weights.json").write_text(json.dumps(found, indent=1) + "\n")
    for entry in found["tensors"]:
        print(entry["name"], entry["shape"], entry["at"])
