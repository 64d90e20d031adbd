/** Transfers by every way: copies, other compression, encodings, chunks, into and out of shards, boxes, and after a kill. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Bbox } from "../src/base/bbox.js";
import { AbortError, ArgumentError, MissingError } from "../src/base/errors.js";
import type { StridedArray } from "../src/base/strided.js";
import { CloudVolume, type NewInfoOptions } from "../src/node.js";
import { scratchDirectory } from "./support/scratch.js";
import { boxOf, difference } from "./support/voxels.js";

const dir = scratchDirectory();
const SIZE = [70, 41, 19] as const;
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
const fresh = (): string => `file://${dir}/${++names}`;
const folderOf = (vol: CloudVolume): string => join(new URL(vol.cloudpath).pathname, vol.key);
const filesOf = (vol: CloudVolume): string[] => readdirSync(folderOf(vol)).sort();

function voxels([x, y, z]: readonly [number, number, number] = SIZE): StridedArray {
  const data = Uint32Array.from({ length: x * y * z }, (_, i) => Math.floor(i / 5) % 97);
  return { data, shape: [x, y, z, 1], stride: [1, x, x * y, x * y * z] };
}

async function made(options: Partial<NewInfoOptions> = {}): Promise<CloudVolume> {
  const vol = await CloudVolume.create(fresh(), { info: { ...MINE, ...options }, parallel: 2 });
  await vol.upload("...", voxels());
  return vol;
}

const SHARDS = {
  "@type": "neuroglancer_uint64_sharded_v1",
  ...{ preshift_bits: 2, hash: "identity", minishard_bits: 1, shard_bits: 4 },
  ...{ minishard_index_encoding: "gzip", data_encoding: "gzip" },
};
const MURMUR = { ...SHARDS, hash: "murmurhash3_x86_128", data_encoding: "raw" };

describe("test_cloudvolume.py::test_transfer", () => {
  let plain: CloudVolume;
  beforeAll(async () => {
    plain = await made();
    plain.provenance.description = "of the source";
  });

  test("makes info and provenance, and copies files byte for byte", async () => {
    const copy = await plain.transferTo(fresh());
    expect(filesOf(copy)).toEqual(filesOf(plain));
    for (const file of filesOf(copy))
      expect(readFileSync(join(folderOf(copy), file)).equals(readFileSync(join(folderOf(plain), file)))).toBe(
        true,
      );
    expect((await copy.refreshProvenance()).description).toBe("of the source");
    expect(copy.info).toEqual(plain.info);
    expect(readdirSync(new URL(copy.cloudpath).pathname).sort()).toEqual(["4_4_40", "info", "provenance"]);
  });

  test("keeps an info that is there", async () => {
    const path = fresh();
    const there = await CloudVolume.create(path, { info: MINE });
    there.info.custom = "mine";
    await there.commitInfo();
    const copy = await plain.transferTo(path);
    expect((await copy.refreshInfo()).custom).toBe("mine");
    expect(difference(await copy.download(), voxels())).toBe("same");
  });

  test.each([
    ["none", ""],
    ["gzip", ".gz"],
    ["br", ".br"],
    [false, ""],
    [true, ".gz"],
  ] as const)("compress %s", async (compress, suffix) => {
    const copy = await plain.transferTo(fresh(), { compress });
    expect(filesOf(copy).every((f) => f.endsWith(`${"19"}${suffix}`) || f.includes(suffix))).toBe(true);
    expect(filesOf(copy)[0]).toMatch(new RegExp(`\\d${suffix.replace(".", "\\.")}$`));
    expect(difference(await copy.download(), voxels())).toBe("same");
  });

  test.each(["compressed_segmentation", "crackle", "compresso", "raw"])("encoding %s", async (encoding) => {
    const copy = await plain.transferTo(fresh(), { encoding });
    expect(copy.encoding).toBe(encoding);
    expect((await copy.refreshInfo()).scales[0]?.encoding).toBe(encoding);
    expect(difference(await copy.download(), voxels())).toBe("same");
  });

  test("other chunks", async () => {
    const copy = await plain.transferTo(fresh(), { chunkSize: [20, 10, 19] });
    expect([...copy.chunkSize]).toEqual([20, 10, 19]);
    expect(difference(await copy.download(), voxels())).toBe("same");
  });

  test("a box of whole chunks, and one that cuts them", async () => {
    const aligned = await plain.transferTo(fresh(), { bbox: new Bbox([19, 9, 108], [35, 34, 116]) });
    expect(filesOf(aligned).length).toBe(2);
    const cut = await plain.transferTo(fresh(), { bbox: new Bbox([20, 10, 109], [22, 12, 112]) });
    expect(filesOf(cut)).toEqual(["19-35_9-25_108-116.gz"]);
    const box = new Bbox([19, 9, 108], [35, 25, 116]);
    expect(difference(await cut.download(box), boxOf(voxels(), [16, 16, 8, 0], [16, 16, 8, 1]))).toBe("same");
  });

  test("a destination with another grid", async () => {
    const path = fresh();
    await CloudVolume.create(path, {
      info: { ...MINE, voxelOffset: [0, -10, 98], volumeSize: [80, 50, 30] },
    });
    const copy = await plain.transferTo(path, {
      fillMissing: true,
      bbox: new Bbox([10, 0, 101], [60, 30, 110]),
    });
    const some = new Bbox([10, 0, 101], [60, 30, 110]);
    expect(difference(await copy.download(some), await plain.download(some))).toBe("same");
  });

  test("missing chunks are an error, or left out", async () => {
    const holey = await made();
    await holey.delete(new Bbox([3, -7, 100], [19, 9, 108]));
    for (const options of [{}, { sharded: true }, { encoding: "compressed_segmentation" }]) {
      await expect(holey.transferTo(fresh(), options)).rejects.toThrow(MissingError);
      const copy = await holey.transferTo(fresh(), { ...options, fillMissing: true });
      copy.fillMissing = holey.fillMissing = true;
      expect(difference(await copy.download(), await holey.download())).toBe("same");
      holey.fillMissing = false;
    }
  });

  test("other voxels are refused", async () => {
    const path = fresh();
    await CloudVolume.create(path, { info: { ...MINE, dataType: "uint64" } });
    await expect(plain.transferTo(path)).rejects.toThrow(ArgumentError);
  });

  test("another format", async () => {
    const copy = await plain.transferTo(`zarr2://${fresh()}`);
    expect(difference(await copy.download(), voxels())).toBe("same");
  });

  test("a level that the destination lacks", async () => {
    const two = await made({ maxMip: 1 });
    await two.upload("...", 5, { mip: 1 });
    const path = fresh();
    await two.transferTo(path);
    const copy = await two.transferTo(path, { mip: 1 });
    expect(copy.mip).toBe(1);
    expect(new Set((await copy.download()).data as Uint32Array)).toEqual(new Set([5]));
  });
});

describe("shards", () => {
  const ways = [
    ["from files", { sharding: false }],
    ["from shards", { sharding: SHARDS }],
    ["from hashed shards", { sharding: MURMUR }],
  ] as const;
  const into = [
    ["files", { sharded: false }],
    ["the same kind", {}],
    ["recommended shards", { sharded: true }],
    ["shards", { sharded: SHARDS }],
    ["hashed shards", { sharded: MURMUR }],
    ["gzipped", { compress: "gzip" }],
    ["not compressed", { compress: false }],
    ["another encoding", { encoding: "compressed_segmentation" }],
    ["another encoding, in shards", { encoding: "crackle", sharded: SHARDS }],
    ["other chunks, in shards", { chunkSize: [32, 8, 8], sharded: true }],
  ] as const;
  for (const [name, source] of ways) {
    test.each(into)(`${name} into %s`, async (_, options) => {
      const vol = await made(source);
      const copy = await vol.transferTo(fresh(), options);
      expect(difference(await copy.download(), voxels())).toBe("same");
      const reopened = await CloudVolume.open(copy.cloudpath);
      expect(difference(await reopened.download("...", { parallel: 1 }), voxels())).toBe("same");
      const isSharded = copy.isSharded();
      expect(filesOf(copy).every((f) => f.endsWith(".shard") === isSharded)).toBe(true);
    });
  }

  test("shard files are copied as they are", async () => {
    const vol = await made({ sharding: SHARDS });
    const copy = await vol.transferTo(fresh());
    for (const file of filesOf(vol))
      expect(readFileSync(join(folderOf(copy), file)).equals(readFileSync(join(folderOf(vol), file)))).toBe(
        true,
      );
  });

  test("a box keeps what else the destination's shards hold", async () => {
    const vol = await made({ sharding: SHARDS });
    const path = fresh();
    await vol.transferTo(path, { bbox: new Bbox([3, -7, 100], [19, 9, 108]) });
    const copy = await vol.transferTo(path, { bbox: new Bbox([19, -7, 100], [35, 9, 108]) });
    const box = new Bbox([3, -7, 100], [35, 9, 108]);
    expect(difference(await copy.download(box), await vol.download(box))).toBe("same");
  });
});

describe("interrupted", () => {
  test.each([
    ["a copy", {}],
    ["voxels", { encoding: "compressed_segmentation" }],
    ["shards", { sharded: SHARDS }],
  ])("%s goes on where it was", async (_, options) => {
    const vol = await CloudVolume.create(fresh(), {
      info: { ...MINE, voxelOffset: [0, 0, 0], volumeSize: [128, 128, 64], chunkSize: [8, 8, 8] },
    });
    const all = voxels([128, 128, 64]);
    await vol.upload("...", all);
    const path = fresh();
    const controller = new AbortController();
    const stop = ({ done, total }: { done: number; total: number }): void => {
      if (done > total / 3) controller.abort();
    };
    const first = vol.transferTo(path, { ...options, signal: controller.signal, progress: stop });
    await expect(first).rejects.toThrow(AbortError);
    const folder = new URL(path).pathname;
    const written = (): Map<string, number> =>
      new Map(
        readdirSync(join(folder, "4_4_40")).map((f) => [f, statSync(join(folder, "4_4_40", f)).mtimeMs]),
      );
    const before = written();
    const isJournal = (f: string): boolean => f.startsWith(".transfer-");
    expect(readdirSync(folder).filter(isJournal).length).toBe(1);
    const seen: number[] = [];
    const copy = await vol.transferTo(path, {
      ...options,
      progress: ({ done, total }) => void seen.push(done / total),
    });
    expect(seen.at(-1)).toBe(1);
    expect(difference(await copy.download(), all)).toBe("same");
    expect(readdirSync(folder).filter(isJournal)).toEqual([]);
    const after = written();
    const kept = [...before].filter(([file, time]) => after.get(file) === time).length;
    if (before.size > 4) expect(kept).toBeGreaterThan(0);
  });
});
