"""Golden activations of the backbones other than ResNet, under the formula's weights.

Writes `backbones.safetensors`. As in `encoder.py`, each stage is computed in float64
and kept as samples and a norm, so that a difference on the Rust side points at the
stage where it arises. There are many nets here, so 512 samples each have to do.

The logits say whether what comes after the last stage is right, too, for ResNets as
well, whose stages are in `encoder.safetensors`. Kept are the first 64 and the norm.

The small nets for digits are defined here; `layer_tables.py` uses the same nets.
"""

from collections import OrderedDict

import numpy as np
import torch
import torchvision
from efficientnet_lite_pytorch import EfficientNet
from safetensors.numpy import save
from torch import nn

import synthetic_weights
from encoder import sample_positions

SAMPLES = 512
LOGITS = 64


class MnistCnn(nn.Module):
    """The lecture's small convolutional network for digits of 28 x 28."""

    def __init__(self):
        super().__init__()
        self.cnn1 = nn.Conv2d(1, 8, 3, padding=1)
        self.batch_norm1 = nn.BatchNorm2d(8)
        self.relu1 = nn.ReLU()
        self.maxpool1 = nn.MaxPool2d(2)
        self.cnn2 = nn.Conv2d(8, 32, 5, padding=2)
        self.batch_norm2 = nn.BatchNorm2d(32)
        self.relu2 = nn.ReLU()
        self.maxpool2 = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(1568, 600)
        self.relu3 = nn.ReLU()
        self.dropout = nn.Dropout(0.5)
        self.fc2 = nn.Linear(600, 10)

    def forward(self, x):
        x = self.maxpool1(self.relu1(self.batch_norm1(self.cnn1(x))))
        x = self.maxpool2(self.relu2(self.batch_norm2(self.cnn2(x))))
        x = x.view(-1, 1568)
        return self.fc2(self.dropout(self.relu3(self.fc1(x))))


class LeNet5(nn.Module):
    """LeNet-5 as it is commonly written today: ReLU, max pooling, digits of 32 x 32."""

    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(1, 6, 5)
        self.relu1 = nn.ReLU()
        self.s2 = nn.MaxPool2d(2)
        self.c3 = nn.Conv2d(6, 16, 5)
        self.relu3 = nn.ReLU()
        self.s4 = nn.MaxPool2d(2)
        self.c5 = nn.Conv2d(16, 120, 5)
        self.relu5 = nn.ReLU()
        self.f6 = nn.Linear(120, 84)
        self.relu6 = nn.ReLU()
        self.output = nn.Linear(84, 10)
        self.log_softmax = nn.LogSoftmax(dim=-1)

    def forward(self, x):
        x = self.s2(self.relu1(self.c1(x)))
        x = self.s4(self.relu3(self.c3(x)))
        x = self.relu5(self.c5(x)).flatten(1)
        return self.log_softmax(self.output(self.relu6(self.f6(x))))


def side(name: str) -> int:
    if "@" in name:
        return int(name.split("@")[1])
    return {"mnist_cnn": 28, "lenet5": 32}.get(name, 224)


def input_shape(name: str) -> tuple[int, int, int]:
    return (1 if name in ("mnist_cnn", "lenet5") else 3, side(name), side(name))


def build(name: str):
    if name == "mnist_cnn":
        return MnistCnn()
    if name == "lenet5":
        return LeNet5()
    if name.startswith("efficientnet_lite"):
        # Its padding depends on the sides it is built for, as TensorFlow's "same" does.
        official = name.split("@")[0].replace("_", "-")
        return EfficientNet.from_name(official, image_size=side(name))
    options = {"googlenet": dict(aux_logits=False, init_weights=False, transform_input=False)}
    return getattr(torchvision.models, name)(weights=None, **options.get(name, {}))


def efficientnet_parts(net) -> list:
    # Only the first block of each group changes the width.
    groups = []
    for block in net._blocks:
        if block._block_args.input_filters != block._block_args.output_filters:
            groups.append([])
        groups[-1].append(block)
    assert len(groups) == 7
    return [
        [net._conv_stem, net._bn0, net._swish],
        *groups,
        [net._conv_head, net._bn1, net._swish],
    ]


def googlenet_parts(net) -> list:
    return [
        [net.conv1, net.maxpool1, net.conv2, net.conv3, net.maxpool2],
        [net.inception3a, net.inception3b, net.maxpool3],
        [net.inception4a, net.inception4b, net.inception4c, net.inception4d, net.inception4e, net.maxpool4],
        [net.inception5a, net.inception5b],
    ]


def parts(name: str, net) -> tuple[list, nn.Module]:
    """The stem's and the stages' layers, and the module that is fed with the last stage."""
    if name.startswith("resnet"):
        stem = [net.conv1, net.bn1, net.relu, net.maxpool]
        return [stem, [net.layer1], [net.layer2], [net.layer3], [net.layer4]], net.avgpool
    if name.startswith("regnet"):
        return [[net.stem], *([block] for block in net.trunk_output)], net.avgpool
    if name.startswith("efficientnet"):
        return efficientnet_parts(net), net._avg_pooling
    if name == "googlenet":
        return googlenet_parts(net), net.avgpool
    f = getattr(net, "features", None)
    if name == "vgg16":
        return [f[:5], f[5:10], f[10:17], f[17:24], f[24:30]], f[30]
    if name == "alexnet":
        return [f[:3], f[3:6], f[6:8], f[8:10], f[10:]], net.avgpool
    if name == "mnist_cnn":
        return [
            [net.cnn1, net.batch_norm1, net.relu1, net.maxpool1],
            [net.cnn2, net.batch_norm2, net.relu2, net.maxpool2],
        ], net.fc1
    assert name == "lenet5"
    return [[net.c1, net.relu1, net.s2], [net.c3, net.relu3, net.s4], [net.c5, net.relu5]], net.f6


STAGES_AND_LOGITS = [
    "regnet_x_400mf",
    "efficientnet_lite0",
    "efficientnet_lite1",
    "efficientnet_lite2",
    # Sides 260, 130, 65, 33, 17, 9: the odd ones need padding on other sides than the even ones.
    "efficientnet_lite2@260",
    "vgg16",
    "alexnet",
    "googlenet",
    "mnist_cnn",
    "lenet5",
]
LOGITS_ONLY = ["resnet50", "resnet101"]


def activations(name: str, net, image) -> OrderedDict:
    """Shape and flat values of every stage and of the logits."""
    found = OrderedDict()

    def keep(key, x):
        found[key] = (list(x.shape[1:]), x[0].numpy().ravel().copy())

    layers, tail = parts(name, net)
    x = image
    for i, part in enumerate(layers):
        for layer in part:
            x = layer(x)
        keep(f"stage{i}" if i else "stem", x)

    # The whole net once more, to see that these are its stages indeed.
    fed, logits = [], []
    hooks = [tail.register_forward_pre_hook(lambda _, inputs: fed.append(inputs[0]))]
    if name == "lenet5":
        hooks.append(net.output.register_forward_hook(lambda _, inputs, output: logits.append(output)))
    output = net(image)
    for hook in hooks:
        hook.remove()
    assert torch.equal(fed[0].flatten(), x.flatten()), name
    keep("logits", logits[0] if logits else output)
    return found


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    golden = {}
    for name in STAGES_AND_LOGITS + LOGITS_ONLY:
        net = build(name).eval()
        synthetic_weights.fill(net)
        channels, height, _ = input_shape(name)
        image = torch.from_numpy(synthetic_weights.image(channels, height))
        single = activations(name, net, image)
        double = activations(name, net.double(), image.double())
        for stage, (shape, exact) in double.items():
            norm = np.linalg.norm(exact)
            # How far float32 alone strays says what tolerance the test deserves.
            stray = np.linalg.norm(single[stage][1] - exact) / norm
            print(
                f"{name}.{stage}: {shape}, norm {norm:.6g}, mean {exact.mean():.4g}, "
                f"max {exact.max():.4g}, {(exact > 0).mean():.0%} positive, float32 off by {stray:.2e}"
            )
            # More, and no test could tell rounding from a fault.
            assert stray < 1e-5, name
            if stage == "logits":
                kept = exact[:LOGITS]
            elif name in LOGITS_ONLY:
                continue
            else:
                kept = exact[sample_positions(exact.size, min(SAMPLES, exact.size))]
            golden[f"{name}.{stage}"] = kept.astype(np.float32)
            golden[f"{name}.{stage}.norm"] = np.array([norm], dtype=np.float32)
    (synthetic_weights.HERE / "backbones.safetensors").write_bytes(save(golden))


if __name__ == "__main__":
    main()
