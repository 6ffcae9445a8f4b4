"""Builds the ONNX graph of EfficientNet-Lite0 from its weights: batch norms folded into the convolutions.

input `input` float32 [N,3,224,224], value (x - 127) / 128; outputs `embedding` [N,1280] (global average of the head,
not normalised) and `stage7` [N,49,320] (the map before the head convolution, row by row, signed).
"""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import efficientnet_lite0 as net

# Opset 13 and IR 8 are read by every ONNX Runtime since 1.10; newer ones bring nothing this graph uses.
OPSET = 13
IR_VERSION = 8


class _Graph:
    def __init__(self, weights):
        self.weights = weights
        self.nodes = []
        self.constants = []

    def constant(self, name, array):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, operator, inputs, output, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output


def build_model(weights):
    """@returns the checked ModelProto. @raises KeyError or ValueError when a tensor is missing or has another shape."""
    graph = _Graph(weights)
    graph.constant("zero", np.float32(0))
    graph.constant("six", np.float32(6))
    stage7, size = _trunk(graph)
    head, _ = _convolution(graph, net.HEAD, stage7, size)
    graph.node("GlobalAveragePool", [head], "pooled")
    graph.node("Flatten", ["pooled"], "embedding", axis=1)
    _tokens(graph, stage7)
    return _checked_model(graph, tokens=size * size)


def _trunk(graph):
    current, size = _convolution(graph, net.STEM, "input", net.INPUT_SIZE)
    for block in net.blocks():
        entry = current
        for convolution in block.convolutions:
            current, size = _convolution(graph, convolution, current, size)
        if block.residual:
            current = graph.node("Add", [current, entry], f"{block.name}.sum")
    return current, size


def _convolution(graph, conv, source, size):
    kernel, bias = folded(graph.weights, conv)
    before, after, output_size = net.same_padding(size, conv.kernel, conv.stride)
    inputs = [
        source,
        graph.constant(f"{conv.weights}.weight", kernel),
        graph.constant(f"{conv.weights}.bias", bias),
    ]
    output = graph.node(
        "Conv",
        inputs,
        conv.weights,
        group=conv.groups,
        kernel_shape=[conv.kernel, conv.kernel],
        pads=[before, before, after, after],
        strides=[conv.stride, conv.stride],
    )
    if conv.activated:
        output = graph.node("Clip", [output, "zero", "six"], f"{conv.weights}.relu6")
    return output, output_size


def folded(weights, conv):
    """(kernel, bias) with the batch norm folded in, computed in float64: folding in float32 loses two digits."""
    kernel = weights[f"{conv.weights}.weight"].astype(np.float64)
    if kernel.shape != conv.shape:
        raise ValueError(f"{conv.weights}.weight has shape {kernel.shape}, expected {conv.shape}")
    gamma, beta, mean, variance = (
        weights[f"{conv.norm}.{part}"].astype(np.float64)
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    factor = gamma / np.sqrt(variance + net.BATCH_NORM_EPSILON)
    return (kernel * factor[:, None, None, None]).astype(np.float32), (beta - mean * factor).astype(np.float32)


def _tokens(graph, stage7):
    graph.constant("stage7.shape", np.array([0, net.STAGE7_DIMENSION, -1], np.int64))
    graph.node("Reshape", [stage7, "stage7.shape"], "stage7.columns")
    graph.node("Transpose", ["stage7.columns"], "stage7", perm=[0, 2, 1])


def _checked_model(graph, tokens):
    def value(name, *shape):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", *shape])

    proto = helper.make_graph(
        graph.nodes,
        "efficientnet-lite0",
        [value("input", 3, net.INPUT_SIZE, net.INPUT_SIZE)],
        [value("embedding", net.EMBEDDING_DIMENSION), value("stage7", tokens, net.STAGE7_DIMENSION)],
        graph.constants,
    )
    model = helper.make_model(proto, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="precedent")
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model, full_check=True)
    return model
