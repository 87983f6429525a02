"""Golden activations of torchvision's ResNets under the formula's weights.

Writes `encoder.safetensors`. The Rust encoder must reproduce these stage by
stage, so that a difference points at the stage where it arises. Computed in
float64: what the Rust side is off by is then its own rounding alone.

Whole activations would be megabytes, so each stage is kept as 4096 sampled
elements and the L2 norm of everything.
"""

import numpy as np
import torch
import torchvision
from safetensors.numpy import save

import synthetic_weights

SAMPLES = 4096
STAGES = ["layer1", "layer2", "layer3", "layer4"]


def sample_positions(size: int, samples: int = SAMPLES) -> np.ndarray:
    """Positions in the flat [C, H, W] activation, spread over all of it."""
    # The multiplier is prime and divides no stage's size: positions are distinct.
    return np.arange(samples, dtype=np.int64) * 2654435761 % size


def stages(net, image) -> dict[str, np.ndarray]:
    found = {}
    x = net.maxpool(net.relu(net.bn1(net.conv1(image))))
    for name in STAGES:
        x = getattr(net, name)(x)
        found[name] = x[0].numpy().ravel()
    return found


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    image = torch.from_numpy(synthetic_weights.image())
    golden = {}
    for depth in ["resnet50", "resnet101"]:
        net = getattr(torchvision.models, depth)(weights=None).eval()
        # The classifier is no part of the encoder.
        del net.fc
        synthetic_weights.fill(net)
        single = stages(net, image)
        double = stages(net.double(), image.double())
        for stage in STAGES:
            exact = double[stage]
            norm = np.linalg.norm(exact)
            positions = sample_positions(exact.size)
            assert len(set(positions)) == SAMPLES
            golden[f"{depth}.{stage}"] = exact[positions].astype(np.float32)
            golden[f"{depth}.{stage}.norm"] = np.array([norm], dtype=np.float32)
            # How far float32 alone strays says what tolerance the test deserves.
            stray = np.linalg.norm(single[stage] - exact) / norm
            print(
                f"{depth}.{stage}: {exact.size} elements, norm {norm:.6g}, "
                f"mean {exact.mean():.4g}, max {exact.max():.4g}, "
                f"{(exact > 0).mean():.0%} positive, float32 off by {stray:.2e}"
            )
    (synthetic_weights.HERE / "encoder.safetensors").write_bytes(save(golden))


if __name__ == "__main__":
    main()
