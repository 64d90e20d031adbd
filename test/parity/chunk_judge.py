"""Encodes and decodes single chunks with the packages that CloudVolume uses: one JSON request a line, one answer a line.

Voxels travel as base64 of their bytes in Fortran order (x, y, z, channel).
"""
import base64, json, os, struct, sys, traceback
import numpy as np

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # whatever the packages print is no answer

from cloudvolume import chunks
import zfpy

def encode(q):
  """{encoding, dtype, shape, voxels, block_size?, params}: the chunk file."""
  voxels = np.frombuffer(bytearray(base64.b64decode(q["voxels"])), q["dtype"]).reshape(q["shape"], order="F")
  with np.errstate(all="ignore"):
    return chunks.encode(voxels, q["encoding"], q.get("block_size"), q.get("params", {}))

def zfpc_decode(data, shape, dtype):
  """As the package does, but into an array of the data's own type."""
  out = np.zeros(shape, dtype, order="F")
  flags = [data[22] >> i & 1 for i in range(4)]
  grid = [1 if flag else n for flag, n in zip(flags, shape)]
  count = int(np.prod(grid))
  at, *lengths = struct.unpack_from(f"<{1 + count}Q", data, 23)
  for i, length in enumerate(lengths):
    index = np.unravel_index(i, grid, order="F")
    part = tuple(slice(None) if flag else n for flag, n in zip(flags, index))
    out[part] = zfpy.decompress_numpy(data[at : at + length])
    at += length
  return out

def decode(q):
  """{encoding, dtype, shape, bytes, block_size?}: the voxels."""
  data = base64.b64decode(q["bytes"])
  if q["encoding"] == "zfpc":
    voxels = zfpc_decode(data, q["shape"], q["dtype"])
  else:
    with np.errstate(all="ignore"):
      voxels = chunks.decode(data, q["encoding"], q["shape"], q["dtype"], q.get("block_size"))
  if voxels.dtype != np.dtype(q["dtype"]):
    raise TypeError(f"{voxels.dtype} decoded")
  return np.asarray(voxels).reshape(q["shape"]).tobytes("F")

def zfp_encode(q):
  """{dtype, shape, voxels, params}: a bare zfp stream of an array in C order."""
  voxels = np.frombuffer(bytearray(base64.b64decode(q["voxels"])), q["dtype"]).reshape(q["shape"])
  return zfpy.compress_numpy(voxels, **q["params"])

def zfp_decode(q):
  return zfpy.decompress_numpy(base64.b64decode(q["bytes"])).tobytes()

OPERATIONS = {"encode": encode, "decode": decode, "zfp_encode": zfp_encode, "zfp_decode": zfp_decode}

for line in sys.stdin:
  question = json.loads(line)
  try:
    result = OPERATIONS[question["operation"]](question)
    answer = {"ok": True, "value": base64.b64encode(result).decode()}
  except Exception as error:
    answer = {"ok": False, "error": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}
  print(json.dumps(answer), file=answers, flush=True)
