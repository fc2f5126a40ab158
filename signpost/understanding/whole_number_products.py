"""The encoder's products in whole numbers: a sentence takes a third of the time, and means the same on every machine.

The reviewed file keeps its weights in 8 bits, yet multiplies them as 32-bit numbers. Here the products take the weights as they are and
round what comes in to 8 bits too (dynamic quantisation: Jacob et al. 2018, arXiv:1712.05877). Both sides are unsigned, since signed
weights overflow on processors without the newest instructions, and nobody would notice that a sentence means something else there.
docs/decisions/0003-understanding.md has what it costs: less than half a topic in a hundred.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import ModelProto, NodeProto, helper, numpy_helper

_MIDDLE = 128  # from signed to unsigned 8 bits
_MICROSOFT = "com.microsoft"  # onnxruntime's own operators


def in_whole_numbers(model: bytes) -> bytes:
    """Return the ONNX `model` with each product of 8-bit weights (MatMul of Cast x Mul) as one DynamicQuantizeMatMul.

    Raises ValueError when it has no such product.
    """
    read = onnx.load_from_string(model)
    stored = {each.name: each for each in read.graph.initializer}
    made_by = {name: node for node in read.graph.node for name in node.output}
    nodes: list[NodeProto] = []
    weights = []
    for node in read.graph.node:
        found = _weights(node, made_by, set(stored))
        if found is None:
            nodes.append(node)
            continue
        whole, scale = (numpy_helper.to_array(stored[name]) for name in found)
        given: dict[str, npt.NDArray[Any]] = {
            "weights": (whole.astype(np.int16) + _MIDDLE).astype(np.uint8),
            "scale": scale.reshape(-1).astype(np.float32),
            "middle": np.full(scale.size, _MIDDLE, dtype=np.uint8),
        }
        weights += [numpy_helper.from_array(array, f"{node.name}_{name}") for name, array in given.items()]
        names = [node.input[0], *(f"{node.name}_{name}" for name in given)]
        nodes.append(helper.make_node("DynamicQuantizeMatMul", names, list(node.output), node.name, domain=_MICROSOFT))
    if not weights:
        raise ValueError("The encoder has no products of 8-bit weights. Delete .venv and run make again.")
    return _with(read, nodes, weights)


def _weights(node: NodeProto, made_by: dict[str, NodeProto], stored: set[str]) -> tuple[str, str] | None:
    """Names of the whole numbers and of their scale, when `node` multiplies by Mul(Cast(whole numbers), scale)."""
    if node.op_type != "MatMul" or (scaled := made_by.get(node.input[1])) is None or scaled.op_type != "Mul":
        return None
    for cast_name, scale in (tuple(scaled.input), tuple(reversed(scaled.input))):
        cast = made_by.get(cast_name)
        if cast is not None and cast.op_type == "Cast" and cast.input[0] in stored and scale in stored:
            return cast.input[0], scale
    return None


def _with(model: ModelProto, nodes: list[NodeProto], weights: list[onnx.TensorProto]) -> bytes:
    """The model with these nodes and these weights too, less what nothing asks for any more."""
    needed = {each.name for each in model.graph.output}
    kept: list[NodeProto] = []
    for node in reversed(nodes):  # nodes stand in the order in which they are worked out
        if needed.intersection(node.output):
            kept.insert(0, node)
            needed.update(node.input)
    left = [each for each in model.graph.initializer if each.name in needed]
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(kept)
    model.graph.initializer.extend([*left, *weights])
    model.opset_import.append(helper.make_opsetid(_MICROSOFT, 1))
    return bytes(model.SerializeToString())
