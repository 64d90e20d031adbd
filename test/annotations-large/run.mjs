// Writes random points with 3 properties and 2 relationships, and asks for boxes. Says what it took, as JSON.
// usage: node test/annotations-large/run.mjs BUILD DESTINATION COUNT
import { pathToFileURL } from "node:url";

const [build, destination, count] = process.argv.slice(2);
const { openAnnotations, writeAnnotations } = await import(pathToFileURL(`${build}/index.js`).href);
const COUNT = Number(count);
const SIZE = [100_000, 100_000, 10_000];
const BOXES = 200;
/** As large as holds about 100 of a million points. */
const SIDES = [4000, 4000, 600];

let state = 7;
const random = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};

/** Half of them spread out, half in clusters, as synapses are. */
function* points() {
  const centers = Array.from({ length: 200 }, () => SIZE.map((n) => n * random()));
  for (let i = 0; i < COUNT; i++) {
    const center = centers[Math.floor(random() * centers.length)];
    const geometry = SIZE.map((n, axis) => {
      if (i % 2 === 0) return n * random();
      const near = center[axis] + (random() + random() + random() - 1.5) * n * 0.05;
      return Math.min(n - 1, Math.max(0, near));
    });
    yield {
      id: 10_000_000 + 3 * i,
      geometry,
      properties: { size: random(), kind: i % 5, count: i % 70_000 },
      relationships: { pre: Math.floor(random() * (COUNT / 20)), post: Math.floor(random() * (COUNT / 3)) },
    };
  }
}

const schema = {
  type: "POINT",
  dimensions: { x: [8, "nm"], y: [8, "nm"], z: [40, "nm"] },
  properties: [
    { id: "size", type: "float32" },
    { id: "kind", type: "uint8" },
    { id: "count", type: "uint32" },
  ],
  relationships: ["pre", "post"],
};
const start = performance.now();
await writeAnnotations(`file://${destination}`, schema, points());
const seconds = (performance.now() - start) / 1000;
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();

const layer = await openAnnotations(`file://${destination}`);
const times = [];
let found = 0;
for (let i = 0; i < BOXES; i++) {
  const low = SIZE.map((n, axis) => random() * (n - SIDES[axis]));
  const from = performance.now();
  found += (await layer.getByBbox([...low, ...low.map((v, axis) => v + SIDES[axis])])).length;
  times.push(performance.now() - from);
}
times.sort((a, b) => a - b);
const round = (value) => Math.round(value * 10) / 10;
console.log(
  JSON.stringify({
    points: COUNT,
    seconds: round(seconds),
    cpuSeconds: round((userCPUTime + systemCPUTime) / 1e6),
    peakMebibytes: Math.round(maxRSS / 1024),
    levels: layer.summary().levels.length,
    queryMilliseconds: { p50: round(times[BOXES / 2]), p95: round(times[Math.floor(BOXES * 0.95)]) },
    foundOnAverage: Math.round(found / BOXES),
  }),
);
