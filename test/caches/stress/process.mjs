/**
 * One of several processes that share a cache and are killed: reads boxes through it and checks every voxel, or overwrites
 * chunks. usage: node process.mjs BUILD LAYER CACHE LIMIT SEED read|write
 * Prints a line of JSON for each fault, and counts now and then.
 */
import { pathToFileURL } from "node:url";

const [build, layer, cache, limit, seed, role] = process.argv.slice(2);
const { CloudVolume, configureRuntime } = await import(pathToFileURL(`${build}/index.js`).href);
configureRuntime({ threads: 0 });
const vol = await CloudVolume.open(`file://${layer}`, {
  cache,
  compressLevel: 1,
  ...(limit === "none" ? {} : { cacheBytes: Number(limit) }),
});
let state = Number(seed) >>> 0;
const next = (n) => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
};
const [sx, sy, sz] = vol.volumeSize;
const [cx, cy, cz] = vol.chunkSize;
let done = 0;
for (;;) {
  const at = [next(sx / cx) * cx, next(sy / cy) * cy, next(sz / cz) * cz];
  const box = at.map((lo, axis) => [lo, lo + [cx, cy, cz][axis]]);
  try {
    if (role === "write") await vol.upload(box, next(250) + 1);
    else {
      const { data } = await vol.download(box, { asyncIo: next(2) === 0 });
      const first = data[0];
      if (first === 0 || !data.every((v) => v === first))
        console.log(JSON.stringify({ fault: `mixed at ${at}: ${[...new Set(data)].slice(0, 5)}` }));
    }
    done++;
  } catch (error) {
    console.log(JSON.stringify({ fault: String(error) }));
  }
  console.log(JSON.stringify({ done }));
}
