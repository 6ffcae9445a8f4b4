"""Reads a PyTorch state dict of the legacy (pre-zip, torch < 1.6) layout with numpy alone.

A pickle may name any callable, so the reader knows exactly four kinds of name and refuses the rest; a weights file can
then at worst fail to load. Layout: four pickles (magic number, protocol, system information, the state dict) and a
fifth with the storage keys, then each storage as int64 element count and raw little-endian elements.
"""
import collections
import io
import pickle
import struct
from typing import NamedTuple

import numpy as np

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL_VERSION = 1001
ELEMENT_TYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class WeightsError(Exception):
    """The file is not a readable state dict; the message says why."""


class Storage(NamedTuple):
    key: str
    dtype: np.dtype
    elements: int


class TensorView(NamedTuple):
    storage: Storage
    offset: int
    shape: tuple
    strides: tuple


def _tensor_view(storage, offset, shape, strides, *_requires_grad_and_hooks):
    return TensorView(storage, offset, tuple(shape), tuple(strides))


ALLOWED_NAMES = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor_view,
    **{("torch", name): dtype for name, dtype in ELEMENT_TYPES.items()},
}


class _NamedTypesOnly(pickle.Unpickler):
    def find_class(self, module, name):
        try:
            return ALLOWED_NAMES[(module, name)]
        except KeyError:
            raise WeightsError(f"the weights file names {module}.{name}, which no weights file needs") from None

    def persistent_load(self, pid):
        kind, dtype, key, _location, elements, view = pid
        if kind != "storage" or view is not None:
            raise WeightsError("the weights file refers to something that is not a plain storage")
        return Storage(str(key), dtype, int(elements))


def read_state_dict(blob):
    """@returns {name: array}; float32 or int64, read-only views, shapes as in the file.

    @raises WeightsError for anything that is not the legacy layout, is cut short, or points outside its storage.
    """
    stream = io.BytesIO(blob)
    try:
        views, keys = _read_pickles(stream)
        storages = _read_storages(stream, views, keys)
    except (pickle.UnpicklingError, EOFError, struct.error, ValueError, TypeError, AttributeError, KeyError) as error:
        raise WeightsError(f"the weights file cannot be read: {error}") from error
    return {name: _array(name, view, storages) for name, view in views.items()}


def _read_pickles(stream):
    magic, protocol, _system = (_NamedTypesOnly(stream).load() for _ in range(3))
    if magic != MAGIC_NUMBER or protocol != PROTOCOL_VERSION:
        raise WeightsError("the weights file is not a legacy torch file")
    views = _NamedTypesOnly(stream).load()
    if not all(isinstance(view, TensorView) for view in views.values()):
        raise WeightsError("the weights file holds more than tensors")
    return views, _NamedTypesOnly(stream).load()


def _read_storages(stream, views, keys):
    declared = {view.storage.key: view.storage for view in views.values()}
    storages = {}
    for key in keys:
        storage = declared[key]
        (elements,) = struct.unpack("<q", stream.read(8))
        if elements != storage.elements:
            raise WeightsError(f"storage {key} says {elements} elements and is declared with {storage.elements}")
        storages[key] = np.frombuffer(stream.read(elements * storage.dtype.itemsize), storage.dtype, elements)
    return storages


def _array(name, view, storages):
    """The tensor as its strides say: weights that came from TensorFlow are stored transposed."""
    data = storages[view.storage.key]
    last = view.offset + sum((size - 1) * stride for size, stride in zip(view.shape, view.strides))
    if min((view.offset, *view.shape, *view.strides)) < 0 or last >= data.size:
        raise WeightsError(f"{name} points outside its storage")
    byte_strides = [stride * data.itemsize for stride in view.strides]
    return np.lib.stride_tricks.as_strided(data[view.offset :], view.shape, byte_strides, writeable=False)
