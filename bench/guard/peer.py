"""CloudVolume's side of the guard: JSON lines {"op", "ms"} of each operation on a folder of layers. usage: peer.py FOLDER"""
import json, statistics, sys, time
from cloudvolume import CloudVolume

folder = sys.argv[1]
corners = [(x, y, z) for x in (3, 40, 90, 130) for y in (17, 77, 150) for z in (5, 33)]

def timed(op, run, reps):
  run(0)
  times = []
  for i in range(reps):
    start = time.perf_counter()
    run(i)
    times.append((time.perf_counter() - start) * 1e3)
  print(json.dumps({"op": op, "ms": statistics.median(times)}), flush=True)

for name in ("raw", "cseg", "jpeg", "sharded"):
  vol = CloudVolume(f"file://{folder}/{name}", progress=False)
  timed(f"{name} read", lambda i: vol[:, :, :], 3)
  if name != "sharded":  # Mostly pauses of 100 ms.
    def cut(i):
      x, y, z = corners[i % len(corners)]
      vol[x : x + 64, y : y + 64, z : z + 64]
    timed(f"{name} cutout", cut, 24)
