/**
 * Transfers keep to a fixed memory, and one that is killed goes on where it was and ends with equal bytes.
 * The long version, of 2 GiB, is scripts/transfer-large.mjs.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, inject, test } from "vitest";
import { CloudVolume } from "../../src/node.js";
import { scratchDirectory } from "../support/scratch.js";

/** Mebibytes of voxels. */
const SIZE = Number(process.env.CLOUDVOLUME_TRANSFER ?? 64);
const isLong = process.env.CLOUDVOLUME_TRANSFER !== undefined;
const LIMIT = 300 * 2 ** 20;
const DEPTH = 64;
const dir = scratchDirectory();
const source = join(dir, "source");

const WAYS = [
  ["copied", {}],
  ["encoded anew", { encoding: "compressed_segmentation" }],
  ["into shards", { sharded: { uncompressedShardBytesize: 64 << 20 } }],
  [
    "encoded anew, into shards",
    { encoding: "compressed_segmentation", sharded: { uncompressedShardBytesize: 128 << 20 } },
  ],
  ["in other chunks", { chunkSize: [128, 128, 16] }],
] as const;

/** Uint32 voxels of 512 x 512 x depth. */
const depth = Math.max(DEPTH, Math.round(SIZE / DEPTH) * DEPTH);

function slab(z: number): Uint32Array {
  const data = new Uint32Array(512 * 512 * DEPTH);
  for (let i = 0; i < data.length; i++) data[i] = ((i >> 3) % 61) * ((i >> 15) % 13) + z;
  return data;
}

beforeAll(async () => {
  mkdirSync(source);
  const vol = await CloudVolume.create(`file://${source}`, {
    info: {
      ...{
        numChannels: 1,
        layerType: "segmentation",
        dataType: "uint32",
        encoding: "raw",
        resolution: [1, 1, 1],
      },
      ...{ voxelOffset: [0, 0, 0], volumeSize: [512, 512, depth], chunkSize: [64, 64, 64] },
    },
    compressLevel: 1,
  });
  for (let z = 0; z < depth; z += DEPTH) await vol.upload(`:, :, ${z}:${z + DEPTH}`, slab(z));
}, 600_000);

interface Ran {
  readonly code: number | null;
  readonly peak: number;
  readonly done: number;
}

/** Runs a transfer; kills it once so much is done. */
async function run(destination: string, options: object, until = Number.POSITIVE_INFINITY): Promise<Ran> {
  const args = ["test/transfer-large/run.mjs", inject("build"), source, destination, JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let peak = 0;
  let done = 0;
  let rest = "";
  child.stdout.on("data", (data) => {
    const lines = (rest + data).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [a, b] = line.split(" ");
      if (a === "peak") peak = Number(b);
      else done = Number(a) / Number(b);
    }
    if (done > until) child.kill("SIGKILL");
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, peak, done };
}

/** The quick version runs those that are most different. */
const ways = isLong ? WAYS : [WAYS[1], WAYS[2]];

test.each(ways)(
  "%s: bounded memory, killed and restarted",
  { timeout: 60_000 + SIZE * 2000 },
  async (name, options) => {
    const destination = join(dir, name.replaceAll(/\W+/g, "-"));
    const killed = await run(destination, options, 0.3);
    const again = await run(destination, options);
    expect(again.code).toBe(0);
    expect(again.peak).toBeLessThan(LIMIT);
    const copy = await CloudVolume.open(`file://${destination}`, { parallel: 2 });
    const [a, b] = [createHash("sha256"), createHash("sha256")];
    for (let z = 0; z < depth; z += DEPTH) {
      using part = await copy.download(`:, :, ${z}:${z + DEPTH}`);
      a.update(part.data as Uint32Array);
      b.update(slab(z));
    }
    expect(a.digest("hex")).toBe(b.digest("hex"));
    const mebibytes = Math.round(again.peak / 2 ** 20);
    console.log(
      `transfer: ${JSON.stringify({ name, voxels: `${depth} MiB`, killedAt: killed.done.toFixed(2), mebibytes })}`,
    );
  },
);
