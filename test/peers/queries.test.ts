/** Labels, points, files and shared memory: CloudVolume gives the same answers of the same layers. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Bbox, CloudVolume, type Voxel } from "../../src/node.js";
import { type GoldenEntry, goldenEntries, goldenPath } from "../support/golden.js";
import { leaveOut } from "../support/left-out.js";
import { makeLayer } from "../support/make-layer.js";
import { haveOriginals, startJudge } from "../support/originals.js";
import { type Random, randomArray, seeded } from "../support/random.js";
import { scratchDirectory } from "../support/scratch.js";
import { difference } from "../support/voxels.js";

const run = haveOriginals("labels and points beside CloudVolume");
const judge = startJudge("test/peers/queries_judge.py");

/** Layers of whole numbers with one channel, which CloudVolume reads right. */
const LABELS = ["raw", "compressed_segmentation", "compresso", "crackle", "png"];
const golden = goldenEntries(["image", "image-sharded"], "labels and points of the golden layers").filter(
  (e) => LABELS.includes(e.encoding) && isPlain(e),
);

function isPlain({
  dtype,
  mips,
  lossless,
  encoding,
  ...e
}: GoldenEntry & { cloudvolume_reads?: unknown }): boolean {
  const shape = mips[0]?.truth.shape ?? [];
  const big = shape.reduce((n, s) => n * s, 1) > 2_000_000;
  return !(
    dtype.startsWith("float") ||
    dtype === "bool" ||
    (encoding === "png" && dtype !== "uint8") ||
    (shape[3] ?? 1) !== 1 ||
    lossless === false ||
    big ||
    mips[0]?.box_with_data !== undefined ||
    (mips[0]?.removed_files ?? []).length > 0 ||
    e.fill_missing === true ||
    (e.background_color ?? 0) !== 0 ||
    e.cloudvolume_reads !== undefined
  );
}

interface Layer {
  readonly name: string;
  readonly path: string;
}
const layers: readonly Layer[] = golden.map((e) => ({ name: e.path, path: goldenPath(e.path) }));

function boxWithin({ bounds }: CloudVolume, random: Random): Bbox {
  const low = [0, 1, 2].map((a) => random.integer(bounds.minpt[a]!, bounds.maxpt[a]! - 1));
  return new Bbox(
    low,
    low.map((v, a) => random.integer(v + 1, bounds.maxpt[a]!)),
  );
}

const decimal = (values: Iterable<Voxel>): string[] => Array.from(values, String);

/** All questions about one layer. */
async function compare(layer: Layer, seed: number): Promise<void> {
  const random = seeded(seed);
  const { path } = layer;
  const vol = await CloudVolume.open(path);
  for (const at of [vol.bounds, boxWithin(vol, random)]) {
    const question = { path, box: at.toList() };
    const labels = decimal((await vol.unique(at)) as Iterable<Voxel>);
    expect(labels).toEqual(await judge.ask<string[]>("unique", question));
    const some = labels.filter((_, i) => i % Math.ceil(labels.length / 3) === 0);
    for (const label of [some[0]!, "77"]) {
      const mask = await vol.download(at, { label: BigInt(label) });
      expect(await judge.ask("label", { ...question, label, array: judge.npy(mask) })).toBe("same");
    }
    for (const preserveZeros of [false, true]) {
      const masked = await vol.download(at, { segids: some.map(BigInt), preserveZeros });
      const asked = { ...question, segids: some, preserve_zeros: preserveZeros, array: judge.npy(masked) };
      expect(await judge.ask("segids", asked)).toBe("same");
    }
    if (labels.length < 3000 && !vol.dtype.startsWith("int")) {
      const small = await vol.download(at, { renumber: true });
      const mapping = Object.fromEntries([...small.mapping].map(([k, v]) => [String(k), v]));
      expect(await judge.ask("renumbered", { ...question, array: judge.npy(small), mapping })).toBe("same");
    }
  }
  const { bounds } = vol;
  const points = Array.from({ length: 12 }, () =>
    [0, 1, 2].map((a) => random.integer(bounds.minpt[a]!, bounds.maxpt[a]! - 1)),
  );
  const found = await vol.scatteredPoints(points);
  const values = Object.fromEntries(found.map(({ at, value }) => [at.join(","), String(value)]));
  expect(values).toEqual(await judge.ask("points", { path, points }));
}

describe.runIf(run)("golden layers", () => {
  test("there are enough of them", () => {
    if (golden.length > 0) expect(golden.length).toBeGreaterThan(40);
  });
  test.each(layers)("$name", async (layer) => {
    await compare(layer, layer.name.length);
  });
});

/** A sharded layer of labels that this library writes. */
async function shardedLayer(encoding: string, dtype: "uint32" | "uint64"): Promise<string> {
  const path = join(scratchDirectory(), "layer");
  const info = CloudVolume.createNewInfo({
    ...{ layerType: "segmentation", dataType: dtype, numChannels: 1, encoding, resolution: [8, 8, 40] },
    ...{ voxelOffset: [3, -5, 10], volumeSize: [70, 50, 40], chunkSize: [16, 16, 16] },
  });
  Object.assign(info.scales[0]!, {
    sharding: {
      ...{
        "@type": "neuroglancer_uint64_sharded_v1",
        hash: "identity",
        preshift_bits: 1,
        minishard_bits: 2,
        shard_bits: 2,
      },
      ...{ minishard_index_encoding: "gzip", data_encoding: "gzip" },
    },
  });
  const vol = await CloudVolume.create(`file://${path}`, { info });
  await vol.upload("...", randomArray(seeded(9), [70, 50, 40, 1], dtype, "labels"));
  return path;
}

describe.runIf(run)("layers that this library wrote", () => {
  test.each(["raw", "compressed_segmentation", "compresso", "crackle"])("%s, sharded", async (encoding) => {
    const path = await shardedLayer(encoding, encoding === "crackle" ? "uint32" : "uint64");
    await compare({ name: encoding, path }, 3);
    const vol = await CloudVolume.open(path);
    const folder = join(scratchDirectory(), "files");
    mkdirSync(folder);
    const box = "3:30, -5:11, 12:20";
    for (const [label, bytes] of await vol.downloadFiles(box))
      writeFileSync(join(folder, String(label)), bytes);
    expect(await judge.ask("files", { path, box: [3, -5, 12, 30, 11, 20], folder })).toBe("same");
  });

  test("renumbering of more than 256 labels is uint16 in both: test_cloudvolume.py::test_read_sharded_renumber", async () => {
    const data = BigUint64Array.from({ length: 32 ** 3 }, (_, i) => BigInt(Math.floor(i / 64)) * 7n);
    const { vol } = await manyLabels(data);
    const small = await vol.download(vol.bounds, { renumber: true });
    expect(small.dtype).toBe("uint16");
    const numbers = new Set(small.data as Uint16Array);
    expect(numbers.size).toBe(Math.max(...numbers) + 1);
    const box = "1:2, 1:2, 1:2";
    const value = (await vol.download(box)).data[0]!;
    const mask = await vol.download(box, { label: value, renumber: true });
    expect(mask.dtype).toBe("bool");
    expect([...mask.data]).toEqual([1]);
    const one = await vol.download(box, { renumber: true });
    expect([...one.data]).toEqual([1]);
    expect(one.mapping.get(value)).toBe(1);
  });

  async function manyLabels(data: BigUint64Array): Promise<{ vol: CloudVolume }> {
    const path = `file://${join(scratchDirectory(), "many")}`;
    const array = { data, shape: [32, 32, 32], stride: [1, 32, 1024] };
    return {
      vol: await CloudVolume.fromArray(array, { path, chunkSize: [16, 16, 16], encoding: "compresso" }),
    };
  }

  test("boxes around points, and of other resolutions", async () => {
    const { vol, path } = await makeLayer([60, 50, 40], [0, 0, 0], {
      dtype: "uint16",
      maxMip: 1,
      chunkSize: [16, 16, 16],
    });
    const level = vol.at(1);
    await level.upload("...", randomArray(seeded(2), [30, 25, 40, 1], "uint16"));
    for (const [point, size, mip] of [
      [[30, 25, 20], 8, 0],
      [[31, 25, 21], 6, 1],
      [[30, 25, 20], [4, 1, 10], 1],
    ] as const) {
      const cutout = await vol.downloadPoint(point, { size, mip });
      expect(await judge.ask("point_box", { path, point, size, mip, array: judge.npy(cutout) })).toBe("same");
    }
    const coordResolution = [0.5, 2, 1];
    const cutout = await vol.download("20:40, 3:9, 5:15", { coordResolution });
    const asked = { path, box: [20, 3, 5, 40, 9, 15], coord_resolution: coordResolution };
    expect(await judge.ask("coord_box", { ...asked, array: judge.npy(cutout) })).toBe("same");
    const points = [
      [3, 4, 5],
      [100, 20, 30],
    ];
    const found = await level.scatteredPoints(points, { coordResolution });
    const values = Object.fromEntries(found.map(({ at, value }) => [at.join(","), String(value)]));
    expect(values).toEqual(
      await judge.ask("points", { path, mip: 1, points, coord_resolution: coordResolution }),
    );
  });

  test.each(["uint8", "uint16", "uint32", "uint64"] as const)(
    "crackle streams both ways, %s: test_cloudvolume.py::test_download_crackle_flag",
    async (dtype) => {
      const { vol, path } = await makeLayer([40, 30, 20], [0, 0, 0], {
        dtype,
        texture: "labels",
        layerType: "segmentation",
        chunkSize: [16, 16, 8],
      });
      const stream = join(path, "..", "ours.ckl");
      const box = [3, 4, 5, 38, 30, 19];
      writeFileSync(stream, (await vol.download(Bbox.fromList(box), { crackle: true })).bytes);
      expect(await judge.ask("crackle", { path, box, stream })).toBe("same");
      const to = join(path, "..", "theirs.ckl");
      await judge.ask("write_crackle", { path, box, to });
      const { readFileSync } = await import("node:fs");
      const copy = await CloudVolume.fromCrackle(readFileSync(to), { chunkSize: [16, 16, 5] });
      const truth = await vol.download(Bbox.fromList(box));
      const read = await copy.download();
      expect(Array.from(read.data as Uint8Array, Number)).toEqual(
        Array.from(truth.data as Uint8Array, Number),
      );
    },
  );

  test("files of voxels", async () => {
    const { vol, path } = await makeLayer([40, 30, 20, 2], [5, 0, -3], {
      dtype: "uint16",
      chunkSize: [16, 16, 8],
    });
    const file = join(path, "..", "voxels");
    await vol.downloadToFile(file, "7:41, 3:30, -3:11");
    expect(await judge.ask("file", { path, box: [7, 3, -3, 41, 30, 11], file })).toBe("same");
  });
});

const shared = existsSync("/dev/shm");
if (!shared) leaveOut("shared memory with Python", "no /dev/shm on this machine");

describe.runIf(run && shared)("shared memory with a Python process", () => {
  test("it attaches by name and reads equal bytes: test_cloudvolume.py::test_parallel_read_shm", async () => {
    const { vol, path } = await makeLayer([70, 60, 50, 1], [0, 0, 0], { dtype: "uint64", texture: "labels" });
    for (const box of [
      [0, 0, 0, 70, 60, 50],
      [3, 4, 5, 68, 55, 41],
    ]) {
      const { location } = await vol.downloadToSharedMemory(Bbox.fromList(box));
      expect(await judge.ask("attach", { path, box, location })).toBe("same");
    }
    expect(await vol.unlinkSharedMemory()).toBe(true);
  });

  test("memory that Python has mapped is written in place", async () => {
    const { vol, path } = await makeLayer([20, 10, 30, 1], [0, 0, 0], { dtype: "uint16" });
    const location = vol.generateSharedMemoryLocation();
    await judge.ask("mapped", { location, shape: [20, 10, 30, 1], dtype: "uint16" });
    await vol.downloadToSharedMemory("...", { location });
    expect(await judge.ask("mapped", { path, box: [0, 0, 0, 20, 10, 30] })).toBe("same");
    expect(await vol.unlinkSharedMemory(location)).toBe(true);
  });

  test.each(["F", "C"] as const)("Python's arrays in %s order are uploaded", async (order) => {
    const array = randomArray(seeded(8), [33, 20, 17, 2], "uint32");
    const { vol } = await makeLayer([33, 20, 17, 2], [0, 0, 0], { dtype: "uint32", chunkSize: [16, 16, 16] });
    const location = vol.generateSharedMemoryLocation();
    await judge.ask("share", { location, order, array: judge.npy(array) });
    await vol.uploadFromSharedMemory(location, vol.bounds, { order });
    expect(difference(await vol.download(), array)).toBe("same");
    expect(await vol.unlinkSharedMemory(location)).toBe(true);
  });
});
