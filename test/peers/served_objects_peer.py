"""Meshes, skeletons and annotations that are served, read over http and from the disk. One JSON request a line, one JSON answer a line."""
import gzip, os, random
from urllib.request import Request, urlopen
import numpy as np

import judge

import cloudvolume
from cloudvolume import CloudVolume, Bbox

def both(q):
  return [CloudVolume(at, progress=False) for at in ("precomputed://" + q["url"], "file://" + q["path"])]

def meshes_read(q):
  """{url, path, ids, lods}: the same vertices and faces?"""
  there, here = both(q)
  for segment in map(int, q["ids"]):
    for lod in q["lods"]:
      options = {} if lod is None else {"lod": lod}
      a, b = [v.mesh.get(segment, **options) for v in (there, here)]
      a, b = [m[segment] if isinstance(m, dict) else m for m in (a, b)]
      if len(b.vertices) == 0: return f"{segment} is empty"
      if a != b: return f"{segment} differs at level {lod}"
  return "same"

def skeletons_read(q):
  """{url, path, ids, made}: the same in physical space? Those that are made for Neuroglancer have float32 attributes."""
  there, here = both(q)
  for segment in map(int, q["ids"]):
    a, b = [v.skeleton.get(segment) for v in (there, here)]
    if len(b.vertices) == 0: return f"{segment} is empty"
    if a.space != b.space or not np.array_equal(a.vertices, b.vertices) or not np.array_equal(a.edges, b.edges): return f"{segment} differs"
    names = [[attribute["id"] for attribute in s.extra_attributes] for s in (a, b)]
    if names[0] != names[1]: return f"{segment} has {names[0]}, not {names[1]}"
    for name in names[1]:
      x, y = getattr(a, name), getattr(b, name)
      if x.dtype != (np.float32 if q["made"] else y.dtype): return f"{name} is {x.dtype}"
      if not np.array_equal(x, y.astype(x.dtype)): return f"{segment}: {name} differs"
  return "same"

def labels_in_box(q):
  """{url, path, which, box}: the spatial index tells the same?"""
  there, here = both(q)
  box = Bbox(q["box"][:3], q["box"][3:])
  a, b = [sorted(map(int, getattr(v, q["which"]).spatial_index.query(box))) for v in (there, here)]
  return "same" if a == b and len(b) > 0 else f"{a}, not {b}"

def points_read(q):
  """{url, path, ids}: by id and by relationship"""
  there, here = [cloudvolume.from_cloudpath(at) for at in ("precomputed://" + q["url"], "file://" + q["path"])]
  def same(a, b):
    if not np.array_equal(a.geometry, b.geometry) or not np.array_equal(a.ids, b.ids): return False
    return all(np.array_equal(a.properties[k], b.properties[k]) for k in b.properties)
  a, b = [x.get_by_relationship("seg", 1) for x in (there, here)]
  if len(b.ids) == 0 or not same(a, b): return "by relationship: another answer"
  a, b = [x.get_by_id(list(map(int, q["ids"]))) for x in (there, here)]
  if a.keys() != b.keys() or len(b) != len(q["ids"]): return "by id: others"
  if any(repr(a[k]) != repr(b[k]) for k in b): return "by id: another answer"
  return "same"

def files_read(q):
  """{url, path, leave?}: every file, or some of very many, whole, packed and in part, is the one on the disk. Says how many."""
  some, count = random.Random(1), 0
  files = sorted(os.path.join(folder, name) for folder, _, names in os.walk(q["path"]) for name in names)
  for file in files if len(files) < 100 else some.sample(files, 60):
    key = os.path.relpath(file, q["path"])
    if any(key.startswith(start) for start in q.get("leave", [])): continue
    content = open(file, "rb").read()
    packed = key.endswith(".gz")
    truth, key = (gzip.decompress(content), key[:-3]) if packed else (content, key)
    url = f"{q['url']}/{key}"
    if urlopen(url).read() != truth: return f"{key} differs"
    answer = urlopen(Request(url, headers={"Accept-Encoding": "gzip"}))
    coding = answer.headers.get("Content-Encoding")
    if coding != ("gzip" if packed else None) or answer.read() != content: return f"{key} differs, packed: {coding}"
    if len(truth) > 0:
      at = some.randrange(len(truth))
      to = some.randrange(at, len(truth))
      for form, part in ((f"{at}-{to}", truth[at:to + 1]), (f"{at}-", truth[at:]), (f"-{to + 1}", truth[-to - 1:])):
        answer = urlopen(Request(url, headers={"Range": f"bytes={form}", "Accept-Encoding": "gzip"}))
        if answer.status != 206 or answer.read() != part: return f"{key} differs in bytes {form}"
    count += 1
  return str(count)

judge.serve(meshes_read, skeletons_read, labels_in_box, points_read, files_read)
