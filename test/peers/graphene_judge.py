"""Asks a graph server with CloudVolume: one JSON request a line, one JSON answer a line. Arrays travel as .npy files."""
import os
import numpy as np

import judge

from cloudvolume import Bbox, CloudVolume
from cloudvolume.datasource.graphene.metadata import GrapheneMetadata

volumes = {}

def volume(q):
  key = (q["path"], q.get("mip", 0))
  if key not in volumes:
    volumes[key] = CloudVolume(q["path"], mip=q.get("mip", 0), progress=False, secrets=q["token"], parallel=1, fill_missing=True)
  return volumes[key]

def box(q):
  return Bbox(q["box"][:3], q["box"][3:])

def options(q, names):
  out = {}
  for theirs in names:
    if q.get(theirs) is not None:
      out[theirs] = [int(x) for x in q[theirs]] if theirs == "segids" else int(q[theirs]) if theirs == "label" else q[theirs]
  return out

def texts(labels):
  return [str(int(x)) for x in labels]

def roots(q):
  return texts(volume(q).get_roots([int(x) for x in q["labels"]], **options(q, ("timestamp", "stop_layer", "binary"))))

def leaves(q):
  return texts(volume(q).get_leaves(int(q["root"]), box(q), 0, **options(q, ("stop_layer",))))

def mappings(q):
  found = volume(q).get_chunk_mappings(int(q["chunk"]), **options(q, ("timestamp",)))
  return { str(int(k)): texts(v) for k, v in found.items() }

def download(q):
  """{array}: our voxels."""
  names = ("agglomerate", "timestamp", "stop_layer", "segids", "preserve_zeros", "label")
  got = np.asarray(volume(q).download(box(q), **options(q, names)))
  want = np.load(q["array"])
  if got.shape != want.shape:
    return f"shape {got.shape} and {want.shape}"
  return "same" if np.array_equal(got, want) else f"{(got != want).sum()} of {got.size} differ"

def unique(q):
  found = volume(q).unique(box(q), **options(q, ("agglomerate", "timestamp", "stop_layer", "segids", "preserve_zeros")))
  return texts(sorted(int(x) for x in found))

def points(q):
  found = volume(q).scattered_points(q["points"], **options(q, ("agglomerate", "timestamp", "stop_layer")))
  return [ str(int(np.asarray(found[tuple(p)]).item())) for p in q["points"] ]

def files(q):
  """{folder}: our files, to be equal byte for byte once decoded."""
  found = volume(q).download_files(box(q), **options(q, ("agglomerate", "timestamp", "stop_layer", "segids")))
  for name, content in found.items():
    with open(os.path.join(q["folder"], name.replace("/", "!")), "rb") as f:
      if f.read() != content:
        return f"{name} differs"
  return f"{len(found)} same"

def mesh(q):
  """{vertices, faces}: our mesh. Their order is that of the fragments: compared as sets of triangles."""
  how = options(q, ("bypass", "fuse", "remove_duplicate_vertices", "deduplicate_chunk_boundaries"))
  if q.get("box") is not None: how["bounding_box"] = box(q)
  got = volume(q).mesh.get([int(x) for x in q["labels"]], **how)
  if not q.get("fuse"):
    got = got[int(q["labels"][0])]
  vertices, faces = np.load(q["vertices"]), np.load(q["faces"])
  if len(got.vertices) != len(vertices) or len(got.faces) != len(faces):
    return f"{len(got.vertices)} vertices and {len(got.faces)} faces, ours {len(vertices)} and {len(faces)}"
  def triangles(v, f):
    corners = np.asarray(v, dtype=np.float64)[np.asarray(f)].reshape(len(f), 9)
    return corners[np.lexsort(corners.T)]
  same = np.array_equal(triangles(got.vertices, got.faces), triangles(vertices, faces))
  return "same" if same else "other triangles"

class Layout(GrapheneMetadata):
  """Only the arithmetic of labels."""
  def __init__(self, graph):
    self._graph = graph
  @property
  def info(self):
    return { "graph": self._graph }

def labels(q):
  """Decodes and encodes many labels of many layouts: those that differ from ours."""
  wrong = []
  for graph, cases in q["layouts"]:
    meta = Layout(graph)
    for label, level, x, y, z, segid, chunk, number in cases:
      label = int(label)
      got = meta.decode_label(label)
      mine = (int(got.level), int(got.x), int(got.y), int(got.z), int(got.segid), int(meta.decode_chunk_id(label)), int(meta.decode_chunk_position_number(label)))
      if mine != (level, x, y, z, int(segid), int(chunk), int(number)) or int(meta.encode_label(level, x, y, z, int(segid))) != label:
        wrong.append([graph, label, [str(n) for n in mine]])
  return wrong[:5]

judge.serve(roots, leaves, mappings, download, unique, points, files, mesh, labels)
