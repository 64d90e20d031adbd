"""intern, the Python client of BOSS, against a service: one JSON request a line, one JSON answer a line.

Arrays travel as .npy files in Fortran order, x, y, z, channel; intern has them as z, y, x.
"""
import numpy as np

import judge

import blosc
from requests import HTTPError
from intern.remote.boss import BossRemote
from intern.resource.boss.resource import ChannelResource, CoordinateFrameResource, ExperimentResource

def remote(q):
  protocol, host = q["url"].split("://")
  return BossRemote({"protocol": protocol, "host": host, "token": q["token"]})

def resource(q, boss):
  collection, experiment, channel = q["channel"].split("/")
  return boss.get_project(ChannelResource(channel, collection, experiment))

def ranges(q):
  box = q["box"]
  return [[box[axis], box[axis + 3]] for axis in range(3)]

def describes(q):
  """{url, token, channel}: what intern makes of the documents"""
  boss = remote(q)
  channel = resource(q, boss)
  experiment = boss.get_project(ExperimentResource(channel.exp_name, channel.coll_name))
  frame = boss.get_project(CoordinateFrameResource(experiment.coord_frame))
  return {
    "type": channel.type, "datatype": channel.datatype, "base": channel.base_resolution, "status": channel.downsample_status,
    "levels": experiment.num_hierarchy_levels, "method": experiment.hierarchy_method, "times": experiment.num_time_samples,
    "start": [frame.x_start, frame.y_start, frame.z_start], "stop": [frame.x_stop, frame.y_stop, frame.z_stop],
    "voxel": [frame.x_voxel_size, frame.y_voxel_size, frame.z_voxel_size], "unit": frame.voxel_unit,
  }

def reads(q):
  """{url, token, channel, resolution, box, truth, time?, chunk?}: equal?"""
  boss = remote(q)
  options = {"chunk_size": tuple(q["chunk"])} if "chunk" in q else {}
  time = [q["time"], q["time"] + 1] if "time" in q else None
  got = boss.get_cutout(resource(q, boss), q["resolution"], *ranges(q), time_range=time, parallel=False, **options)
  truth = np.load(q["truth"])[..., 0].T
  got = got[0] if time else got
  if got.shape != truth.shape or got.dtype != truth.dtype:
    return f"{got.shape} {got.dtype} read, {truth.shape} {truth.dtype} expected"
  return "same" if np.array_equal(got, truth) else f"{(got != truth).sum()} of {truth.size} differ"

def writes(q):
  """{url, token, channel, resolution, box, array, time?}"""
  boss = remote(q)
  array = np.load(q["array"])[..., 0].T
  time = [q["time"], q["time"] + 1] if "time" in q else None
  boss.create_cutout(resource(q, boss), q["resolution"], *ranges(q), array[np.newaxis] if time else array, time_range=time)
  return "written"

def blackens(q):
  """{url, token, channel, resolution, box}"""
  boss = remote(q)
  boss.create_cutout_to_black(resource(q, boss), q["resolution"], *ranges(q))
  return "black"

def refused(q):
  """{url, token, channel, resolution, box}: the status that intern is refused with"""
  try:
    boss = remote(q)
    boss.get_cutout(resource(q, boss), q["resolution"], *ranges(q), parallel=False)
    return 200
  except HTTPError as error:
    return error.response.status_code

def frame(q):
  """{array}: the bytes that the service's own code makes of voxels (django/bossspatialdb/renderers.py)"""
  array = np.ascontiguousarray(np.load(q["array"])[..., 0].T)
  return blosc.compress(array, typesize=8 * array.dtype.itemsize).hex()

judge.serve(describes, reads, writes, blackens, refused, frame)
