#!/usr/bin/env python3
"""Writes golden.json: what the encoder must answer for three synthetic pictures, computed by an oracle of its own.

  python tools/models/make_golden.py --weights FILE.pth --out models/efficientnet-lite0/1/golden.json

The oracle is numpy in float64, batch norms not folded, padding done on the picture: it shares the architecture table
with the converter and nothing else, so a wrong fold, pad, stride or transpose shows. Run by hand when a model is
added; the service only reads the result. Vectors are float32 little endian in base64.
"""
import argparse
import base64
import json
import pathlib
import sys

import numpy as np

sys.dont_write_bytecode = True

import efficientnet_lite0 as net  # noqa: E402
from torch_weights import read_state_dict  # noqa: E402

# Rows of the token map that golden.json keeps: first, middle, last. A transposed map fails on them.
TOKEN_ROWS = (0, 24, 48)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    weights = read_state_dict(options.weights.read_bytes())
    pictures = [golden_picture(weights, name, pixels) for name, pixels in synthetic_pictures().items()]
    options.out.write_text(json.dumps({"size": net.INPUT_SIZE, "pictures": pictures}, indent=2) + "\n")


def synthetic_pictures(size=net.INPUT_SIZE):
    """uint8 [size,size] grey or [size,size,3] RGB, by integer arithmetic that is the same in every language.

    The same three are made in libs/inference/src/domain/golden-pictures.ts.
    """
    y, x = np.mgrid[0:size, 0:size].astype(np.int64)
    rings = ((2 * x - size + 1) ** 2 + (2 * y - size + 1) ** 2) // 256 % 256
    ramps = np.stack([x * 255 // (size - 1), y * 255 // (size - 1), (x // 16 + y // 16) % 2 * 255], axis=-1)
    return {"rings": rings.astype(np.uint8), "blobs": blobs(x, y), "ramps": ramps.astype(np.uint8)}


def blobs(x, y):
    """Twelve soft discs at places drawn by a linear congruential generator (Numerical Recipes), on dark ground."""
    state, total = 1, np.full(x.shape, 16, np.int64)
    for _ in range(12):
        drawn = []
        for _ in range(3):
            state = (state * 1664525 + 1013904223) % 2**32
            drawn.append(state // 2**16)
        centre_x, centre_y, radius = drawn[0] % 224, drawn[1] % 224, 12 + drawn[2] % 40
        squared = (x - centre_x) ** 2 + (y - centre_y) ** 2
        total += np.maximum(0, 120 - squared * 120 // radius**2)
    return np.minimum(total, 255).astype(np.uint8)


def golden_picture(weights, name, pixels):
    embedding, stage7 = forward(weights, planes(pixels))
    tokens = stage7.reshape(net.STAGE7_DIMENSION, -1).T
    return {
        "name": name,
        "embedding": base64_floats(embedding),
        "tokenRows": {str(row): base64_floats(tokens[row]) for row in TOKEN_ROWS},
    }


def base64_floats(values):
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()


def planes(pixels):
    rgb = np.repeat(pixels[..., None], 3, axis=-1) if pixels.ndim == 2 else pixels
    return (rgb.astype(np.float64).transpose(2, 0, 1) - 127) / 128


def forward(weights, image):
    """(embedding [1280], stage7 [320,7,7]) of one picture [3,224,224], in float64."""
    current = convolve(weights, net.STEM, image)
    for block in net.blocks():
        entry = current
        for convolution in block.convolutions:
            current = convolve(weights, convolution, current)
        if block.residual:
            current = current + entry
    return convolve(weights, net.HEAD, current).mean(axis=(1, 2)), current


def convolve(weights, conv, planes_in):
    kernel = weights[f"{conv.weights}.weight"].astype(np.float64)
    before, after, _ = net.same_padding(planes_in.shape[1], conv.kernel, conv.stride)
    padded = np.pad(planes_in, ((0, 0), (before, after), (before, after)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (conv.kernel, conv.kernel), axis=(1, 2))
    windows = windows[:, :: conv.stride, :: conv.stride]
    depthwise = conv.groups > 1
    output = np.einsum("cyxij,cij->cyx" if depthwise else "cyxij,ocij->oyx",
                       windows, kernel[:, 0] if depthwise else kernel, optimize=True)
    return normalise(weights, conv, output)


def normalise(weights, conv, values):
    gamma, beta, mean, variance = (
        weights[f"{conv.norm}.{part}"].astype(np.float64)[:, None, None]
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    normed = (values - mean) / np.sqrt(variance + net.BATCH_NORM_EPSILON) * gamma + beta
    return np.clip(normed, 0, 6) if conv.activated else normed


if __name__ == "__main__":
    main()
