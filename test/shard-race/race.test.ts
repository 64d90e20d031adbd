/**
 * Processes that change distinct chunks of one shard lose none, and a reader beside them never sees a mix of two versions.
 * The long version is scripts/shard-race.mjs.
 */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { CloudVolume } from "../../src/node.js";
import { seeded } from "../support/random.js";
import { scratchDirectory } from "../support/scratch.js";
import { boxOfChunk, valueOfChunk } from "./chunks.mjs";

const PROCESSES = Number(process.env.CLOUDVOLUME_RACERS ?? 4);
const UPDATES = Number(process.env.CLOUDVOLUME_UPDATES ?? 50);
const CHUNK = 4;

test(`${PROCESSES} processes of ${UPDATES} updates of one shard`, {
  timeout: 60_000 + PROCESSES * UPDATES * 200,
}, async () => {
  const total = PROCESSES * UPDATES;
  const path = join(scratchDirectory(), "layer");
  const vol = await CloudVolume.create(`file://${path}`, {
    info: {
      ...{ numChannels: 1, layerType: "image", dataType: "uint8", encoding: "raw", resolution: [1, 1, 1] },
      ...{ voxelOffset: [0, 0, 0], volumeSize: [20 * CHUNK, 20 * CHUNK, Math.ceil(total / 400) * CHUNK] },
      chunkSize: [CHUNK, CHUNK, CHUNK],
      sharding: {
        "@type": "neuroglancer_uint64_sharded_v1",
        ...{ preshift_bits: 0, hash: "identity", minishard_bits: 3, shard_bits: 0 },
        ...{ minishard_index_encoding: "raw", data_encoding: "raw" },
      },
    },
    fillMissing: true,
    parallel: 1,
  });
  let running = PROCESSES;
  const writers = Array.from({ length: PROCESSES }, (_, p) => {
    const args = ["test/shard-race/update.mjs", inject("build"), path, `${p * UPDATES}`, `${UPDATES}`];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
    return new Promise<number | null>((resolve) => {
      child.once("close", (code) => {
        running--;
        resolve(code);
      });
    });
  });

  const random = seeded(7);
  const sum = { processes: PROCESSES, updates: total, reads: 0, present: 0, absent: 0, wrong: 0 };
  const look = async (i: number, asyncIo: boolean): Promise<void> => {
    const { data } = await vol.download(boxOfChunk(vol, i), { asyncIo });
    const values = new Set(data as Uint8Array);
    const [value] = values;
    sum.reads++;
    if (values.size !== 1 || (value !== 0 && value !== valueOfChunk(i))) sum.wrong++;
    else if (value === 0) sum.absent++;
    else sum.present++;
  };
  while (running > 0) {
    for (let n = 0; n < 20; n++) await look(random.integer(0, total - 1), n % 2 === 0);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(await Promise.all(writers)).toEqual(writers.map(() => 0));
  expect(sum.wrong).toBe(0);
  expect(sum.present).toBeGreaterThan(0);

  let lost = 0;
  for (let i = 0; i < total; i++) {
    const { data } = await vol.download(boxOfChunk(vol, i));
    if (!(data as Uint8Array).every((v) => v === valueOfChunk(i))) lost++;
  }
  console.log(`race: ${JSON.stringify({ ...sum, lost })}`);
  expect(lost).toBe(0);
  expect(readdirSync(join(path, vol.key))).toEqual(["0.shard"]);
});
