"""EfficientNet-Lite0 as data: its stages, its padding, its normalisation. Shared by the ONNX graph and the numpy oracle.

Source: Tan and Le, EfficientNet (arXiv 1905.11946), table 1, with the Lite changes: no squeeze-and-excitation, ReLU6,
stem and head not scaled. The weights come from TensorFlow, hence "SAME" padding and a batch-norm epsilon of 1e-3.
"""
from typing import NamedTuple

INPUT_SIZE = 224
STEM_CHANNELS = 32
EMBEDDING_DIMENSION = 1280
STAGE7_DIMENSION = 320
BATCH_NORM_EPSILON = 1e-3


class Stage(NamedTuple):
    repeats: int
    kernel: int
    stride: int
    expansion: int
    channels: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, STAGE7_DIMENSION),
)


class Convolution(NamedTuple):
    """One convolution and the batch norm after it. `groups` is 1, or the channel count when depthwise."""

    weights: str
    norm: str
    inputs: int
    outputs: int
    kernel: int
    stride: int = 1
    groups: int = 1
    activated: bool = True

    @property
    def shape(self):
        return (self.outputs, self.inputs // self.groups, self.kernel, self.kernel)


class Block(NamedTuple):
    """An inverted residual block; `residual` adds its input to its output."""

    name: str
    convolutions: tuple
    residual: bool


STEM = Convolution("_conv_stem", "_bn0", 3, STEM_CHANNELS, 3, stride=2)
HEAD = Convolution("_conv_head", "_bn1", STAGE7_DIMENSION, EMBEDDING_DIMENSION, 1)


def blocks():
    """The sixteen blocks in order, named as in the weights file."""
    inputs, index = STEM_CHANNELS, 0
    for stage in STAGES:
        for repeat in range(stage.repeats):
            stride = stage.stride if repeat == 0 else 1
            yield _block(f"_blocks.{index}", inputs, stage, stride)
            inputs, index = stage.channels, index + 1


def _block(name, inputs, stage, stride):
    wide = inputs * stage.expansion
    depthwise = Convolution(f"{name}._depthwise_conv", f"{name}._bn1", wide, wide, stage.kernel, stride, groups=wide)
    project = Convolution(f"{name}._project_conv", f"{name}._bn2", wide, stage.channels, 1, activated=False)
    expand = Convolution(f"{name}._expand_conv", f"{name}._bn0", inputs, wide, 1)
    convolutions = (depthwise, project) if stage.expansion == 1 else (expand, depthwise, project)
    return Block(name, convolutions, residual=stride == 1 and inputs == stage.channels)


def same_padding(size, kernel, stride):
    """TensorFlow "SAME": (before, after, output size) along one axis. The odd pixel goes after, unlike PyTorch's."""
    output = -(-size // stride)
    total = max((output - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2, output
