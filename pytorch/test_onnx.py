"""Whether ONNX Runtime captions with `export_onnx.py`'s files as PyTorch's nets and Sightline's own command do.

    cargo build --release --no-default-features
    python pytorch/test_onnx.py

Both models that ship are exported and caption the page's sample photos. `SIGHTLINE` names another program than
`target/release/sightline`. Run it by hand: the repository's tests need no Python.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from PIL import Image

import export_onnx

# These lie where it has Python look.
import model_folder
import search

ROOT = Path(__file__).parent.parent
MODELS = ("flickr8k-lite", "flickr8k-resnet50")
PHOTOS = sorted((ROOT / "www/page/samples").glob("*.jpg"))
SIGHTLINE = Path(os.environ.get("SIGHTLINE", ROOT / "target/release/sightline")).resolve()
# Both compute in 32-bit floats and add thousands of products in another order, layer after layer. Found were differences
# of up to 4e-5, 2e-5 and 8e-7; other processors add in other orders.
TOLERANCES = {"grid": 2e-4, "logits": 2e-4, "attention": 1e-5}


class Graphs:
    """What `export_onnx.py` wrote into a folder, as somebody uses it who has only that."""

    def __init__(self, folder):
        self.encoder, self.first, self.next = (
            onnxruntime.InferenceSession(folder / f"{name}.onnx", providers=["CPUExecutionProvider"])
            for name in ("encoder", "decoder-start", "decoder-step")
        )
        self.about = self.encoder.get_modelmeta().custom_metadata_map
        self.words = json.loads((folder / self.about["vocabulary"]).read_text(encoding="utf-8"))

    def square(self, path):
        side = int(self.about["input_size"])
        return Image.open(path).convert("RGB").resize((side, side), Image.Resampling.BICUBIC)

    def pixels(self, path):
        mean, std = (np.float32(json.loads(self.about[name])) for name in ("mean", "std"))
        return ((np.float32(self.square(path)) / 255 - mean) / std).transpose(2, 0, 1)

    def grid(self, photos):
        return self.encoder.run(["grid"], {"photo": photos})[0]

    def start(self, grid):
        outputs = [output.name for output in self.first.get_outputs()]
        return dict(zip(outputs, self.first.run(outputs, {"grid": grid}), strict=True))

    def step(self, word, state):
        wanted = ["logits", "attention", "next_h", "next_c"]
        logits, attention, h, c = self.next.run(wanted, {"word": np.int64(word), **state})
        return logits, attention, {**state, "h": h, "c": c}


def tensors(folder):
    return model_folder.tensors(folder, model_folder.manifest_of(folder))


def off(found, wanted):
    return float(np.abs(found - wanted.numpy()).max())


def greedy(graphs, grid):
    """The words of a photo, and all that each step said."""
    said = []

    def step(word, state):
        logits, attention, state = graphs.step([word], state)
        said.append((logits[0], attention[0]))
        return torch.log_softmax(torch.from_numpy(logits[0]), dim=0).tolist(), state

    return search.greedy(lambda: graphs.start(grid), step).words, said


def sightlines_words(model, graphs):
    """What the command says of each photo, in the same precision and greedily.

    It gets the very squares that the graphs see. Decoders of JPEG differ by a level or two, which is enough to say
    another word where two are nearly tied.
    """
    options = ["--device=cpu", "--beams=1", "--no-consensus", "--precision=f32", "--any-photo", "--json"]
    options += [f"--max-words={search.MAX_WORDS}", "--model", ROOT / "models" / model]
    with tempfile.TemporaryDirectory() as folder:
        squares = [Path(folder) / f"{path.stem}.png" for path in PHOTOS]
        for path, square in zip(PHOTOS, squares, strict=True):
            graphs.square(path).save(square)
        told = subprocess.run([SIGHTLINE, "caption", *options, *squares], check=True, stdout=subprocess.PIPE, text=True)
    captions = map(json.loads, told.stdout.splitlines())
    return [[word["text"] for word in caption["words"]] for caption in captions]


@torch.inference_mode()
def graphs_compute_what_the_nets_of_the_reference_do(model, folder):
    graphs = Graphs(folder)
    manifest = model_folder.manifest_of(ROOT / "models" / model)
    weights = model_folder.tensors(ROOT / "models" / model, manifest)
    trunk, decoder = model_folder.trunk_of(manifest, weights), model_folder.decoder_of(manifest, weights)
    commands = sightlines_words(model, graphs)
    worst = dict.fromkeys(TOLERANCES, 0.0)
    grids = graphs.grid(np.stack([graphs.pixels(path) for path in PHOTOS]))
    for path, grid, command in zip(PHOTOS, grids, commands, strict=True):
        photo = graphs.pixels(path)[None]
        cells = trunk(torch.from_numpy(photo))[0].flatten(1).t()
        alone = graphs.grid(photo)
        words, said = greedy(graphs, alone)
        scores, attention = decoder.hear(cells, torch.tensor([search.START, *words])[: len(said)])
        found = [max(off(grid, cells), off(alone[0], cells)), off(np.stack([logits for logits, _ in said]), scores)]
        found.append(off(np.stack([shares for _, shares in said]), attention))
        worst = {name: max(worst[name], now) for name, now in zip(TOLERANCES, found, strict=True)}
        spoken = [graphs.words[word] for word in words]
        assert spoken == command, (path.name, spoken, command)
        print(f"  {path.name}: {' '.join(spoken)}")
    print("  off by at most " + ", ".join(f"{now:.1e} ({name})" for name, now in worst.items()))
    for name, tolerance in TOLERANCES.items():
        assert worst[name] < tolerance, (model, name, worst[name])


def weights_are_read_however_they_are_stored(model, _):
    shipped = tensors(ROOT / "models" / model)
    with tempfile.TemporaryDirectory() as parent:
        # From 8 bits to floats nothing is lost; 16 bits have a significand of 11.
        for dtype, tolerance in {"f32": 0.0, "f16": 2**-11}.items():
            packed = Path(parent) / dtype
            pack = [SIGHTLINE, "pack", "--model", ROOT / "models" / model, "--dtype", dtype, packed]
            subprocess.run(pack, check=True, capture_output=True)
            found = tensors(packed)
            assert found.keys() == shipped.keys()
            for name, values in shipped.items():
                # Below the least normal number of 16 bits, steps are no finer.
                assert torch.allclose(found[name], values, rtol=tolerance, atol=tolerance * 2**-14), (dtype, name)


def sentences_in_a_batch_do_not_touch_each_other(model, folder):
    graphs = Graphs(folder)
    photos = np.stack([graphs.pixels(path) for path in PHOTOS[:3]])
    # Another number of rows than the example had, with which the graphs were traced.
    state = graphs.start(graphs.grid(photos))
    logits, attention, after = graphs.step([search.START, 5, 6], state)
    for row, word in enumerate([search.START, 5, 6]):
        alone = {name: values[row : row + 1] for name, values in state.items()}
        for one, many in zip(graphs.step([word], alone)[:2], (logits, attention), strict=True):
            assert np.allclose(one[0], many[row], atol=1e-4), (model, row)
    assert after["h"].shape == state["h"].shape


def the_loop_of_the_documentation_says_the_same(model, folder):
    (loop,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/ONNX.md").read_text(encoding="utf-8"), re.DOTALL)
    output = subprocess.run(
        [sys.executable, "-c", loop, folder, PHOTOS[0]], check=True, capture_output=True, text=True
    ).stdout
    graphs = Graphs(folder)
    words, _ = greedy(graphs, graphs.grid(graphs.pixels(PHOTOS[0])[None]))
    assert output.split() == [graphs.words[word] for word in words], output


TESTS = (
    graphs_compute_what_the_nets_of_the_reference_do,
    weights_are_read_however_they_are_stored,
    sentences_in_a_batch_do_not_touch_each_other,
    the_loop_of_the_documentation_says_the_same,
)

if __name__ == "__main__":
    if not SIGHTLINE.exists():
        sys.exit(f"{SIGHTLINE} is missing; cargo build --release --no-default-features makes it, or name another")
    for model in MODELS:
        with tempfile.TemporaryDirectory() as parent:
            folder = Path(parent) / model
            export_onnx.export(ROOT / "models" / model, folder)
            for test in TESTS:
                test(model, folder)
                print(f"{model}: {test.__name__}")
