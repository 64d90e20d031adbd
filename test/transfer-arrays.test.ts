/** Transfers between formats: Precomputed, Zarr 2, Zarr 3, both with shards too, N5. Every voxel, resolution and offset stays. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Bbox } from "../src/base/bbox.js";
import { ArgumentError } from "../src/base/errors.js";
import type { StridedArray } from "../src/base/strided.js";
import { CloudVolume, type TransferOptions } from "../src/node.js";
import { randomArray, seeded } from "./support/random.js";
import { scratchDirectory } from "./support/scratch.js";
import { boxOf, difference } from "./support/voxels.js";

const dir = scratchDirectory();
let names = 0;
const fresh = (format: string): string => `${format}://file://${dir}/${++names}`;
/** The same in memory, where nothing waits for a disk. */
const inMemory = (format: string): string => `${format}://mem://transfer-arrays/${++names}`;
const folderOf = ({ cloudpath }: CloudVolume): string =>
  cloudpath.slice(cloudpath.indexOf("file://") + "file://".length);
const random = seeded(3);

const FORMATS = {
  precomputed: {},
  "precomputed, in shards": { sharded: true },
  zarr2: { array: { compressor: "zstd", separator: "/" } },
  zarr3: { array: { compressor: "gzip", checksum: true } },
  "zarr3, in shards": { array: { shardSize: [32, 32, 24] } },
  n5: {},
} satisfies Record<string, TransferOptions>;
type Format = keyof typeof FORMATS;
const ALL = Object.keys(FORMATS) as Format[];
const schemeOf = (format: Format): string => format.split(",")[0]!;

const KINDS = {
  "uint64 labels": { dataType: "uint64", numChannels: 1, layerType: "segmentation" },
  "uint8 image of three channels": { dataType: "uint8", numChannels: 3, layerType: "image" },
  "float32 image of two channels": { dataType: "float32", numChannels: 2, layerType: "image" },
} as const;

/** Two levels with a resolution, an offset and chunks that the end cuts. */
const LEVELS = [
  { size: [53, 37, 29], offset: [5, 5, 5] },
  { size: [27, 19, 15], offset: [2, 2, 2] },
] as const;

async function made({ dataType, numChannels, layerType }: (typeof KINDS)[keyof typeof KINDS]): Promise<{
  vol: CloudVolume;
  truths: StridedArray[];
}> {
  const vol = await CloudVolume.create(fresh("precomputed"), {
    info: {
      ...{ dataType, numChannels, layerType, encoding: "raw", resolution: [3.5, 4, 40], maxMip: 1 },
      ...{ voxelOffset: LEVELS[0].offset, volumeSize: LEVELS[0].size, chunkSize: [16, 16, 12] },
      factor: [2, 2, 2],
    },
  });
  const truths: StridedArray[] = [];
  for (const [mip, { size }] of LEVELS.entries()) {
    const voxels = randomArray(random, [...size, numChannels], dataType, "labels");
    truths.push(voxels);
    await vol.upload("...", voxels, { mip });
  }
  return { vol, truths };
}

async function levelsTo(vol: CloudVolume, path: string, options: TransferOptions): Promise<CloudVolume> {
  for (const mip of LEVELS.keys()) await vol.transferTo(path, { ...options, mip });
  return await CloudVolume.open(path);
}

async function check(vol: CloudVolume, truths: readonly StridedArray[]): Promise<void> {
  expect(vol.scales.length).toBe(2);
  for (const [mip, truth] of truths.entries()) {
    const { resolution, voxel_offset: offset, size } = vol.scales[mip]!;
    const factor = 2 ** mip;
    expect([...resolution]).toEqual([3.5 * factor, 4 * factor, 40 * factor]);
    expect([...(offset ?? [0, 0, 0])]).toEqual([...LEVELS[mip as 0].offset]);
    expect([...size]).toEqual([...LEVELS[mip as 0].size]);
    expect(difference(await vol.download("...", { mip }), truth)).toBe("same");
  }
}

describe.each(Object.entries(KINDS))("%s", (_, kind) => {
  const sources = new Map<Format, CloudVolume>();
  let truths: StridedArray[];
  beforeAll(async () => {
    const first = await made(kind);
    truths = first.truths;
    for (const format of ALL)
      sources.set(format, await levelsTo(first.vol, inMemory(schemeOf(format)), FORMATS[format]));
  });

  for (const [i, from] of ALL.entries()) {
    // Every pair for one kind of voxels, each format once for the others.
    const targets = kind.numChannels === 3 ? ALL : [ALL[(i + 1 + ALL.length / 2) % ALL.length]!];
    test(`from ${from} to ${targets.length > 1 ? "every format" : targets[0]}`, async () => {
      const source = sources.get(from)!;
      await check(source, truths);
      for (const to of targets)
        await check(await levelsTo(source, inMemory(schemeOf(to)), FORMATS[to]), truths);
    });
  }

  test("stored as wished", async () => {
    const kinds = ALL.map((format) => {
      const vol = sources.get(format)!;
      return [vol.format, vol.scales[0]!.encoding, vol.scales[0]!.key];
    });
    expect(kinds).toEqual([
      ["precomputed", "raw", "3.5_4.0_40.0"],
      ["precomputed", "raw", "3.5_4.0_40.0"],
      ["zarr2", "zstd", "0"],
      ["zarr3", "gzip", "0"],
      ["zarr3", "blosc", "0"],
      ["n5", "gzip", "s0"],
    ]);
  });
});

describe("test_zarr.py", () => {
  let labels: { vol: CloudVolume; truths: StridedArray[] };
  let zarr3: CloudVolume;
  beforeAll(async () => {
    labels = await made(KINDS["uint64 labels"]);
    zarr3 = await levelsTo(labels.vol, fresh("zarr3"), {});
  });
  const small = async (array: object, compressed = "raw"): Promise<[CloudVolume, StridedArray]> => {
    const voxels = randomArray(random, [40, 21, 13, 1], "uint32", "labels");
    const vol = await CloudVolume.create(fresh("zarr3"), {
      info: {
        ...{ dataType: "uint32", numChannels: 1, layerType: "segmentation", encoding: compressed },
        ...{
          resolution: [4, 4, 40],
          voxelOffset: [0, 0, 0],
          volumeSize: [40, 21, 13],
          chunkSize: [16, 16, 8],
        },
      },
      array,
    });
    await vol.upload("...", voxels);
    return [await CloudVolume.open(vol.cloudpath), voxels];
  };

  test("transfer from Zarr 3 to Precomputed", async () => {
    const copy = await levelsTo(zarr3, fresh("precomputed"), {});
    await check(copy, labels.truths);
    expect(copy.encoding).toBe("raw");
    const packed = await zarr3.transferTo(fresh("precomputed"), { encoding: "compressed_segmentation" });
    expect(difference(await packed.download(), labels.truths[0]!)).toBe("same");
  });

  test("from Precomputed with an offset of 5, 5, 5 and ragged edges to Zarr 3", async () => {
    await check(zarr3, labels.truths);
    expect([...zarr3.voxelOffset]).toEqual([5, 5, 5]);
  });

  test("C and F order hold the same voxels", async () => {
    for (const order of ["C", "F"] as const) {
      const [vol, truth] = await small({ order });
      expect(difference(await vol.download(), truth)).toBe("same");
    }
  });

  test("crc32c, blosc, and the download of one label", async () => {
    const [vol, truth] = await small({ compressor: { name: "blosc", cname: "zstd" }, checksum: true });
    expect(difference(await vol.download(), truth)).toBe("same");
    const label = truth.data[0]!;
    const mask = await vol.download("...", { label });
    expect([...mask.data].map(Number)).toEqual(
      Array.from(truth.data as Uint32Array, (v) => Number(v === label)),
    );
    const file = join(folderOf(vol), "0/c/0/0/0");
    const bytes = readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(file, bytes);
    await expect(vol.download()).rejects.toThrow("crc32c");
  });

  test("exists tells the chunks, which lie in c/z/y/x", async () => {
    const [vol] = await small({});
    expect(readdirSync(join(folderOf(vol), "0/c"))).toEqual(["0", "1"]);
    expect(readFileSync(join(folderOf(vol), "0/c/1/1/2")).length).toBeGreaterThan(0);
    const found = await vol.exists("...");
    expect(found.size).toBe(3 * 2 * 2);
    expect([...found.values()].every((there) => there)).toBe(true);
  });

  test("deletes some chunks, and all", async () => {
    const [vol, truth] = await small({ fillValue: 7 });
    await vol.delete(new Bbox([0, 0, 0], [16, 16, 8]));
    expect([...(await vol.exists("...")).values()].filter((there) => !there).length).toBe(1);
    const rest = await vol.download(new Bbox([16, 0, 0], [40, 21, 13]));
    expect(difference(rest, boxOf(truth, [16, 0, 0, 0], [24, 21, 13, 1]))).toBe("same");
    expect(new Set((await vol.download(new Bbox([0, 0, 0], [16, 16, 8]))).data as Uint32Array)).toEqual(
      new Set([7]),
    );
    await vol.delete("...");
    expect([...(await vol.exists("...")).values()].some((there) => there)).toBe(false);
  });

  test("metadata with other chunks", async () => {
    const [vol, truth] = await small({ order: "F" });
    vol.info.scales[0]!.chunk_sizes = [[10, 7, 13]];
    await vol.commitInfo();
    const json = JSON.parse(readFileSync(join(folderOf(vol), "0/zarr.json"), "utf8"));
    expect(json.chunk_grid.configuration.chunk_shape).toEqual([13, 7, 10]);
    await vol.upload("...", truth);
    const again = await CloudVolume.open(vol.cloudpath);
    expect([...again.chunkSize]).toEqual([10, 7, 13]);
    expect(difference(await again.download(), truth)).toBe("same");
  });
});

describe("wishes", () => {
  let vol: CloudVolume;
  let truth: StridedArray;
  beforeAll(async () => {
    const { vol: made_, truths } = await made(KINDS["uint64 labels"]);
    vol = made_;
    truth = truths[0]!;
  });

  test("a compression is the compressor of an array", async () => {
    const gzip = await vol.transferTo(fresh("zarr2"), { compress: "gzip" });
    const none = await vol.transferTo(fresh("zarr2"), { compress: false });
    expect([gzip.encoding, none.encoding]).toEqual(["gzip", "raw"]);
    expect(difference(await none.download(), truth)).toBe("same");
  });

  test("sharded: true makes shards of 8 chunks a side", async () => {
    const copy = await vol.transferTo(fresh("zarr3"), { sharded: true, chunkSize: [8, 8, 8] });
    const json = JSON.parse(readFileSync(join(folderOf(copy), "0/zarr.json"), "utf8"));
    expect(json.chunk_grid.configuration.chunk_shape).toEqual([64, 64, 64]);
    const again = await CloudVolume.open(copy.cloudpath);
    expect(difference(await again.download(), truth)).toBe("same");
  });

  test("what a format has not is refused", async () => {
    await expect(vol.transferTo(fresh("zarr2"), { sharded: true })).rejects.toThrow(ArgumentError);
    await expect(vol.transferTo(fresh("n5"), { encoding: "crackle" })).rejects.toThrow(ArgumentError);
    await expect(vol.transferTo(fresh("precomputed"), { array: { compressor: "zstd" } })).rejects.toThrow(
      ArgumentError,
    );
  });

  test("chunks that are not stored keep their value", async () => {
    const source = await vol.transferTo(fresh("zarr3"), {
      array: { fillValue: 2n ** 63n + 1n },
      bbox: new Bbox([5, 5, 5], [21, 13, 17]),
    });
    for (const format of ["zarr2", "n5", "precomputed"]) {
      const copy = await source.transferTo(fresh(format));
      expect(difference(await copy.download(), await source.download())).toBe("same");
    }
  });

  test("a level into a group that lacks it", async () => {
    const path = fresh("zarr3");
    await CloudVolume.create(path, {
      info: {
        ...{ dataType: "uint64", numChannels: 1, layerType: "segmentation", encoding: "raw" },
        ...{
          resolution: [7, 8, 80],
          voxelOffset: [2, 2, 2],
          volumeSize: [27, 19, 15],
          chunkSize: [16, 16, 8],
        },
      },
    });
    const copy = await vol.transferTo(path);
    expect(copy.scales.map(({ key }) => key)).toEqual(["0", "1"]);
    const again = await CloudVolume.open(path, { mip: [3.5, 4, 40] });
    expect(difference(await again.download(), truth)).toBe("same");
  });
});
