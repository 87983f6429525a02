"""What torchsummary prints about every net, and how much each one computes.

Writes `layer_tables.json`. Sightline prints the same table without running a net, so
each row has to agree: the layer's kind and number, what it gives, its parameters.

The lecture's tables were made with an older torchvision. There, ResNets end in a plain
average pooling of 7 x 7, and AlexNet and VGG-16 have no pooling before the classifier;
so the nets are changed to that before they are summarised. At 224 x 224 both compute
the same as today's adaptive poolings, which change neither parameters nor sums.

torchsummary counts two examples of random numbers through the net in training mode; it
returns nothing, so its printed table is read back. Multiply-adds it does not count.
They are counted here, one example at a time, of convolutions and linear layers only.
"""

import contextlib
import io
import json
import re

import torch
import torchsummary
from torch import nn

import backbones
import synthetic_weights

NETS = [
    "resnet50",
    "resnet101",
    "regnet_x_400mf",
    "efficientnet_lite0",
    "efficientnet_lite1",
    "efficientnet_lite2",
    "vgg16",
    "alexnet",
    "googlenet",
    "mnist_cnn",
    "lenet5",
]

ROW = re.compile(r"^\s*(\w+-\d+)\s+\[-1, ([\d, ]+)\]\s+([\d,]+)$", re.MULTILINE)
# How torchsummary words them, and how they are called in the file.
TOTALS = {
    "Total params": "parameters",
    "Trainable params": "trainable",
    "Non-trainable params": "non_trainable",
    "Input size (MB)": "input_mb",
    "Forward/backward pass size (MB)": "forward_backward_mb",
    "Params size (MB)": "parameters_mb",
    "Estimated Total Size (MB)": "total_mb",
}

# Parameters and megabytes that the lecture gives.
LECTURE = {
    "lenet5": (61_706, "0.35"),
    "alexnet": (61_100_840, "241.96"),
    "vgg16": (138_357_544, "746.96"),
    "resnet50": (25_557_032, "384.62"),
}


def build(name: str):
    net = backbones.build(name)
    if name.startswith("resnet"):
        net.avgpool = nn.AvgPool2d(7)
    if name in ("alexnet", "vgg16"):
        net.avgpool = nn.Sequential()
    return net


def summarise(net, shape) -> tuple[list, dict]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        torchsummary.summary(net, shape, device="cpu")
    text = printed.getvalue()
    rows = [
        [name, [int(n) for n in output.split(",")], int(count.replace(",", ""))]
        for name, output, count in ROW.findall(text)
    ]
    # Fewer would mean that a row looks other than expected.
    assert len(rows) == len(re.findall(r"^\s*\S+-\d+ ", text, re.MULTILINE))
    totals = {}
    for words, key in TOTALS.items():
        number = re.search("^" + re.escape(words) + r": ([\d,.]+)$", text, re.MULTILINE)[1]
        # Megabytes stay text: their two decimals are what is compared.
        totals[key] = number if key.endswith("_mb") else int(number.replace(",", ""))
    return rows, totals


def multiply_adds(net, shape) -> int:
    counts = []

    def count(module, inputs, output):
        if isinstance(module, nn.Conv2d):
            height, width = module.kernel_size
            counts.append(output[0].numel() * module.in_channels // module.groups * height * width)
        else:
            counts.append(module.in_features * module.out_features)

    hooks = [m.register_forward_hook(count) for m in net.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    net(torch.zeros(1, *shape))
    for hook in hooks:
        hook.remove()
    assert len(counts) == len(hooks)
    return sum(counts)


def check(name: str, net, rows: list, totals: dict):
    assert totals["parameters"] == sum(p.numel() for p in net.parameters())
    assert [int(row[0].split("-")[1]) for row in rows] == list(range(1, len(rows) + 1))
    if name in LECTURE:
        assert (totals["parameters"], totals["total_mb"]) == LECTURE[name], totals
    if name == "resnet50":
        assert rows[-1][0] == "Linear-174"


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    entries = []
    for name in NETS:
        net = build(name)
        shape = backbones.input_shape(name)
        rows, totals = summarise(net, shape)
        check(name, net, rows, totals)
        totals["multiply_adds"] = multiply_adds(net.eval(), shape)
        print(f"{name}: {len(rows)} rows, {totals}")
        # One row a line: neither a line for every number nor one for a whole net.
        lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
        fields = {"input": list(shape), **totals}
        head = ", ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in fields.items())
        entries.append(f'{json.dumps(name)}: {{{head}, "rows": [\n{lines}\n]}}')
    text = "{\n" + ",\n".join(entries) + "\n}\n"
    json.loads(text)
    (synthetic_weights.HERE / "layer_tables.json").write_text(text)


if __name__ == "__main__":
    main()
