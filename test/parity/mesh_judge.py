"""Answers questions about meshes with the real tools: one JSON request a line, one JSON answer a line. Arrays travel as files."""
import gzip, hashlib, os
import numpy as np

import judge

import DracoPy
from cloudvolume import Bbox, CloudVolume, Mesh
from cloudvolume.datasource.precomputed.mesh.multilod import MultiLevelPrecomputedMeshManifest

def summary(mesh):
  vertices, faces = np.asarray(mesh.vertices, dtype=np.float32), np.asarray(mesh.faces, dtype=np.uint32)
  sha = lambda a: hashlib.sha256(np.ascontiguousarray(a).tobytes()).hexdigest()
  return {"vertices": len(vertices), "faces": len(faces), "sha_vertices": sha(vertices), "sha_faces": sha(faces)}

def store(mesh, to):
  with open(to, "wb") as f:
    f.write(Mesh(mesh.vertices, mesh.faces, None).to_precomputed())
  return summary(mesh)

def plain(path):
  with open(path, "rb") as f:
    return Mesh.from_precomputed(f.read())

def fragment(q):
  """{file}: one fragment file by itself, gzipped or not, Draco or precomputed."""
  with open(q["file"], "rb") as f:
    data = f.read()
  if q["file"].endswith(".gz"):
    data = gzip.decompress(data)
  if data[:5] != b"DRACO":
    return summary(Mesh.from_precomputed(data))
  mesh = DracoPy.decode(data)
  return summary(Mesh(np.asarray(mesh.points).reshape(-1, 3), np.asarray(mesh.faces).reshape(-1, 3), None))

def volume(q):
  return CloudVolume("file://" + q["path"], progress=False)

def get(q):
  """{path, id, lod?, to}: the mesh that CloudVolume reads, as a legacy fragment."""
  vol, label = volume(q), int(q["id"])
  mesh = vol.mesh.get(label, lod=q["lod"])[label] if "lod" in q else vol.mesh.get(label)
  return store(mesh, q["to"])

def summaries(q):
  """{path, ids?}: every mesh of a legacy layer, for itself."""
  vol = volume(q)
  folder = os.path.join(q["path"], vol.info["mesh"])
  ids = q.get("ids") or sorted(int(f[:-2]) for f in os.listdir(folder) if f.endswith(":0"))
  return {str(i): summary(m) for i, m in vol.mesh.get(ids, fuse=False).items()}

def fused(q):
  """{path, ids, chunk_size?}: several meshes as one."""
  options = {"chunk_size": q["chunk_size"]} if "chunk_size" in q else {}
  return summary(volume(q).mesh.get(q["ids"], **options))

def present(q):
  vol = volume(q)
  there = vol.mesh.exists(q["ids"])
  return {str(k): v for k, v in there.items()} if isinstance(there, dict) else [x is not None for x in there]

def manifest(q):
  """{file, to}: a manifest as CloudVolume understands and writes it."""
  with open(q["file"], "rb") as f:
    binary = f.read()
  m = MultiLevelPrecomputedMeshManifest.from_binary(binary, segment_id=1)
  m.fragment_offsets = np.concatenate(m.fragment_offsets)
  return {"same": m.to_binary() == binary, "lods": m.num_lods, "length": len(m)}

def put(q):
  """{path, id, mesh, delete}: CloudVolume stores a mesh, or removes it."""
  vol = volume(q)
  if q.get("delete"):
    vol.mesh.delete(q["id"])
    return "done"
  mesh = plain(q["mesh"])
  mesh.segid = q["id"]
  vol.mesh.put(mesh)
  return "done"

def change(q):
  """{mesh, how, to}: what CloudVolume's Mesh makes of a mesh."""
  mesh, how = plain(q["mesh"]), q["how"]
  if how == "consolidate": return store(mesh.consolidate(), q["to"])
  if how == "chunks":
    return store(mesh.deduplicate_chunk_boundaries(np.array(q["chunk"]), is_draco=q["grid"] is not None,
      draco_grid_size=q["grid"], offset=q["offset"]), q["to"])
  if how == "crop": return store(mesh.crop(Bbox(q["box"][:3], q["box"][3:], dtype=np.float32)), q["to"])
  if how == "concatenate": return store(Mesh.concatenate(mesh, mesh), q["to"])
  data = mesh.to_ply() if how == "ply" else mesh.to_obj() if how == "obj" else DracoPy.encode(
    mesh.vertices.astype(int) if q["integers"] else mesh.vertices, mesh.faces, quantization_bits=q["bits"],
    compression_level=q["level"], quantization_range=q["range"], quantization_origin=q["origin"], preserve_order=q["order"])
  with open(q["to"], "wb") as f:
    f.write(data)
  return len(data)

judge.serve(get, summaries, fused, present, manifest, put, change, fragment)
