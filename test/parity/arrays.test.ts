/** Zarr and N5 against the real tools, both ways: zarr-python, tensorstore, z5py, ome-zarr-py. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { arrayType, type DataType } from "../../src/base/dtype.js";
import { type ArrayOptions, CloudVolume } from "../../src/node.js";
import { arraysPython, haveArrayTools, startJudge } from "../support/originals.js";
import { randomArray, seeded } from "../support/random.js";
import { scratchDirectory } from "../support/scratch.js";
import { difference } from "../support/voxels.js";

const TYPES: readonly DataType[] = [
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "uint64",
  "int64",
  "float32",
  "float64",
];
type Compressor = NonNullable<ArrayOptions["compressor"]> | null;
const COMPRESSORS: Readonly<Record<string, Compressor>> = {
  none: null,
  "blosc lz4": { name: "blosc", cname: "lz4" },
  "blosc zstd": { name: "blosc", cname: "zstd", shuffle: 2 },
  "blosc zlib": { name: "blosc", cname: "zlib" },
  zstd: "zstd",
  gzip: "gzip",
  zlib: "zlib",
  lz4: "lz4",
};

interface Case {
  readonly name: string;
  readonly format: "zarr2" | "zarr3" | "n5";
  readonly dtype: DataType;
  readonly channels: number;
  readonly array: ArrayOptions;
  readonly chunk: readonly [number, number, number];
}

const random = seeded(11);
const cases: Case[] = (["zarr2", "zarr3", "n5"] as const).flatMap((format) =>
  Object.entries(COMPRESSORS).flatMap(([compressor, config]) =>
    TYPES.map((dtype): Case => {
      const channels = random.of([1, 1, 3]);
      const order = format === "n5" ? "C" : random.of(["C", "C", "F"] as const);
      const endian = format !== "n5" && random.of([true, false, false]) ? "big" : "little";
      const separator = format === "n5" ? undefined : random.of([".", "/"] as const);
      const splitChannels = random.of([true, false]);
      return {
        name: `${format} ${compressor} ${dtype} ${order} ${endian} ${separator} ${channels} channels`,
        format,
        dtype,
        channels: format === "n5" ? 1 : channels,
        array: { compressor: config, order, endian, splitChannels, ...(separator && { separator }) },
        chunk: [random.integer(5, 20), random.integer(5, 20), random.integer(3, 10)],
      };
    }),
  ),
);
const sharded: Case[] = (["start", "end"] as const).flatMap((shardIndex) =>
  (["uint8", "uint16", "uint64", "float32"] as const).flatMap((dtype) =>
    (["none", "blosc lz4", "zstd", "gzip"] as const).map((compressor): Case => {
      const channels = random.of([1, 2]);
      return {
        name: `zarr3 shards, index at the ${shardIndex}, ${compressor} ${dtype} ${channels} channels`,
        format: "zarr3",
        dtype,
        channels,
        array: {
          compressor: COMPRESSORS[compressor]!,
          shardIndex,
          shardSize: [16, 24, 8],
          checksum: dtype === "uint8",
        },
        chunk: [8, 8, 4],
      };
    }),
  ),
);

describe.runIf(haveArrayTools("Zarr and N5 against the real tools"))("what is written here", () => {
  const judge = startJudge("test/parity/array_judge.py", arraysPython);
  const scratch = scratchDirectory();
  let count = 0;

  async function write({
    format,
    dtype,
    channels,
    array,
    chunk,
  }: Case): Promise<{ path: string; truth: string }> {
    const path = join(scratch, `written-${count++}`);
    const size = [random.integer(20, 41), random.integer(20, 41), random.integer(7, 19)] as const;
    const vol = await CloudVolume.create(`${format}://file://${path}`, {
      info: {
        layerType: "image",
        dataType: dtype,
        numChannels: channels,
        encoding: "raw",
        resolution: [4, 4, 40],
        voxelOffset: [-3, 0, 7],
        volumeSize: size,
        chunkSize: chunk,
        maxMip: 1,
      },
      array,
    });
    const voxels = randomArray(random, [...size, channels], dtype, random.of(["noise", "labels"] as const));
    await vol.upload("...", voxels);
    expect(difference(await vol.download("..."), voxels)).toBe("same");
    return { path, truth: judge.npy(voxels) };
  }

  test.each([...cases, ...sharded].map((c) => [c.name, c] as const))("%s", async (_, one) => {
    const { path, truth } = await write(one);
    const key = one.format === "n5" ? "s0" : "0";
    const driver = { zarr2: "zarr", zarr3: "zarr3", n5: "n5" }[one.format];
    const compressor = one.array.compressor;
    const name =
      compressor === null ? "none" : typeof compressor === "string" ? compressor : compressor?.name;
    // zlib and lz4 are extensions of Zarr 3 (numcodecs'), and tensorstore's zarr2 driver has no lz4, its N5 neither.
    const knows = !(name === "lz4" || (name === "zlib" && driver === "zarr3"));
    if (driver === "n5") {
      // tensorstore has no lz4 of N5's kind, and z5py's is a bare block, not what N5 for Java writes.
      if (name !== "lz4")
        expect(await judge.ask("tensorstore_reads", { path, key, driver, truth })).toBe("same");
      if (name === "none" || name === "gzip")
        expect(await judge.ask("z5_reads", { path, key, truth })).toBe("same");
      return;
    }
    expect(await judge.ask("zarr_reads", { path, key, truth })).toBe("same");
    if (knows) expect(await judge.ask("tensorstore_reads", { path, key, driver, truth })).toBe("same");
  });

  test.each(["zarr2", "zarr3"] as const)("%s images are found by ome-zarr-py", async (format) => {
    const path = join(scratch, `ome-${format}.zarr`);
    const vol = await CloudVolume.create(`${format}://file://${path}`, {
      info: {
        layerType: "image",
        dataType: "uint16",
        numChannels: 2,
        encoding: "raw",
        resolution: [4, 4, 40],
        voxelOffset: [0, 0, 0],
        volumeSize: [32, 32, 16],
        chunkSize: [16, 16, 16],
        maxMip: 2,
      },
    });
    const data = new (arrayType("uint16"))(32 * 32 * 16 * 2).fill(3 as never);
    await vol.upload("...", data);
    expect(await judge.ask("ome", { path })).toEqual({
      axes: ["c", "z", "y", "x"],
      shapes: [
        [2, 16, 32, 32],
        [2, 16, 16, 16],
        [2, 16, 8, 8],
      ],
      scales: [
        [1, 40, 4, 4],
        [1, 40, 8, 8],
        [1, 40, 16, 16],
      ],
      sum: 3 * 32 * 32 * 16 * 2,
    });
  });

  test("fill values beyond 2^53, NaN and infinities are the others' too", async () => {
    for (const [format, dtype, fillValue, expected] of [
      ["zarr2", "uint64", 2n ** 64n - 1n, "18446744073709551615"],
      ["zarr3", "int64", -(2n ** 63n), "-9223372036854775808"],
      ["zarr2", "float32", Number.NaN, "nan"],
      ["zarr3", "float64", Number.NEGATIVE_INFINITY, "-inf"],
    ] as const) {
      const path = join(scratch, `fill-${format}-${dtype}`);
      const vol = await CloudVolume.create(`${format}://file://${path}`, {
        info: {
          layerType: "image",
          dataType: dtype,
          numChannels: 1,
          encoding: "raw",
          resolution: [1, 1, 1],
          voxelOffset: [0, 0, 0],
          volumeSize: [4, 4, 4],
          chunkSize: [4, 4, 4],
        },
        array: { fillValue },
      });
      expect(await judge.ask("value", { path, key: "0", at: [1, 2, 3] })).toBe(expected);
      expect((await vol.download("...")).get(1, 2, 3)).toBe(fillValue);
      const again = await CloudVolume.open(path);
      expect((await again.download("...")).get(1, 2, 3)).toBe(fillValue);
    }
  });

  test.each([
    ...[
      "none",
      "zlib",
      "gzip",
      "zstd",
      "bz2",
      "lz4",
      "lzma",
      "blosc-lz4",
      "blosc-zstd",
      "blosc-blosclz",
      "blosc-zlib",
    ].map((compressor) => [2, compressor] as const),
    ...["none", "gzip", "zstd", "blosc-lz4", "blosc-zstd"].map((compressor) => [3, compressor] as const),
  ])("zarr-python's arrays read equal: version %i, %s", async (version, compressor) => {
    for (const dtype of TYPES) {
      const channels = random.of([1, 2]);
      const voxels = randomArray(
        random,
        [random.integer(9, 30), random.integer(9, 30), 11, channels],
        dtype,
        "labels",
      );
      const path = join(scratch, `theirs-${count++}.zarr`);
      const side = [random.integer(3, 9), 8, 8];
      const chunk = channels === 1 ? side : [random.of([1, 2]), ...side];
      const question = {
        path,
        version,
        array: judge.npy(voxels),
        chunk,
        compressor,
        order: random.of(["C", "F"]),
      };
      const shard = version === 3 && random.of([true, false]) ? chunk.map((n) => 2 * n) : undefined;
      await judge.ask("zarr_writes", { ...question, separator: random.of([".", "/"]), shard });
      const vol = await CloudVolume.open(`zarr://file://${path}`);
      expect(difference(await vol.download("..."), voxels), `${dtype} ${channels}`).toBe("same");
    }
  });

  test.each([
    { type: "raw" },
    { type: "gzip", level: 5 },
    { type: "bzip2", blockSize: 5 },
    { type: "xz", preset: 3 },
    { type: "zstd", level: 3 },
    { type: "blosc", cname: "lz4", clevel: 5, shuffle: 1 },
    { type: "blosc", cname: "zstd", clevel: 3, shuffle: 2 },
  ])("tensorstore's N5 reads equal: %j", async (compression) => {
    for (const dtype of TYPES) {
      const voxels = randomArray(
        random,
        [random.integer(9, 30), random.integer(9, 30), 11, 1],
        dtype,
        "labels",
      );
      const path = join(scratch, `theirs-${count++}.n5`);
      await judge.ask("tensorstore_writes_n5", {
        path,
        array: judge.npy(voxels),
        chunk: [8, 9, 5],
        compression,
      });
      const vol = await CloudVolume.open(`n5://file://${path}`);
      expect(difference(await vol.download("..."), voxels), dtype).toBe("same");
    }
  });
});
