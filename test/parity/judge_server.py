"""Answers questions about layers with the real tools: one JSON request a line, one JSON answer a line.

Starting Python and importing CloudVolume takes most of a second; the tests under test/parity keep one of these.
Arrays travel as .npy files in Fortran order, x, y, z, channel.
"""
import bz2, gzip, json, lzma, os, shutil, sys, tempfile, traceback
import numpy as np

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # whatever the tools print is no answer

import brotli, zstandard
import tensorstore as ts
from cloudvolume import Bbox, CloudVolume
import cloudvolume.chunks

UNPACK = {
  ".gz": gzip.decompress, ".br": brotli.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress,
  ".zstd": lambda b: zstandard.ZstdDecompressor().decompressobj().decompress(b),
}

def difference(read, truth, tolerance):
  """"same", or the first differences; equal bytes are equal, and NaN equals NaN."""
  read, truth = np.asarray(read), np.asarray(truth)
  if truth.ndim == 3:
    truth = truth[..., np.newaxis]
  if read.shape != truth.shape:
    return f"shape {read.shape} read, {truth.shape} expected"
  if tolerance == 0:
    if read.dtype != truth.dtype:
      return f"{read.dtype} read, {truth.dtype} expected"
    differs = read != truth
    if read.dtype.kind == "f":
      differs &= ~(np.isnan(read) & np.isnan(truth))
  else:
    differs = np.abs(read.astype(float) - truth.astype(float)) > tolerance
  if not differs.any():
    return "same"
  at = tuple(np.argwhere(differs)[0])
  return f"{differs.sum()} of {differs.size} voxels differ, first at {at}: {read[at]!r} read, {truth[at]!r} expected"

def volume(q):
  options = {k: q[k] for k in ("mip", "fill_missing", "background_color", "bounded", "delete_black_uploads", "compress") if k in q}
  return CloudVolume("file://" + q["path"], progress=False, **options)

def cloudvolume_reads(q):
  """{path, mip, truth, tolerance, box?}: does CloudVolume read this?"""
  vol = volume(q)
  got = vol[:] if q.get("box") is None else vol[Bbox(q["box"][:3], q["box"][3:])]
  return difference(got, np.load(q["truth"]), q.get("tolerance", 0))

def plain_copy(path):
  """The layer with every file uncompressed, as tensorstore wants it."""
  to = tempfile.mkdtemp(prefix="cloudvolume-plain-")
  for root, _, files in os.walk(path):
    out = os.path.join(to, os.path.relpath(root, path))
    os.makedirs(out, exist_ok=True)
    for name in files:
      stem, suffix = os.path.splitext(name)
      with open(os.path.join(root, name), "rb") as f:
        data = f.read()
      if suffix in UNPACK:
        name, data = stem, UNPACK[suffix](data)
      with open(os.path.join(out, name), "wb") as f:
        f.write(data)
  return to

def tensorstore_reads(q):
  path = plain_copy(q["path"])
  try:
    spec = {"driver": "neuroglancer_precomputed", "kvstore": "file://" + path + "/", "scale_index": q.get("mip", 0)}
    got = np.asarray(ts.open(spec, open=True).result().read().result())
    return difference(got, np.load(q["truth"]), q.get("tolerance", 0))
  finally:
    shutil.rmtree(path)

def cloudvolume_writes(q):
  """{path, array, info, compress, ...}: a new layer."""
  vol = CloudVolume("file://" + q["path"], info=q["info"], progress=False, non_aligned_writes=True,
    compress=q.get("compress"), delete_black_uploads=q.get("delete_black_uploads", False),
    background_color=q.get("background_color", 0), fill_missing=True)
  vol.commit_info()
  vol.provenance.description = "written by CloudVolume"
  vol.provenance.owners = ["someone@example.org"]
  vol.commit_provenance()
  array = np.load(q["array"])
  vol[:] = array
  return "same"

def tensorstore_writes(q):
  spec = {"driver": "neuroglancer_precomputed", "kvstore": "file://" + q["path"] + "/",
    "multiscale_metadata": q["multiscale"], "scale_metadata": q["scale"], "create": True, "delete_existing": True}
  store = ts.open(spec).result()
  array = np.load(q["array"])
  store[...] = array[..., np.newaxis] if array.ndim == 3 else array
  return "same"

def metadata(q):
  """What CloudVolume makes of info and provenance."""
  vol = volume(q)
  return {"info": vol.info, "provenance": json.loads(vol.provenance.serialize()), "shape": [int(x) for x in vol.shape],
    "offset": [int(x) for x in vol.voxel_offset], "chunk": [int(x) for x in vol.chunk_size], "dtype": str(vol.dtype),
    "key": vol.key, "mips": list(vol.available_mips)}

def recommit(q):
  """CloudVolume stores the info and provenance that it read, somewhere else."""
  vol = volume(q)
  copy = CloudVolume("file://" + q["to"], info=vol.info, provenance=vol.provenance, progress=False)
  copy.commit_info()
  copy.commit_provenance()
  return "same"

def create_info(q):
  return CloudVolume.create_new_info(**q["arguments"])

def exists(q):
  vol = volume(q)
  box = vol.bounds if q.get("box") is None else Bbox(q["box"][:3], q["box"][3:])
  return vol.exists(box)

def encode(q):
  """{encoding, array, to, block_size?, level?}: one bare chunk."""
  array = np.asfortranarray(np.load(q["array"]))
  bytes_ = cloudvolume.chunks.encode(array, q["encoding"], block_size=q.get("block_size"),
    compression_params={"level": q.get("level")})
  with open(q["to"], "wb") as f:
    f.write(bytes_)
  return len(bytes_)

OPERATIONS = {f.__name__: f for f in (cloudvolume_reads, tensorstore_reads, cloudvolume_writes, tensorstore_writes,
  metadata, recommit, create_info, exists, encode)}

for line in sys.stdin:
  question = json.loads(line)
  try:
    answer = {"ok": True, "value": OPERATIONS[question["operation"]](question)}
  except Exception as e:
    answer = {"ok": False, "error": f"{type(e).__name__}: {e}", "trace": traceback.format_exc()}
  answers.write(json.dumps(answer) + "\n")
  answers.flush()
