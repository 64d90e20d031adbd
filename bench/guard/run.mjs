// A small benchmark beside CloudVolume that fails if a ratio has become less than half of what was recorded (ratios.json):
// both sides run in turn on the same machine, so that its speed and load do not count.
// usage: node bench/guard/run.mjs [--record]     CLOUDVOLUME_PYTHON: a Python with CloudVolume; default: that of scripts/originals.sh
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "../measure.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const recorded = join(here, "ratios.json");
const python = process.env.CLOUDVOLUME_PYTHON ?? resolve(here, "../../.cache/originals/bin/python");
if (!existsSync(python)) {
  console.log("left out: no Python with CloudVolume (run scripts/originals.sh)");
  process.exit(0);
}
const ROUNDS = 3;
const ATTEMPTS = 3;
const SIZE = [256, 256, 128];

async function makeLayers(folder) {
  const { CloudVolume } = await import("../../dist/index.js");
  const [nx, ny, nz] = SIZE;
  const count = nx * ny * nz;
  const label = (i) => {
    const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / nx / ny)];
    return Math.floor((x + 9 * Math.sin(y / 17)) / 23) + 100 * Math.floor((y + 7 * Math.cos(z / 9)) / 31) + 9;
  };
  const labels = BigUint64Array.from({ length: count }, (_, i) => 720575940600000000n + BigInt(label(i)));
  const gray = Uint8Array.from(
    labels,
    (_, i) => 90 + (label(i) % 60) + ((Math.imul(i, 2654435761) >>> 28) & 15),
  );
  const stride = [1, nx, nx * ny, count];
  const base = {
    numChannels: 1,
    resolution: [8, 8, 40],
    volumeSize: SIZE,
    chunkSize: [64, 64, 64],
    voxelOffset: [0, 0, 0],
  };
  const make = async (name, data, info, compress) => {
    const vol = await CloudVolume.create(`file://${join(folder, name)}`, {
      info: { ...base, ...info },
      compress,
    });
    await vol.upload("...", { data, shape: [...SIZE, 1], stride });
    return vol;
  };
  const segmentation = { layerType: "segmentation", dataType: "uint64" };
  const raw = await make("raw", labels, { ...segmentation, encoding: "raw" });
  await make("cseg", labels, { ...segmentation, encoding: "compressed_segmentation" });
  await make("jpeg", gray, { layerType: "image", dataType: "uint8", encoding: "jpeg" });
  await raw.transferTo(`file://${join(folder, "sharded")}`, { sharded: true });
}

function measure(command, args) {
  const { stdout, status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
  return new Map(
    stdout
      .trim()
      .split("\n")
      .map((line) => [JSON.parse(line).op, JSON.parse(line).ms]),
  );
}

/** How many times faster than CloudVolume, by operation: the median of the rounds. */
function ratios(folder) {
  const rounds = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    const sides = [
      () => measure(process.execPath, [join(here, "ours.mjs"), folder]),
      () => measure(python, [join(here, "peer.py"), folder]),
    ];
    const [ours, theirs] = round % 2 === 0 ? [sides[0](), sides[1]()] : [sides[1](), sides[0]()].reverse();
    for (const [op, ms] of ours) rounds.set(op, [...(rounds.get(op) ?? []), theirs.get(op) / ms]);
  }
  return new Map([...rounds].map(([op, values]) => [op, median(values)]));
}

const folder = mkdtempSync(join(tmpdir(), "guard-"));
try {
  await makeLayers(folder);
  let found = ratios(folder);
  if (process.argv.includes("--record")) {
    const rounded = [...found].map(([op, ratio]) => [op, Number(ratio.toPrecision(3))]);
    writeFileSync(recorded, `${JSON.stringify(Object.fromEntries(rounded), undefined, 2)}\n`);
  }
  const wanted = Object.entries(JSON.parse(readFileSync(recorded, "utf8")));
  const slow = () => wanted.filter(([op, ratio]) => !((found.get(op) ?? 0) >= ratio / 2));
  // A loaded machine can halve a ratio once, a slower library does it each time: the best of some attempts counts.
  for (let attempt = 1; attempt < ATTEMPTS && slow().length > 0; attempt++) {
    const again = ratios(folder);
    found = new Map([...again].map(([op, ratio]) => [op, Math.max(ratio, found.get(op) ?? 0)]));
  }
  for (const [op, ratio] of wanted)
    console.log(`${op}: ${found.get(op)?.toFixed(2)} times CloudVolume's speed (recorded ${ratio})`);
  for (const [op, ratio] of slow())
    console.log(
      `FAILED: ${op} is ${found.get(op)?.toFixed(2)} times CloudVolume's speed; at least ${ratio / 2} is wanted`,
    );
  process.exitCode = slow().length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
