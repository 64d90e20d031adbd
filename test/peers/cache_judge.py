"""CloudVolume with a disk cache, as test/peers/cache.test.ts asks for it: one JSON request a line, one JSON answer a line."""
import os, time
import numpy as np

import judge

from cloudvolume import CloudVolume
from cloudvolume.exceptions import EmptyVolumeException

def volume(q):
  return CloudVolume("file://" + q["path"], cache=q["cache"], compress_cache=q.get("compress_cache"), progress=False,
    mip=q.get("mip", 0))

def listing(path):
  return sorted(os.path.relpath(os.path.join(root, f), path) for root, _, files in os.walk(path) for f in files
    if ".cloudvolume" not in root)

def fill(q):
  """{path, cache, compress_cache}: reads the whole level. What lies in the cache afterwards."""
  vol = volume(q)
  vol[:]
  return {"path": vol.cache.path, "files": listing(vol.cache.path)}

def read(q):
  """{path, cache, truth}: is what CloudVolume reads equal to the array?"""
  got = np.asarray(volume(q)[:])
  truth = np.load(q["truth"])
  if got.shape != truth.shape:
    return f"shape {got.shape}"
  return "same" if np.array_equal(got, truth) else f"{(got != truth).sum()} of {got.size} voxels differ"

def write(q):
  """{path, cache, array}: writes the whole level."""
  vol = volume(q)
  vol[:] = np.load(q["array"])
  return {"path": vol.cache.path, "files": listing(vol.cache.path)}

def sizes(q):
  vol = volume(q)
  return {"list": sorted(vol.cache.list()), "num_files": vol.cache.num_files(), "num_bytes": vol.cache.num_bytes()}

def flush(q):
  """{path, cache, preserve?}"""
  from cloudvolume import Bbox
  vol = volume(q)
  vol.cache.flush(preserve=Bbox(*q["preserve"]) if "preserve" in q else None)
  return listing(vol.cache.path) if os.path.exists(vol.cache.path) else []

def watch(q):
  """{path, cache, seconds}: reads again and again; every chunk must be of one value. Entries may vanish while others write."""
  until = time.time() + q["seconds"]
  seen = {"reads": 0, "gone": 0, "mixed": 0, "failed": []}
  while time.time() < until:
    try:
      vol = volume(q)
      got = np.asarray(vol[:])[..., 0]
      cx, cy, cz = [int(n) for n in vol.chunk_size]
      for z in range(0, got.shape[2], cz):
        for y in range(0, got.shape[1], cy):
          for x in range(0, got.shape[0], cx):
            chunk = got[x:x+cx, y:y+cy, z:z+cz]
            seen["mixed"] += int(chunk.min() != chunk.max())
      seen["reads"] += 1
    except (EmptyVolumeException, FileNotFoundError):
      seen["gone"] += 1
    except Exception as e:
      seen["failed"].append(f"{type(e).__name__}: {e}")
  return seen

judge.serve(fill, read, write, sizes, flush, watch)
