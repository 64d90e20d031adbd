"""Answers questions about layers with the real tools: one JSON request a line, one JSON answer a line.

Starting Python and importing CloudVolume takes most of a second; the tests under test/parity keep one of these.
Arrays travel as .npy files in Fortran order, x, y, z, channel.
"""
import bz2, gzip, json, lzma, os, shutil, tempfile
import numpy as np

import judge

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

def cloudvolume_transfers(q):
  """{path, to, encoding}: the whole level into another layer."""
  vol = volume(q)
  vol.transfer_to("file://" + q["to"], vol.bounds, encoding=q["encoding"], compress=False)
  return "same"

def cloudvolume_shards(q):
  """{path, array, info, padded?}: a new sharded layer, its shards put together by CloudVolume, `padded` as its transfers do."""
  from cloudvolume.datasource.precomputed.sharding import ShardingSpecification
  vol = CloudVolume("file://" + q["path"], info=q["info"], progress=False)
  vol.commit_info()
  vol.commit_provenance()
  array = np.load(q["array"])
  array = array[..., np.newaxis] if array.ndim == 3 else array
  points, codes = vol.image.morton_codes(vol.bounds, same_shard=False)
  data = {}
  for point, code in zip(points, codes):
    low = np.array(point) * np.array(vol.chunk_size)
    high = low + np.array(vol.chunk_size)
    part = array[low[0]:high[0], low[1]:high[1], low[2]:high[2]]
    if q.get("padded"):
      whole = np.zeros((*vol.chunk_size, array.shape[3]), dtype=array.dtype, order="F")
      whole[:part.shape[0], :part.shape[1], :part.shape[2]] = part
      part = whole
    data[int(code)] = cloudvolume.chunks.encode(np.asfortranarray(part), vol.encoding,
      block_size=vol.meta.compressed_segmentation_block_size(0))
  spec = ShardingSpecification.from_dict(vol.scale["sharding"])
  for name, shard in spec.synthesize_shards(data).items():
    os.makedirs(os.path.join(q["path"], vol.key), exist_ok=True)
    with open(os.path.join(q["path"], vol.key, name), "wb") as f:
      f.write(shard)
  return "same"

def shard_params(q):
  """{hashed: [...], images: [...]}: what CloudVolume recommends."""
  from cloudvolume.datasource.precomputed import sharding
  hashed = [list(sharding.compute_shard_params_for_hashed(**a)) for a in q["hashed"]]
  images = []
  for a in q["images"]:
    try:
      spec = sharding.compute_shard_params_for_image(**a)
      shape = sharding.image_shard_shape_from_spec(spec.to_dict(), a["dataset_size"], a["chunk_size"])
      images.append([int(spec.preshift_bits), int(spec.minishard_bits), int(spec.shard_bits), spec.data_encoding, [int(x) for x in shape]])
    except ValueError:
      images.append(None)
  return {"hashed": hashed, "images": images}

def list_labels(q):
  vol = volume(q)
  reader = vol.image.shard_reader()
  return {f: sorted(str(x) for x in reader.list_labels(f, path=vol.key)) for f in q["files"]}

judge.serve(cloudvolume_transfers, cloudvolume_shards, shard_params, list_labels, cloudvolume_reads, tensorstore_reads, cloudvolume_writes, tensorstore_writes, metadata, recommit, create_info, exists, encode)
