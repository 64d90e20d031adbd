/** Sharded volumes: written whole and in part, spanning shards, painted, deleted; read by every way. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Bbox } from "../src/base/bbox.js";
import { EmptyVolumeException, SpecViolation } from "../src/base/errors.js";
import type { StridedArray } from "../src/base/strided.js";
import { CloudVolume, type Info, type NewInfoOptions } from "../src/node.js";
import { scratchDirectory } from "./support/scratch.js";
import { boxOf, difference } from "./support/voxels.js";

const dir = scratchDirectory();
const SHARDING = {
  "@type": "neuroglancer_uint64_sharded_v1",
  preshift_bits: 2,
  hash: "identity",
  minishard_bits: 1,
  shard_bits: 3,
  minishard_index_encoding: "gzip",
  data_encoding: "gzip",
};
const SIZE = [50, 41, 19];
const MINE: NewInfoOptions = {
  numChannels: 1,
  layerType: "segmentation",
  dataType: "uint32",
  encoding: "raw",
  resolution: [4, 4, 40],
  voxelOffset: [3, -7, 100],
  volumeSize: SIZE,
  chunkSize: [16, 16, 8],
};

let names = 0;
async function create(
  sharding: object = {},
  options: Partial<NewInfoOptions> = {},
  protocol = "file",
): Promise<CloudVolume> {
  const info: Info = CloudVolume.createNewInfo({ ...MINE, ...options });
  info.scales[0]!.sharding = { ...SHARDING, ...sharding };
  const path = protocol === "file" ? `file://${dir}/${++names}` : `mem://sharded/${++names}`;
  return await CloudVolume.open(path, { info, fillMissing: false, parallel: 2 }).then((v) => v.commitInfo());
}

function voxels(shape: readonly number[] = SIZE, seed = 1): StridedArray {
  const [x = 1, y = 1, z = 1] = shape;
  const data = Uint32Array.from({ length: x * y * z }, (_, i) => Math.floor(i / 7) * seed + 1);
  return { data, shape: [x, y, z, 1], stride: [1, x, x * y, x * y * z] };
}

const shardsOf = (vol: CloudVolume): string[] =>
  readdirSync(join(new URL(vol.cloudpath).pathname, vol.key))
    .filter((f) => !f.startsWith("."))
    .sort();

describe.each([
  { hash: "identity", data_encoding: "gzip" },
  { hash: "identity", data_encoding: "raw", minishard_index_encoding: "raw", preshift_bits: 0 },
  { hash: "murmurhash3_x86_128", data_encoding: "gzip", minishard_index_encoding: "raw" },
  { hash: "identity", preshift_bits: 9, shard_bits: 0, minishard_bits: 0 },
])("$hash, data $data_encoding", (sharding) => {
  test.each(["file", "mem"])(
    "a whole volume in one upload (%s), read inline and by workers",
    async (protocol) => {
      const vol = await create(sharding, {}, protocol);
      const all = voxels();
      await vol.upload("...", all);
      expect(difference(await vol.download(), all)).toBe("same");
      expect(difference(await vol.download("...", { parallel: 1, asyncIo: true }), all)).toBe("same");
      if (protocol === "file") expect(shardsOf(vol).every((f) => f.endsWith(".shard"))).toBe(true);
      const box = vol.bounds.clone();
      expect((await vol.exists(box)).size).toBe(4 * 3 * 3);
      expect([...(await vol.exists(box)).values()].every(Boolean)).toBe(true);
      expect(await vol.hasData()).toBe(true);
    },
  );

  test("boxes one after the other, which share shards, lose nothing", async () => {
    const vol = await create(sharding);
    const all = voxels();
    for (let z = 0; z < 19; z += 8) {
      for (let x = 0; x < 50; x += 32) {
        const to = [Math.min(50, x + 32), 41, Math.min(19, z + 8)];
        const box = new Bbox([3 + x, -7, 100 + z], [3 + to[0]!, -7 + to[1]!, 100 + to[2]!]);
        await vol.upload(box, boxOf(all, [x, 0, z, 0], [to[0]! - x, 41, to[2]! - z, 1]));
      }
    }
    expect(difference(await vol.download(), all)).toBe("same");
  });

  test("boxes at the same time lose nothing", async () => {
    const vol = await create(sharding);
    const all = voxels();
    const one = async (x: number, y: number, z: number): Promise<void> => {
      const to = [Math.min(50, x + 16), Math.min(41, y + 16), Math.min(19, z + 8)];
      const box = new Bbox([3 + x, y - 7, 100 + z], [3 + to[0]!, to[1]! - 7, 100 + to[2]!]);
      await vol.upload(box, boxOf(all, [x, y, z, 0], [to[0]! - x, to[1]! - y, to[2]! - z, 1]));
    };
    const boxes: Promise<void>[] = [];
    for (let z = 0; z < 19; z += 8)
      for (let y = 0; y < 41; y += 16) for (let x = 0; x < 50; x += 16) boxes.push(one(x, y, z));
    await Promise.all(boxes);
    expect(difference(await vol.download(), all)).toBe("same");
  });

  test("boxes that cut chunks are painted", async () => {
    const vol = await create(sharding);
    const all = voxels();
    await vol.upload("...", all);
    vol.nonAlignedWrites = true;
    const box = new Bbox([5, 0, 101], [40, 30, 115]);
    await vol.upload(box, 4_000_000_000);
    const read = await vol.download();
    for (const [x, y, z] of [
      [4, 0, 101],
      [5, 0, 101],
      [39, 29, 114],
      [40, 29, 114],
      [20, 15, 110],
      [52, 33, 118],
    ] as const) {
      const inside = x >= 5 && x < 40 && y >= 0 && y < 30 && z >= 101 && z < 115;
      const was = (all.data as Uint32Array)[x - 3 + 50 * (y + 7 + 41 * (z - 100))];
      expect(read.get(x - 3, y + 7, z - 100), `${x},${y},${z}`).toBe(inside ? 4_000_000_000 : was);
    }
  });

  test("chunks are deleted, and files that hold nothing more", async () => {
    const vol = await create(sharding);
    await vol.upload("...", voxels());
    await vol.delete(new Bbox([3, -7, 100], [19, 9, 108]));
    await expect(vol.download()).rejects.toThrow(EmptyVolumeException);
    const exists = [...(await vol.exists()).values()];
    expect(exists.filter((there) => !there).length).toBe(1);
    await vol.delete("...");
    expect(shardsOf(vol)).toEqual([]);
    expect(await vol.hasData()).toBe(false);
    await vol.delete("...");
  });
});

test("a sharding that is none is refused when it is needed", async () => {
  const vol = await create({ preshift_bits: 64 });
  await expect(vol.download()).rejects.toThrow(SpecViolation);
  await expect(vol.upload("...", voxels())).rejects.toThrow(SpecViolation);
});

describe("test_sharding.py::test_write_image_shard", () => {
  test("background is written, or left out by deleteBlackUploads", async () => {
    for (const background of [0, 5]) {
      const vol = await create();
      vol.deleteBlackUploads = true;
      vol.backgroundColor = background;
      await vol.upload("...", background);
      expect(shardsOf(vol)).toEqual([]);
      await expect(vol.download()).rejects.toThrow(EmptyVolumeException);
      vol.fillMissing = true;
      expect(new Set((await vol.download()).data as Uint32Array)).toEqual(new Set([background]));
      const all = voxels();
      (all.data as Uint32Array).fill(background, 0, (all.data.length * 2) / 3);
      await vol.upload("...", all);
      expect(difference(await vol.download(), all)).toBe("same");
      const missing = [...(await vol.exists()).values()].filter((there) => !there).length;
      expect(missing).toBeGreaterThan(0);
      await vol.upload("...", background);
      expect(shardsOf(vol)).toEqual([]);
    }
  });

  test("whatever compress says, the file is not compressed as a whole", async () => {
    const vol = await create();
    vol.compress = "gzip";
    await vol.upload("...", voxels());
    expect(shardsOf(vol).every((f) => /^[0-9a-f]\.shard$/.test(f))).toBe(true);
    expect(difference(await vol.download(), voxels())).toBe("same");
  });
});

describe("other encodings and types", () => {
  test.each([
    ["compressed_segmentation", "uint32"],
    ["crackle", "uint32"],
    ["compresso", "uint32"],
    ["png", "uint16"],
    ["raw", "uint16"],
  ] as const)("%s of %s", async (encoding, dataType) => {
    const vol = await create(
      {},
      { encoding, dataType, layerType: dataType === "uint16" ? "image" : "segmentation" },
    );
    const all = voxels();
    const data =
      dataType === "uint16" ? Uint16Array.from(all.data as Uint32Array) : (all.data as Uint32Array);
    await vol.upload("...", { ...all, data });
    expect(difference(await vol.download(), { ...all, data })).toBe("same");
  });
});

describe("a large volume", () => {
  let vol: CloudVolume;
  const size = [256, 256, 64];
  beforeAll(async () => {
    vol = await create({ preshift_bits: 3, shard_bits: 6 }, { volumeSize: size, chunkSize: [32, 32, 16] });
  });

  test("is encoded by workers, and reports progress", async () => {
    const seen: number[] = [];
    await vol.upload("...", voxels(size), { progress: ({ done, total }) => void seen.push(done / total) });
    expect(seen.at(-1)).toBe(1);
    expect(seen.length).toBe(8 * 8 * 4);
    using read = await vol.download();
    expect(difference(read, voxels(size))).toBe("same");
    expect(shardsOf(vol).length).toBe(16);
  });
});
