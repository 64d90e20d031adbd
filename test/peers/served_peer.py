"""What is served, read over http by TensorStore, CloudVolume and zarr-python. One JSON request a line, one JSON answer a line.

Truths are the golden .npy.gz files: x, y, z, channel, or as Zarr has them: (time, channel,) z, y, x.
"""
import gzip, hashlib, io, json
from urllib.request import urlopen
import numpy as np

import judge

import tensorstore as ts

LITTLE = {"data_copy_concurrency": {"limit": 2}, "http_request_concurrency": {"limit": 8}}
context = ts.Context(LITTLE)

def truth_of(q):
  """As x, y, z, channel; of points in time the first one."""
  array = np.load(io.BytesIO(gzip.open(q["truth"]).read()))
  if q.get("reversed"):
    while array.ndim > 4: array = array[0]
    array = array.T
  return array.reshape(array.shape + (1,) * (4 - array.ndim))

def difference(read, truth, tolerance=0):
  if read.shape != truth.shape or read.dtype != truth.dtype:
    return f"{read.shape} {read.dtype} read, {truth.shape} {truth.dtype} expected"
  if tolerance == 0:
    wrong = read != truth
    if read.dtype.kind == "f": wrong &= ~(np.isnan(read) & np.isnan(truth))
  else:
    wrong = ~(np.abs(read.astype(np.float64) - truth.astype(np.float64)) <= tolerance)
  if not wrong.any(): return "same"
  at = tuple(np.argwhere(wrong)[0])
  return f"{wrong.sum()} of {wrong.size} differ, at {[int(n) for n in at]}: {read[at]!r}, not {truth[at]!r}"

def store_at(url):
  return {"driver": "http", "base_url": url + "/"}

def precomputed_reads(q):
  """{url, mip, truth, reversed?, tolerance?, box?}: by TensorStore, else by CloudVolume. {by, encoding, dtype, said}"""
  info = json.load(urlopen(q["url"] + "/info"))
  scale, dtype = info["scales"][q["mip"]], info["data_type"]
  box = q.get("box")
  if scale["encoding"] in ("raw", "jpeg", "png", "compressed_segmentation"):
    by = "tensorstore"
    spec = {"driver": "neuroglancer_precomputed", "kvstore": store_at(q["url"]), "scale_index": q["mip"]}
    array = ts.open(spec, open=True, context=context).result()
    array = array[tuple(slice(box[a], box[a + 3]) for a in range(3))] if box else array
    read = np.asarray(array.read().result())
  else:
    by = "cloudvolume"
    from cloudvolume import CloudVolume
    vol = CloudVolume("precomputed://" + q["url"], mip=q["mip"], progress=False, fill_missing=True)
    read = np.asarray(vol[tuple(slice(box[a], box[a + 3]) for a in range(3))] if box else vol[:])
  answer = {"by": by, "encoding": scale["encoding"], "dtype": dtype, "channels": read.shape[3]}
  truth = truth_of(q).astype(dtype) if "truth" in q else None
  if truth is None: # Only its checksum is known.
    found = hashlib.sha256(np.asfortranarray(read).tobytes(order="F")).hexdigest()
    return {**answer, "said": "same" if found == q["sha256"] else "another checksum"}
  return {**answer, "said": difference(read, truth, q.get("tolerance", 0))}

def zarr_reads(q):
  """{url, mip, truth, reversed?, tolerance?, tool}: as Zarr 3, with the data type of the layer"""
  if q["tool"] == "tensorstore":
    spec = {"driver": "zarr3", "kvstore": store_at(f"{q['url']}/{q['mip']}")}
    read = np.asarray(ts.open(spec, open=True, context=context).result().read().result())
  else:
    import zarr
    read = zarr.open_group(q["url"], mode="r")[str(q["mip"])][...]
  read = read.T
  return difference(read.reshape(read.shape + (1,) * (4 - read.ndim)), truth_of(q), q.get("tolerance", 0))

judge.serve(precomputed_reads, zarr_reads)
