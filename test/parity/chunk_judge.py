"""Encodes and decodes single chunks with the packages that CloudVolume uses: one JSON request a line, one answer a line.

Voxels travel as base64 of their bytes in Fortran order (x, y, z, channel).
"""
import base64, json, struct
import numpy as np

import judge

from cloudvolume import chunks
import compresso
import crackle
import imagecodecs, simplejpeg
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

def jxl_encode(q):
  """{dtype, shape, voxels, params}: a JPEG XL file of an image (rows, columns, channels) in C order."""
  pixels = np.frombuffer(base64.b64decode(q["voxels"]), q["dtype"]).reshape(q["shape"])
  return imagecodecs.jpegxl_encode(pixels, numthreads=1, **q["params"])

def jxl_decode(q):
  """{dtype, shape, bytes}: the pixels of a JPEG XL file, which have to be of that type and shape."""
  pixels = imagecodecs.jpegxl_decode(base64.b64decode(q["bytes"]), numthreads=1)
  if pixels.dtype != np.dtype(q["dtype"]) or list(pixels.shape) != q["shape"]:
    raise TypeError(f"{pixels.dtype} {pixels.shape} decoded")
  return pixels.tobytes()

def jpeg_encode(q):
  """{shape, voxels, params: quality, sampling}: a JPEG file of an image (rows, columns, 1 or 3), as CloudVolume makes it."""
  pixels = np.frombuffer(base64.b64decode(q["voxels"]), np.uint8).reshape(q["shape"])
  space, sampling = ("GRAY", "GRAY") if q["shape"][2] == 1 else ("RGB", q["params"]["sampling"])
  return simplejpeg.encode_jpeg(pixels, quality=q["params"]["quality"], colorspace=space, colorsubsampling=sampling)

def jpeg_to_jxl(q):
  """{bytes}: a JPEG file recompressed by libjxl."""
  return imagecodecs.jpegxl_encode_jpeg(base64.b64decode(q["bytes"]), numthreads=1)

def jxl_to_jpeg(q):
  """{bytes}: the JPEG file that libjxl restores."""
  return imagecodecs.jpegxl_decode_jpeg(base64.b64decode(q["bytes"]), numthreads=1)

def compresso_encode(q):
  """{dtype, shape, voxels, params}: with steps, connectivity and random_access_z_index."""
  voxels = np.frombuffer(bytearray(base64.b64decode(q["voxels"])), q["dtype"]).reshape(q["shape"], order="F")
  return compresso.compress(voxels[..., 0], **q["params"])

def crackle_encode(q):
  """{dtype, shape, voxels, params}: with allow_pins and markov_model_order."""
  voxels = np.frombuffer(bytearray(base64.b64decode(q["voxels"])), q["dtype"]).reshape(q["shape"], order="F")
  return crackle.compress(voxels[..., 0], parallel=1, **q["params"])

def crackle_check(q):
  """{bytes}: the sections that are damaged, as JSON."""
  report = crackle.codec.check(base64.b64decode(q["bytes"]))
  return json.dumps([name for name, fine in report.items() if name != "z" and fine is False] + (report["z"] or [])).encode()

def labels(q):
  """{encoding, dtype, shape, bytes, block_size?}: the distinct labels, as uint64."""
  found = chunks.labels(base64.b64decode(q["bytes"]), q["encoding"], q["shape"], q["dtype"], q.get("block_size"))
  return np.asarray(found).astype(np.uint64).tobytes()

def remap(q):
  """{encoding, dtype, shape, bytes, block_size?, mapping, keep}: the chunk with other labels."""
  mapping = {int(k): int(v) for k, v in q["mapping"].items()}
  return chunks.remap(
    base64.b64decode(q["bytes"]), q["encoding"], mapping, preserve_missing_labels=q["keep"],
    shape=q["shape"][:3], dtype=np.dtype(q["dtype"]), block_size=q.get("block_size"),
  )

judge.serve(encode, decode, zfp_encode, zfp_decode, jxl_encode, jxl_decode, jpeg_encode, jpeg_to_jxl, jxl_to_jpeg, compresso_encode, crackle_encode, crackle_check, labels, remap, told=lambda result: base64.b64encode(result).decode())
