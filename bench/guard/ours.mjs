// This library's side of the guard, as peer.py. usage: node ours.mjs FOLDER
import { median } from "../measure.mjs";

const { CloudVolume } = await import("../../dist/index.js");
const folder = process.argv[2];
const corners = [3, 40, 90, 130].flatMap((x) => [17, 77, 150].flatMap((y) => [5, 33].map((z) => [x, y, z])));

async function timed(op, run, reps) {
  for (let i = 0; i < 4; i++) await run(i); // The kernels are compiled, and the worker is there.
  const times = [];
  for (let i = 0; i < reps; i++) {
    const start = performance.now();
    await run(i);
    times.push(performance.now() - start);
  }
  console.log(JSON.stringify({ op, ms: median(times) }));
}

for (const name of ["raw", "cseg", "jpeg", "sharded"]) {
  const vol = await CloudVolume.open(`file://${folder}/${name}`);
  await timed(`${name} read`, async () => (await vol.download()).release(), 3);
  if (name === "sharded") continue;
  const cut = async (i) => {
    const box = corners[i % corners.length].map((at) => [at, at + 64]);
    (await vol.download(box)).release();
  };
  await timed(`${name} cutout`, cut, 24);
}
process.exit(0);
