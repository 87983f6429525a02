"""A PyTorch net as an ONNX file that computes the same."""

import sys

import numpy as np
import onnxruntime
import torch

# What other runtimes than ONNX Runtime read as well.
OPSET = 18
# Both compute in float32, and sum thousands of products in another order.
TOLERANCE = 1e-4


def export(net, path, inputs, outputs, many=None, metadata=None):
    """`inputs` are examples by their names. Fails where the file computes something else; returns what PyTorch does.

    With a name for the first axis in `many`, each input may have any number of rows; the examples need two or more.
    """
    examples = tuple(inputs.values())
    shapes = many and tuple({0: torch.export.Dim(many)} for _ in examples)
    names = {"input_names": list(inputs), "output_names": outputs, "dynamic_shapes": shapes}
    program = torch.onnx.export(net, examples, dynamo=True, opset_version=OPSET, verbose=False, **names)
    program.model.metadata_props.update(metadata or {})
    # They would tell where on this machine the scripts lie.
    for node in program.model.graph:
        node.metadata_props.clear()
    program.save(path, external_data=False)
    wanted = net(*examples)
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    fixed = [value.name for value in (*session.get_inputs(), *session.get_outputs()) if many and value.shape[0] != many]
    if fixed:
        sys.exit(f"{path}: {fixed[0]} takes as many rows as the example has and no others")
    found = session.run(outputs, {name: value.numpy() for name, value in inputs.items()})
    for name, one, other in zip(outputs, wanted, found, strict=True):
        off = np.abs(one.numpy() - other).max() / max(1.0, np.abs(other).max())
        print(f"{path.name}: {name} {list(other.shape)}, off by {off:.1e}")
        if not off < TOLERANCE:
            sys.exit(f"{path}: {name} is not what PyTorch computes")
    return wanted
