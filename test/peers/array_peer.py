"""Dask and xarray: read what is served, write what is read. One JSON request a line, one JSON answer a line.

Truths travel as .npy files in Fortran order, x, y, z, channel.
"""
import os
import numpy as np

import judge

import dask
import dask.array as da

dask.config.set(scheduler="threads", num_workers=2)

def stored(array):
  """x, y, z, channel as Zarr has it: (c,) z, y, x."""
  return array.transpose(3, 2, 1, 0)[0] if array.shape[3] == 1 else array.transpose(3, 2, 1, 0)

def difference(read, truth):
  if read.shape != truth.shape or read.dtype != truth.dtype:
    return f"{read.shape} {read.dtype} read, {truth.shape} {truth.dtype} expected"
  return "same" if read.tobytes() == truth.tobytes() else f"{(read != truth).sum()} of {truth.size} differ"

def dask_reads(q):
  """{url, truth, chunks?}: equal as a whole, in a part, and in a reduction?"""
  array = da.from_zarr(q["url"], **({"chunks": tuple(q["chunks"])} if "chunks" in q else {}))
  truth = stored(np.load(q["truth"]))
  whole = difference(np.ascontiguousarray(array.compute()), np.ascontiguousarray(truth))
  at = tuple(slice(1, max(2, side - 1)) for side in truth.shape)
  part = difference(np.ascontiguousarray(array[at].compute()), np.ascontiguousarray(truth[at]))
  reduced = "same" if array.max().compute() == truth.max() else "another maximum"
  return {"whole": whole, "part": part, "reduced": reduced, "chunks": [list(c) for c in array.chunks], "dtype": str(array.dtype)}

def dask_writes(q):
  """{array, path, chunks, rechunk?, delayed?}: as dask writes it"""
  array = da.from_array(stored(np.load(q["array"])), chunks=tuple(q["chunks"]))
  if "rechunk" in q:
    array = array.rechunk(tuple(q["rechunk"]))
  written = array.to_zarr(q["path"], compute=not q.get("delayed", False))
  if q.get("delayed"):
    chunks = [f for folder in os.walk(q["path"]) for f in folder[2] if not f.startswith(".z") and f != "zarr.json"]
    written.compute()
    return "nothing before, written when computed" if not chunks else f"{len(chunks)} chunks before it was computed"
  return "written"

def xarray_writes(q):
  """{array, path, version}: with named dimensions"""
  import xarray as xr
  values = stored(np.load(q["array"]))
  dims = ("c", "z", "y", "x")[-values.ndim:]
  xr.Dataset({"voxels": (dims, values)}).to_zarr(q["path"], zarr_format=q["version"], consolidated=q["version"] == 2)
  return "written"

def zarr_reads(q):
  """{url, truth}: zarr-python, as a group, in both versions"""
  import zarr
  group = zarr.open_group(q["url"], mode="r")
  return difference(np.ascontiguousarray(group[q["key"]][...]), np.ascontiguousarray(stored(np.load(q["truth"]))))

def tensorstore_reads(q):
  """{url, driver, truth}"""
  import tensorstore as ts
  spec = {"driver": q["driver"], "kvstore": {"driver": "http", "base_url": q["url"] + "/"}}
  read = np.asarray(ts.open(spec, open=True).result().read().result())
  return difference(np.ascontiguousarray(read), np.ascontiguousarray(stored(np.load(q["truth"]))))

judge.serve(dask_reads, dask_writes, xarray_writes, zarr_reads, tensorstore_reads)
