// The first whole read of a process, ours and CloudVolume's in turn: kernels are compiled, threads started, memory is new.
// usage: PEERS_PYTHON=PYTHON node bench/first-read.mjs ROOT WORKLOAD… [--rounds 5]
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "./measure.mjs";

const args = process.argv.slice(2);
const rounds = args.includes("--rounds") ? Number(args[args.indexOf("--rounds") + 1]) : 5;
const [root, ...workloads] = args.filter((arg, i) => arg !== "--rounds" && args[i - 1] !== "--rounds");
const library = fileURLToPath(new URL("../dist/index.js", import.meta.url));
const { PEERS_PYTHON: python = "python3" } = process.env;

const ours = (path) => [
  process.execPath,
  "--input-type=module",
  "-e",
  `import { CloudVolume } from ${JSON.stringify(library)};
const vol = await CloudVolume.open(${JSON.stringify(path)});
const start = performance.now();
await vol.download();
console.log(performance.now() - start);
process.exit();`,
];
const theirs = (path) => [
  python,
  "-c",
  `import time
from cloudvolume import CloudVolume
vol = CloudVolume(${JSON.stringify(path)}, progress=False)
start = time.perf_counter()
vol[:, :, :]
print((time.perf_counter() - start) * 1e3)`,
];
const milliseconds = ([program, ...rest]) => Number(spawnSync(program, rest, { encoding: "utf8" }).stdout);

const all = JSON.parse(readFileSync(join(root, "workloads.json"), "utf8"));
console.log("| workload | ours (ms) | CloudVolume (ms) | better | range |\n|---|---|---|---|---|");
for (const name of workloads) {
  const path = `file://${resolve(root, all[name].path)}`;
  const pairs = [];
  for (let round = 0; round < rounds; round++) {
    const first = milliseconds(round % 2 === 0 ? ours(path) : theirs(path));
    const second = milliseconds(round % 2 === 0 ? theirs(path) : ours(path));
    pairs.push(round % 2 === 0 ? [first, second] : [second, first]);
  }
  const [mine, peer] = [0, 1].map((side) => median(pairs.map((pair) => pair[side])));
  const each = pairs.map(([a, b]) => b / a);
  const [low, high] = [Math.min(...each), Math.max(...each)].map((n) => n.toFixed(2));
  console.log(
    `| ${name} | ${mine.toFixed(0)} | ${peer.toFixed(0)} | ${(peer / mine).toFixed(2)}x | ${low}-${high} |`,
  );
}
