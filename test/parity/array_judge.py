"""Answers questions about Zarr and N5 layers with the real tools: one JSON request a line, one JSON answer a line.

Truths travel as .npy files in Fortran order, x, y, z, channel.
"""
import os
import numpy as np

import judge

import numcodecs
import tensorstore as ts
import zarr

def stored(array):
  """x, y, z, channel as Zarr has it: (c,) z, y, x."""
  return array.transpose(3, 2, 1, 0)[0] if array.shape[3] == 1 else array.transpose(3, 2, 1, 0)

def difference(read, truth):
  read, truth = np.asarray(read), np.asarray(truth)
  read = read.astype(read.dtype.newbyteorder("="))  # zarr-python 3 keeps the order of bytes of a Zarr 2 array
  if read.shape != truth.shape:
    return f"shape {read.shape} read, {truth.shape} expected"
  read = read.astype(read.dtype.newbyteorder("="))  # zarr-python keeps the byte order of the file
  if read.dtype != truth.dtype:
    return f"{read.dtype} read, {truth.dtype} expected"
  same = (read == truth) | ((read != read) & (truth != truth))
  if same.all():
    return "same"
  at = tuple(np.argwhere(~same)[0])
  return f"{(~same).sum()} of {same.size} differ, first at {at}: {read[at]!r} read, {truth[at]!r} expected"

def zarr_reads(q):
  """{path, key, truth}: does zarr-python read this level?"""
  group = zarr.open_group(q["path"], mode="r")
  return difference(group[q["key"]][...], stored(np.load(q["truth"])))

def tensorstore_reads(q):
  """{path, key, driver, truth}"""
  spec = {"driver": q["driver"], "kvstore": {"driver": "file", "path": os.path.join(q["path"], q["key"]) + "/"}}
  array = np.asarray(ts.open(spec, open=True).result().read().result())
  truth = np.load(q["truth"])
  if q["driver"] == "n5":
    return difference(array, truth[..., 0] if truth.shape[3] == 1 else truth)
  return difference(array, stored(truth))

def z5_reads(q):
  import z5py
  array = z5py.File(q["path"], "r")[q["key"]][...]
  return difference(array, stored(np.load(q["truth"])))

def ome(q):
  """{path}: what ome-zarr-py finds."""
  from ome_zarr.io import parse_url
  from ome_zarr.reader import Reader
  nodes = list(Reader(parse_url(q["path"]))())
  node = nodes[0]
  return {"axes": [a["name"] for a in node.metadata["axes"]], "shapes": [list(d.shape) for d in node.data],
    "scales": [[t for t in transforms if t["type"] == "scale"][0]["scale"] for transforms in node.metadata["coordinateTransformations"]],
    "sum": float(np.asarray(node.data[0]).astype("f8").sum())}

def compressor(name):
  return {"none": None, "zlib": numcodecs.Zlib(3), "gzip": numcodecs.GZip(3), "zstd": numcodecs.Zstd(3), "bz2": numcodecs.BZ2(3),
    "lz4": numcodecs.LZ4(), "lzma": numcodecs.LZMA(), "blosc-lz4": numcodecs.Blosc("lz4"), "blosc-zstd": numcodecs.Blosc("zstd", 3, 2),
    "blosc-blosclz": numcodecs.Blosc("blosclz"), "blosc-zlib": numcodecs.Blosc("zlib")}[name]

def zarr_writes(q):
  """{path, version, array, chunk, compressor?, order?, separator?, shard?}"""
  array = stored(np.load(q["array"]))
  kw = dict(store=q["path"], shape=array.shape, chunks=tuple(q["chunk"]), dtype=array.dtype, zarr_format=q["version"],
    fill_value=q.get("fill", 0), overwrite=True)
  if q["version"] == 2:
    kw.update(compressors=compressor(q["compressor"]), order=q.get("order", "C"),
      chunk_key_encoding={"name": "v2", "separator": q.get("separator", ".")})
  else:
    codecs = {"none": None, "gzip": zarr.codecs.GzipCodec(level=3), "zstd": zarr.codecs.ZstdCodec(level=3),
      "blosc-lz4": zarr.codecs.BloscCodec(cname="lz4"), "blosc-zstd": zarr.codecs.BloscCodec(cname="zstd", shuffle="bitshuffle")}
    kw.update(compressors=codecs[q["compressor"]])
    if q.get("shard"):
      kw.update(shards=tuple(q["shard"]))
  z = zarr.create_array(**kw)
  z[...] = array
  return "same"

def tensorstore_writes_n5(q):
  array = np.load(q["array"])[..., 0]
  spec = {"driver": "n5", "kvstore": {"driver": "file", "path": q["path"] + "/"}, "create": True, "delete_existing": True,
    "metadata": {"dimensions": list(array.shape), "blockSize": q["chunk"], "dataType": str(array.dtype), "compression": q["compression"]}}
  ts.open(spec).result()[...] = array
  return "same"

def value(q):
  """{path, key, at}: one value by zarr-python, as text."""
  return str(zarr.open_group(q["path"], mode="r")[q["key"]][tuple(q["at"])])

judge.serve(zarr_reads, tensorstore_reads, z5_reads, ome, zarr_writes, tensorstore_writes_n5, value)
