"""Writes and reads layers in buckets with CloudVolume and cloud-files: one JSON request a line, one JSON answer a line.

Which servers and keys there are is told by CLOUD_VOLUME_DIR, CLOUD_FILES_DIR (aliases.json) and STORAGE_EMULATOR_HOST.
"""
import base64

import judge

import numpy as np
from cloudfiles import CloudFiles
from cloudvolume import Bbox, CloudVolume


def volume(q, **more):
  return CloudVolume(q["path"], progress=False, **more)


def write_image(q):
  """{path, npy, layer_type, encoding, compress, chunk_size, cdn_cache?}"""
  array = np.load(q["npy"])
  info = CloudVolume.create_new_info(
    num_channels=array.shape[3], layer_type=q["layer_type"], data_type=str(array.dtype), encoding=q["encoding"],
    resolution=[4, 4, 40], voxel_offset=[0, 0, 0], volume_size=list(array.shape[:3]), chunk_size=q["chunk_size"],
  )
  vol = volume(q, info=info, compress=q["compress"], **({"cdn_cache": q["cdn_cache"]} if "cdn_cache" in q else {}))
  vol.commit_info()
  vol.commit_provenance()
  vol[:, :, :] = array
  return "written"


def read_image(q):
  """{path, truth, mip?, box?}: "same", or what differs."""
  truth = np.load(q["truth"])
  vol = volume(q, mip=q.get("mip", 0), fill_missing=q.get("fill_missing", False))
  got = np.asarray(vol[:] if q.get("box") is None else vol[Bbox(q["box"][:3], q["box"][3:])])
  if got.shape != truth.shape or got.dtype != truth.dtype:
    return f"{got.dtype} {got.shape} read, {truth.dtype} {truth.shape} expected"
  differs = got != truth
  return "same" if not differs.any() else f"{differs.sum()} of {differs.size} voxels differ"


def copy_folder(q):
  """{source: file://…, path}: every file as cloud-files transfers it."""
  CloudFiles(q["source"], progress=False).transfer_to(q["path"], reencode=q.get("reencode"))
  return sorted(CloudFiles(q["path"]).list())


def put(q):
  CloudFiles(q["path"], progress=False).put(
    q["key"], base64.b64decode(q["content"]), content_type=q.get("content_type"), compress=q.get("compress"),
    cache_control=q.get("cache_control"),
  )
  return "put"


def get(q):
  """{path, key, raw?}: the content in base64, decompressed; null if there is none."""
  got = CloudFiles(q["path"], progress=False).get(q["key"], raw=q.get("raw", False))
  return None if got is None else base64.b64encode(got).decode()


def listing(q):
  return sorted(CloudFiles(q["path"], progress=False).list(prefix=q.get("prefix", "")))


def mesh(q):
  """{path, id}: vertices and faces of a mesh."""
  got = volume(q).mesh.get(q["id"])
  got = got[q["id"]] if isinstance(got, dict) else got
  return {"vertices": len(got.vertices), "faces": len(got.faces), "sum": float(np.sum(got.vertices, dtype=np.float64))}


def skeleton(q):
  got = volume(q).skeleton.get(q["id"])
  return {"vertices": len(got.vertices), "edges": len(got.edges), "sum": float(np.sum(got.vertices, dtype=np.float64))}

judge.serve(write_image, read_image, copy_folder, put, get, listing, mesh, skeleton)
