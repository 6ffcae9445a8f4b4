# pydicom's side of the `dicom` benchmark: a line of JSON in, one out. Runs in the peers' environment (tools/peers).
import io
import json
import sys
import time
import warnings

import pydicom
from pydicom.pixels import iter_pixels

warnings.simplefilter("ignore")
MAX_CALLS = 2000
WARM_UP_CALLS = 200


def parse(data, task):
    return pydicom.dcmread(io.BytesIO(data))


def rewrite(data, task):
    dataset = parse(data, task)
    for keyword in task["replaced"]:
        setattr(dataset, keyword, task["replacement"])
    out = io.BytesIO()
    dataset.save_as(out)
    return out.getvalue()


def decode(path, task):
    return sum(1 for _ in iter_pixels(path, raw=True, decoding_plugin=task["plugin"]))


OPERATIONS = {"parse": parse, "rewrite": rewrite, "decode": decode}


def measure(task):
    given = task["path"]
    if task["operation"] != "decode":
        with open(given, "rb") as file:
            given = file.read()
    if task["operation"] == "proof":
        return {"proof": rewrite(given, task).count(b"REPLACED")}
    work = OPERATIONS[task["operation"]]
    repeat(work, given, task, WARM_UP_CALLS)
    cpu, started = time.process_time(), time.perf_counter()
    calls = repeat(work, given, task, MAX_CALLS)
    wall = (time.perf_counter() - started) * 1000 / calls
    return {"wallMs": wall, "cpuMs": (time.process_time() - cpu) * 1000 / calls, "calls": calls}


def repeat(work, given, task, most):
    started, calls = time.perf_counter(), 0
    while True:
        work(given, task)
        calls += 1
        if calls >= most or (time.perf_counter() - started) * 1000 >= task["budgetMs"]:
            return calls


for line in sys.stdin:
    try:
        answer = measure(json.loads(line))
    except Exception as fault:
        answer = {"failed": str(fault).strip().splitlines()[-1].strip()}
    print(json.dumps(answer), flush=True)
