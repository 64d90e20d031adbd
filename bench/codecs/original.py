"""The originals' side of bench/codecs.mjs: times encoding and decoding of the case that was given last."""
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # whatever the packages print is no answer

DEFAULT = """
from cloudvolume import chunks
def encode(array, q):
    return chunks.encode(array, q["encoding"], q["block_size"], q["params"])
def decode(data, q):
    return chunks.decode(data, q["encoding"], q["shape"], q["dtype"], q["block_size"])
"""
scratch = Path(sys.argv[1])
case = {}


def timed(run):
    """Seconds of one call, from as many as fill 20 ms."""
    start = time.perf_counter()
    n = 0
    while True:
        run()
        n += 1
        now = time.perf_counter()
        if now - start > 0.02:
            return (now - start) / n


def prepare(q):
    side = {}
    exec(q.get("source") or DEFAULT, side)
    q.setdefault("block_size", None)
    array = np.fromfile(q["file"], q["dtype"]).reshape(q["shape"], order="F")
    with np.errstate(all="ignore"):
        data = bytes(side["encode"](array, q))
        back = np.asarray(side["decode"](data, q)).reshape(q["shape"])
    case.update(encode=lambda: side["encode"](array, q), decode=lambda: side["decode"](data, q))
    (scratch / "encoded").write_bytes(data)
    timed(case["encode"])
    timed(case["decode"])
    return {"encoded": str(scratch / "encoded"), "lossless": back.tobytes("F") == array.tobytes("F")}


for line in sys.stdin:
    q = json.loads(line)
    try:
        answer = prepare(q) if q["op"] == "case" else {"seconds": timed(case[q["op"]])}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), file=answers, flush=True)
