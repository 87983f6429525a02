"""PyTorch's speed at what `npm run bench -- --native` measures: the encoder of a model that ships, one photo at a time.

    python bench_encoder.py MODEL_FOLDER ONNX_FOLDER THREADS

`ONNX_FOLDER` is what `bench_onnx.py` made of the model. Says `ready` and the cosine of its grid with the one that is
kept there, and then, for each line that it reads, how many milliseconds an encode took.
"""

import sys
import time
from pathlib import Path

import torch

import model_folder


def floats(path):
    return torch.frombuffer(bytearray(path.read_bytes()), dtype=torch.float32)


@torch.inference_mode()
def main():
    if len(sys.argv) != 4:
        sys.exit("usage: python bench_encoder.py MODEL_FOLDER ONNX_FOLDER THREADS")
    model, onnx = Path(sys.argv[1]), Path(sys.argv[2])
    torch.set_num_threads(int(sys.argv[3]))
    manifest = model_folder.manifest_of(model)
    trunk = model_folder.trunk_of(manifest, model_folder.tensors(model, manifest))
    side = manifest["input"]["size"]
    photo, grid = (floats(onnx / name) for name in ("photo.f32", "grid.f32"))
    photo = photo.view(1, 3, side, side)
    found = torch.cosine_similarity(trunk(photo).flatten(), grid, dim=0)
    print(f"ready {found:.6f}", flush=True)
    for _ in sys.stdin:
        begin = time.perf_counter()
        trunk(photo)
        print(f"{1000 * (time.perf_counter() - begin):.4f}", flush=True)


if __name__ == "__main__":
    main()
