"""Saves one small captioner the way PyTorch training code does, so that the reader of `.pth` files has a real one to read.

The file holds a dictionary with both halves under their own keys, counters and an optimiser's state beside them. Weights
follow the formula, so that the test can compare them with its own.
"""

import pathlib

import torch

from synthetic_weights import tensor

BLOCKS, WIDTH, WORDS, EMBEDDING, HIDDEN, ATTENTION = [1, 1, 1, 1], 4, 40, 12, 24, 16
FEATURES = WIDTH * 4 * 8


def norm(name, channels):
    fields = ["weight", "bias", "running_mean", "running_var"]
    return {f"{name}.{field}": (channels,) for field in fields}


def encoder_shapes():
    shapes = {"conv1.weight": (WIDTH, 3, 7, 7), **norm("bn1", WIDTH)}
    channels = WIDTH
    for stage, blocks in enumerate(BLOCKS):
        inner, outer = WIDTH << stage, (WIDTH * 4) << stage
        for block in range(blocks):
            at = f"layer{stage + 1}.{block}"
            shapes[f"{at}.conv1.weight"] = (inner, channels, 1, 1)
            shapes[f"{at}.conv2.weight"] = (inner, inner, 3, 3)
            shapes[f"{at}.conv3.weight"] = (outer, inner, 1, 1)
            for number, size in ((1, inner), (2, inner), (3, outer)):
                shapes.update(norm(f"{at}.bn{number}", size))
            if block == 0:
                shapes[f"{at}.downsample.0.weight"] = (outer, channels, 1, 1)
                shapes.update(norm(f"{at}.downsample.1", outer))
            channels = outer
    return shapes


def decoder_shapes():
    linear = lambda name, size_in, size_out: {f"{name}.weight": (size_out, size_in), f"{name}.bias": (size_out,)}
    return {
        **linear("attention.encoder_att", FEATURES, ATTENTION),
        **linear("attention.decoder_att", HIDDEN, ATTENTION),
        **linear("attention.full_att", ATTENTION, 1),
        "embedding.weight": (WORDS, EMBEDDING),
        "decode_step.weight_ih": (4 * HIDDEN, EMBEDDING + FEATURES),
        "decode_step.weight_hh": (4 * HIDDEN, HIDDEN),
        "decode_step.bias_ih": (4 * HIDDEN,),
        "decode_step.bias_hh": (4 * HIDDEN,),
        **linear("init_h", FEATURES, HIDDEN),
        **linear("init_c", FEATURES, HIDDEN),
        **linear("f_beta", HIDDEN, FEATURES),
        **linear("fc", HIDDEN, WORDS),
    }


def state(shapes, dtype):
    return {name: torch.from_numpy(tensor(name, list(shape))).to(dtype) for name, shape in shapes.items()}


if __name__ == "__main__":
    encoder = state(encoder_shapes(), torch.float32)
    encoder["bn1.num_batches_tracked"] = torch.tensor(7)
    encoder["fc.weight"] = torch.zeros(10, FEATURES)
    decoder = state(decoder_shapes(), torch.float32)
    decoder["fc.bias"] = decoder["fc.bias"].double()
    # A transposed view: its bytes lie in another order than its values.
    decoder["fc.weight"] = decoder["fc.weight"].t().contiguous().t()
    checkpoint = {"epoch": 3, "encoder": encoder, "decoder": decoder, "optimizer": {"lr": 1e-3, "step": torch.zeros(2)}}
    torch.save(checkpoint, pathlib.Path(__file__).with_name("checkpoint.pth"))
