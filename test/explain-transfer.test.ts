/** A dry run of a transfer tells what the transfer then does, and leaves nothing behind. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CloudVolume, EmptyFileException, OutOfBoundsError } from "../src/node.js";
import { recordRequests } from "../src/stores/record.js";
import { randomArray, seeded } from "./support/random.js";
import { scratchDirectory } from "./support/scratch.js";

const root = scratchDirectory();
const voxels = randomArray(seeded(5), [100, 70, 40, 1], "uint32", "labels");

async function source(name: string): Promise<CloudVolume> {
  return await CloudVolume.fromArray(voxels, {
    path: join(root, name),
    chunkSize: [32, 32, 32],
    resolution: [4, 4, 40],
  });
}

test("chunks that are copied: their files, bytes and requests; nothing is made", async () => {
  const vol = await source("a");
  const to = join(root, "copy");
  const told = await vol.explainTransfer(to);
  expect(told).toMatchObject({ operation: "transfer", how: "copied", chunks: 24, shards: 0, missing: 0 });
  expect(told.items.filter(({ action }) => action === "read").length).toBe(24);
  expect(existsSync(to)).toBe(false);
  const copy = await vol.transferTo(to);
  const { store, requests } = recordRequests(copy.context.store);
  for (const { chunk, action } of told.items)
    if (action === "write") expect((await store.read(chunk))?.bytes.length, chunk).toBeGreaterThan(0);
  expect(requests.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(told.bytes);
});

test("voxels that are encoded anew, shards, boxes, other formats", async () => {
  const vol = await source("b");
  const sharded = await vol.explainTransfer(join(root, "shards"), { sharded: true });
  expect(sharded).toMatchObject({ how: "copied", shards: 1 });
  const encoded = await vol.explainTransfer(join(root, "cseg"), {
    encoding: "compressed_segmentation",
    bbox: "0:32, 0:32, 0:32",
  });
  expect(encoded).toMatchObject({ how: "from voxels", chunks: 1 });
  const zarr = await vol.explainTransfer(`zarr3://file://${join(root, "z.zarr")}`);
  expect(zarr).toMatchObject({ how: "from voxels", chunks: 24 });
  for (const name of ["shards", "cseg", "z.zarr"]) expect(existsSync(join(root, name))).toBe(false);
});

test("missing chunks are counted; what the transfer refuses, it refuses", async () => {
  const vol = await source("c");
  await vol.delete("0:32, 0:32, 0:32");
  const to = join(root, "holes");
  expect((await vol.explainTransfer(to)).missing).toBe(1);
  await expect(vol.transferTo(to)).rejects.toThrow(EmptyFileException);
  await expect(vol.explainTransfer(to, { bbox: "0:500, :, :" })).rejects.toThrow(OutOfBoundsError);
});
