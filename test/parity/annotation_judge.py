"""Answers questions about annotations with the real tools: one JSON request a line, one JSON answer a line."""
import numpy as np

import judge

from neuroglancer.read_precomputed_annotations import AnnotationReader

PARTS = {
  "point": ("point",),
  "line": ("point_a", "point_b"),
  "axis_aligned_bounding_box": ("point_a", "point_b"),
  "ellipsoid": ("center", "radii"),
}

def plain(reader, annotation):
  if reader.annotation_type == "polyline":
    points = np.asarray(annotation.points)
  else:
    points = np.stack([np.asarray(getattr(annotation, part)) for part in PARTS[reader.annotation_type]])
  props = [np.asarray(p).tolist() for p in annotation.props]
  out = {
    "id": annotation.id,
    "geometry": points.astype(float).tolist(),
    "properties": dict(zip([p.id for p in reader.properties], props)),
  }
  if annotation.segments is not None:
    lists = [[str(i) for i in ids] for ids in annotation.segments]
    out["relationships"] = dict(zip(reader.relationships.keys(), lists))
  return out

def neuroglancer(q):
  """{path, ids, objects: {relationship: [id]}}: what Neuroglancer's reader finds by id, object, and place."""
  reader = AnnotationReader("file://" + q["path"])
  return {
    "by_id": [plain(reader, reader.by_id[int(i)]) for i in q["ids"]],
    "by_object": {
      name: {i: [plain(reader, a) for a in reader.relationships[name][int(i)]] for i in ids}
      for name, ids in q["objects"].items()
    },
    "everything": [plain(reader, a) for a in reader.get_within_spatial_bounds()],
    "units": [[n, float(s), u] for n, s, u in zip(reader.coordinate_space.names, reader.coordinate_space.scales, reader.coordinate_space.units)],
  }

def listed(found):
  ids = [str(i) for i in found.ids]
  columns = {name: np.asarray(values).tolist() for name, values in found.properties.items()}
  return {"ids": ids, "geometry": np.asarray(found.geometry).tolist(), "properties": columns}

def singles(found):
  return [{
    "id": str(i),
    "geometry": np.asarray(a.geometry).ravel().tolist(),
    "properties": {name: np.asarray(value)[0].tolist() for name, value in a.properties.items()},
    "relationships": {key: [str(o) for o in ids] for key, ids in a.relationships.items()},
  } for i, a in found.items()]

def cloudvolume(q):
  """{path, ids, objects: [id], relationship, levels}: what CloudVolume finds of a layer of points."""
  from cloudvolume import from_cloudpath
  source = from_cloudpath("file://" + q["path"])
  related = source.get_by_relationship(q["relationship"], [int(i) for i in q["objects"]])
  return {
    "by_id": singles(source.get_by_id([int(i) for i in q["ids"]])),
    "by_object": {str(i): listed(found) for i, found in related.items()},
    "levels": [listed(source.get_all(mip)) for mip in range(q["levels"])],
  }

judge.serve(neuroglancer, cloudvolume)
