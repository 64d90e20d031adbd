"""What osteoid and CloudVolume make of skeletons: one JSON request a line, one JSON answer a line.

Arrays travel as base64 of their little-endian bytes.
"""
import base64, os
import numpy as np

import judge

from cloudvolume import Bbox, CloudVolume, Skeleton

def b64(array, dtype):
  return base64.b64encode(np.ascontiguousarray(array, dtype=dtype).tobytes()).decode()

def pack(skel):
  return {
    "id": None if skel.id is None else str(skel.id), "space": skel.space, "vertices": b64(skel.vertices, "<f4"),
    "edges": b64(skel.edges, "<u4"), "transform": b64(skel.transform, "<f4"),
    "attributes": [
      {"id": a["id"], "dataType": str(np.dtype(a["data_type"])),
       "data": b64(getattr(skel, a["id"]), np.dtype(a["data_type"]).newbyteorder("<"))}
      for a in skel.extra_attributes
    ],
  }

def unpack(q):
  skel = Skeleton.from_precomputed(base64.b64decode(q["encoded"]), segid=q.get("id", 1),
    vertex_attributes=q["attributes"])
  skel.vertices, skel.edges = skel.vertices.copy(), skel.edges.copy()
  skel.transform = q["transform"]
  skel.space = q.get("space", "voxel")
  return skel

def attempt(run):
  try:
    return run()
  except Exception as e:
    return {"error": f"{type(e).__name__}: {e}"}

def results(q):
  """Everything osteoid computes of one skeleton."""
  skel = unpack(q)
  box = q["box"]
  return {
    "encoded": base64.b64encode(skel.to_precomputed()).decode(),
    "swc": attempt(skel.to_swc),
    "consolidate": attempt(lambda: pack(skel.consolidate())),
    "keepLoose": attempt(lambda: pack(skel.consolidate(remove_disconnected_vertices=False))),
    "removeDisconnected": attempt(lambda: pack(skel.remove_disconnected_vertices())),
    "components": attempt(lambda: [pack(c) for c in skel.components()]),
    "terminals": b64(skel.terminals(), "<u4"), "branches": b64(skel.branches(), "<u4"),
    "paths": attempt(lambda: [b64(p, "<f4") for p in skel.paths()]),
    "interjoint": attempt(lambda: [b64(p, "<f4") for p in skel.interjoint_paths()]),
    "downsample": attempt(lambda: pack(skel.downsample(q["factor"]))),
    "smooth": attempt(lambda: pack(skel.average_smoothing(q["window"], check_boundary=False))),
    "crop": attempt(lambda: pack(skel.crop(Bbox(box[:3], box[3:])))),
    "cable": attempt(lambda: float(skel.clone().cable_length())),
    "physical": attempt(lambda: pack(skel.physical_space())),
    "chunk": attempt(lambda: chunks(skel, q["chunk"])),
  }

def chunks(skel, size):
  bare = Skeleton(skel.vertices, skel.edges, extra_attributes=[])  # its attributes of several numbers fail there
  return [[list(map(int, k)), pack(v)] for k, v in bare.chunk(size).items()]

def equivalent(q):
  return bool(Skeleton.equivalent(unpack(q["a"]), unpack(q["b"])))

def from_swc(q):
  return pack(Skeleton.from_swc(q["text"]))

def volume(q):
  return CloudVolume("file://" + q["path"], progress=False, spatial_index_db=q.get("db"))

def get(q):
  """CloudVolume's skeletons of a layer."""
  return [pack(s) for s in volume(q).skeleton.get([int(i) for i in q["ids"]])]

def write(q):
  """CloudVolume stores skeletons in a new layer, sharded if the info says so."""
  vol = CloudVolume("file://" + q["path"], info=q["info"], progress=False)
  vol.commit_info()
  vol.skeleton.meta.info = q["skeletonInfo"]
  vol.skeleton.meta.commit_info()
  vol = volume(q)
  skels = [unpack(s) for s in q["skeletons"]]
  if "sharding" in q["skeletonInfo"]:
    for name, data in vol.skeleton.reader.spec.synthesize_shards({s.id: s.to_precomputed() for s in skels}).items():
      with open(os.path.join(q["path"], "skeletons", name), "wb") as f:
        f.write(data)
  else:
    vol.skeleton.upload(skels)
  return "same"

def index(q):
  source = getattr(volume(q), q["source"])
  return source.spatial_index

def query(q):
  """Labels in a box of a spatial index, by the JSON files or by a database."""
  b = q["box"]
  return sorted(str(int(x)) for x in index(q).query(Bbox(b[:3], b[3:])))

def query_all(q):
  vol = volume(q)
  return sorted(str(int(x)) for x in getattr(vol, q["source"]).spatial_index.query(vol.bounds * vol.resolution))

def label_box(q):
  box = index(q).get_bbox(int(q["label"]))
  return None if box is None else [float(x) for x in box.to_list()]

def locations(q):
  found = index(q).file_locations_per_label([int(x) for x in q["labels"]] if q.get("labels") else None)
  return {str(int(k)): sorted(v) for k, v in found.items()}

def to_sql(q):
  index(q).to_sql(q["to"], progress=False)
  return "same"

def sqlite_rows(q):
  import sqlite3
  conn = sqlite3.connect(q["file"])
  rows = conn.execute("select f.filename, l.label from file_lookup l join index_files f on f.id = l.fid").fetchall()
  conn.close()
  return sorted([name, str(np.int64(label).astype(np.uint64))] for name, label in rows)

judge.serve(results, equivalent, from_swc, get, write, query, query_all, label_box, locations, to_sql, sqlite_rows)
