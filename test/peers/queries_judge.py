"""Answers questions about labels, points and shared memory with CloudVolume: one JSON request a line, one JSON answer a line."""
import os
import numpy as np

import judge

from multiprocessing import resource_tracker, shared_memory
from cloudvolume import Bbox, CloudVolume
from cloudvolume import sharedmemory as shm

def volume(q):
  return CloudVolume("file://" + q["path"], mip=q.get("mip", 0), progress=False, bounded=q.get("bounded", True),
    fill_missing=q.get("fill_missing", False), parallel=1)

def box(q):
  return Bbox(q["box"][:3], q["box"][3:])

def same(a, b):
  a, b = np.asarray(a), np.asarray(b)
  while b.ndim < a.ndim: b = b[..., np.newaxis]
  if a.shape != b.shape: return f"shape {a.shape} and {b.shape}"
  return "same" if np.array_equal(a, b) else f"{(a != b).sum()} of {a.size} differ"

def unique(q):
  vol = volume(q)
  # CloudVolume has no list of labels for png, and its own code crashes now and then on lists of signed ones.
  own = vol.encoding != "png" and np.dtype(vol.dtype).kind == "u"
  found = vol.unique(box(q)) if own else np.unique(np.asarray(vol[box(q)]))
  return [str(x) for x in sorted(int(x) for x in found)]

def label(q):
  """{array}: our mask."""
  return same(volume(q).download(box(q), label=int(q["label"])), np.load(q["array"]))

def segids(q):
  got = volume(q).download(box(q), segids=[int(x) for x in q["segids"]], preserve_zeros=q["preserve_zeros"])
  return same(got, np.load(q["array"]))

def renumbered(q):
  """{array, mapping}: ours and theirs give the same labels back. (Theirs also lists labels outside of the box.)"""
  img, remap = volume(q).download(box(q), renumber=True)
  ours, mapping = np.load(q["array"]), {int(k): v for k, v in q["mapping"].items()}
  back = lambda image, table: np.vectorize({v: k for k, v in table.items()}.__getitem__, otypes=[np.uint64])(np.asarray(image))
  labels = back(ours, mapping)
  if set(int(k) for k in np.unique(labels)) | {0} != set(mapping): return "the mapping has other labels than the box"
  return same(back(img, {int(k): v for k, v in remap.items()}), labels)

def points(q):
  vol = volume(q)
  options = {} if q.get("coord_resolution") is None else {"coord_resolution": q["coord_resolution"]}
  got = vol.scattered_points([tuple(p) for p in q["points"]], **options)
  return {",".join(str(int(c)) for c in k): str(int(v)) for k, v in got.items()}

def point_box(q):
  """{point, size, array}: the box around a point."""
  got = volume(q).download_point(tuple(q["point"]), size=q["size"], mip=q["mip"])
  return same(got, np.load(q["array"]))

def coord_box(q):
  return same(volume(q).download(box(q), coord_resolution=q["coord_resolution"]), np.load(q["array"]))

def crackle(q):
  """{stream}: our stream, decoded by crackle's own code."""
  import crackle
  with open(q["stream"], "rb") as f:
    arr = crackle.decompress(f.read())
  return same(volume(q)[box(q)], arr)

def write_crackle(q):
  """{to}: CloudVolume's own stream of a box."""
  arr = volume(q).download(box(q), crackle=True)
  with open(q["to"], "wb") as f:
    f.write(arr.binary)
  return len(arr.binary)

def files(q):
  """{folder}: the stored bytes of the chunks, in files whose names have dots for slashes."""
  got = volume(q).download_files(box(q))
  names = sorted(os.listdir(q["folder"]))
  if sorted(str(k).replace("/", ".") for k in got) != names: return f"{sorted(map(str, got))} and {names}"
  for k, v in got.items():
    with open(os.path.join(q["folder"], str(k).replace("/", ".")), "rb") as f:
      if f.read() != v: return f"{k} differs"
  return "same"

def attach(q):
  """{location}: both ways by which a Python process attaches to shared memory by its name."""
  want = np.asarray(volume(q)[box(q)])
  handle, array = shm.ndarray(shape=want.shape, dtype=want.dtype, location=q["location"], readonly=True)
  first = same(want, array)
  del array
  handle.close()
  memory = shared_memory.SharedMemory(name=q["location"])
  resource_tracker.unregister(memory._name, "shared_memory")  # attaching is not owning
  view = np.ndarray(want.shape, want.dtype, buffer=memory.buf, order="F")
  second = same(want, view)
  del view
  memory.close()
  return first if first != "same" else second

def share(q):
  """{location, array, order}: an array of Python's in shared memory."""
  array = np.load(q["array"])
  handle, shared = shm.ndarray(shape=array.shape, dtype=array.dtype, location=q["location"], order=q["order"])
  shared[:] = array
  del shared
  handle.close()
  return "same"

def mapped(q):
  """{location, value}: a process that has the memory mapped sees what is written to it afterwards."""
  global kept
  if "shape" in q:
    kept = shm.ndarray(shape=q["shape"], dtype=q["dtype"], location=q["location"])
    kept[1][:] = 0
    return "same"
  handle, array = kept
  got = same(volume(q)[box(q)], array)
  kept = None
  return got

def file(q):
  want = np.asarray(volume(q)[box(q)])
  return same(want, np.fromfile(q["file"], dtype=want.dtype).reshape(want.shape, order="F"))

judge.serve(unique, label, segids, renumbered, points, point_box, coord_box, crackle, write_crackle, files, attach, share, mapped, file)
