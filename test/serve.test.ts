/** Volumes of every format offered as Zarr: over http, and as stores of zarrita; and zarrita's arrays written into volumes. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as zarr from "zarrita";
import { ArgumentError, DimensionError } from "../src/base/errors.js";
import type { StridedArray } from "../src/base/strided.js";
import {
  CloudVolume,
  type NewInfoOptions,
  reversedAxes,
  type Serving,
  serve,
  uploadZarrita,
  zarritaStore,
} from "../src/node.js";
import { randomArray, seeded } from "./support/random.js";
import { boxOf, difference } from "./support/voxels.js";

const random = seeded(8);
let names = 0;
const SIZE = [45, 30, 17] as const;
const SECOND = [23, 15, 17] as const;

async function made(
  format: string,
  options: Partial<NewInfoOptions>,
): Promise<[CloudVolume, StridedArray, StridedArray]> {
  const info: NewInfoOptions = {
    ...{ dataType: "uint16", numChannels: 1, layerType: "image", encoding: "raw", resolution: [4, 4, 40] },
    ...{ voxelOffset: [7, -3, 2], volumeSize: SIZE, chunkSize: [16, 16, 8], maxMip: 1 },
    ...options,
  };
  const vol = await CloudVolume.create(`${format}://mem://serve/${++names}`, { info });
  const truth = randomArray(random, [...SIZE, info.numChannels], info.dataType, "labels");
  const second = randomArray(random, [...SECOND, info.numChannels], info.dataType, "labels");
  await vol.upload("...", truth);
  await vol.upload("...", second, { mip: 1 });
  return [vol, truth, second];
}

const KINDS: readonly (readonly [string, string, Partial<NewInfoOptions>])[] = [
  ["Precomputed, raw", "precomputed", {}],
  [
    "Precomputed, labels in shards",
    "precomputed",
    { dataType: "uint64", layerType: "segmentation", encoding: "compressed_segmentation", sharding: true },
  ],
  [
    "Precomputed, png of three channels",
    "precomputed",
    { dataType: "uint8", numChannels: 3, encoding: "png" },
  ],
  [
    "Precomputed, crackle",
    "precomputed",
    { dataType: "uint32", layerType: "segmentation", encoding: "crackle" },
  ],
  ["Zarr 2", "zarr2", { dataType: "float32", numChannels: 2 }],
  ["Zarr 3", "zarr3", { dataType: "int16" }],
  ["Zarr 3, bool", "zarr3", { dataType: "bool" }],
  ["N5", "n5", { dataType: "uint64", numChannels: 2 }],
];

/** zarrita's (c,) z, y, x as x, y, z, c. */
function voxels({ data, shape, stride }: { data: object; shape: number[]; stride: number[] }): StridedArray {
  const four = shape.length === 4 ? { shape, stride } : { shape: [1, ...shape], stride: [0, ...stride] };
  const array = reversedAxes({ data, ...four });
  return boxOf(array, [0, 0, 0, 0], array.shape);
}

describe.each(KINDS)("%s", (_, format, options) => {
  let vol: CloudVolume;
  let truths: readonly StridedArray[];
  let serving: Serving;
  beforeAll(async () => {
    const [made_, truth, second] = await made(format, options);
    vol = made_;
    truths = [truth, second];
    serving = await serve({ layer: vol }, { port: 0, compressor: names % 2 === 0 ? "blosc" : null });
  });
  afterAll(() => serving.close());

  test("as a store of zarrita", async () => {
    for (const version of [2, 3] as const)
      for (const [mip, truth] of truths.entries()) {
        const root = zarr.root(zarritaStore(vol, { version, compressor: version === 2 ? "zstd" : null }));
        const array = await zarr.open(root.resolve(String(mip)), { kind: "array" });
        expect(array.dtype).toBe(vol.dtype);
        expect(difference(voxels(await zarr.get(array)), truth)).toBe("same");
      }
  });

  test("over http, whole and a region", async () => {
    for (const [suffix, mip] of [
      ["", 0],
      ["", 1],
      [".zarr2", 0],
    ] as const) {
      const root = zarr.root(new zarr.FetchStore(`${serving.layers[0]}${suffix}`));
      const array = await zarr.open(root.resolve(String(mip)), { kind: "array" });
      expect(difference(voxels(await zarr.get(array)), truths[mip]!)).toBe("same");
      const all = Array.from({ length: array.shape.length - 3 }, () => null);
      const part = await zarr.get(array, [...all, zarr.slice(3, 15), zarr.slice(5, 9), zarr.slice(2, 20)]);
      const channels = truths[mip]!.shape[3]!;
      expect(difference(voxels(part), boxOf(truths[mip]!, [2, 5, 3, 0], [18, 4, 12, channels]))).toBe("same");
    }
  });

  test("as a volume, with resolution and offset", async () => {
    for (const scheme of ["zarr3", "zarr2"]) {
      const again = await CloudVolume.open(
        `${scheme}://${serving.layers[0]}${scheme === "zarr2" ? ".zarr2" : ""}`,
      );
      expect(again.scales.map((s) => [...s.resolution])).toEqual(vol.scales.map((s) => [...s.resolution]));
      expect([...again.voxelOffset]).toEqual([7, -3, 2]);
      expect(difference(await again.download(), truths[0]!)).toBe("same");
    }
  });

  test("a whole array of zarrita into another volume", async () => {
    const array = await zarr.open(zarr.root(zarritaStore(vol)).resolve("0"), { kind: "array" });
    const [target] = await made("zarr3", {
      ...options,
      encoding: "raw",
      sharding: false,
      chunkSize: [10, 30, 7],
      voxelOffset: [1, 2, 3],
    });
    await uploadZarrita(target, array);
    expect(difference(await target.download(), truths[0]!)).toBe("same");
  });
});

describe("serve", () => {
  let vol: CloudVolume;
  let truth: StridedArray;
  let serving: Serving;
  beforeAll(async () => {
    [vol, truth] = await made("precomputed", {});
    serving = await serve([vol, vol], { port: 0, compressor: "gzip" });
  });
  afterAll(() => serving.close());

  test("layers have names of their own", () => {
    expect(new Set(serving.layers).size).toBe(2);
    expect(serving.layers[1]).toBe(`${serving.layers[0]}-2`);
  });

  test("a chunk that is not stored is not there, and reads as the fill value", async () => {
    const [holey] = await made("precomputed", {});
    await holey.delete([
      [7, 23],
      [-3, 13],
      [2, 10],
    ]);
    holey.backgroundColor = 9;
    const own = await serve({ holey }, { port: 0 });
    expect((await fetch(`${own.layers[0]}/0/c/0/0/0`)).status).toBe(404);
    expect((await fetch(`${own.layers[0]}/0/c/0/0/1`)).status).toBe(200);
    const array = await zarr.open(zarr.root(new zarr.FetchStore(`${own.layers[0]}/0`)), { kind: "array" });
    const part = await zarr.get(array, [zarr.slice(0, 8), zarr.slice(0, 16), zarr.slice(0, 16)]);
    expect(new Set(part.data as Uint16Array)).toEqual(new Set([9]));
    await own.close();
  });

  test("damaged chunks are an error, not background", async () => {
    const [damaged] = await made("precomputed", { encoding: "png", dataType: "uint8" });
    const key = `${damaged.key}/7-23_-3-13_2-10`;
    await damaged.context.store.write?.(key, Uint8Array.of(1, 2, 3));
    const own = await serve({ damaged }, { port: 0 });
    const reply = await fetch(`${own.layers[0]}/0/c/0/0/0`);
    expect(reply.status).toBe(502);
    expect(await reply.text()).toContain("7-23_-3-13_2-10");
    await own.close();
  });

  test.each([
    "0/c/0/0",
    "0/c/0/0/0/0",
    "0/c/9/0/0",
    "0/c/00/0/0",
    "0/c/-1/0/0",
    "5/c/0/0/0",
    "5/zarr.json",
    ".zarray",
    "0/c/1e0/0/0",
    "constructor",
  ])("%s is no file", async (key) => {
    expect((await fetch(`${serving.layers[0]}/${key}`)).status).toBe(404);
  });

  test("names that would be paths are refused", async () => {
    await expect(serve({ "../x": vol }, { port: 0 })).rejects.toThrow(ArgumentError);
  });

  test("a cut-out of zarrita is what upload takes, axes reversed", async () => {
    const [target] = await made("precomputed", { voxelOffset: [0, 0, 0] });
    const array = await zarr.open(zarr.root(zarritaStore(vol)).resolve("0"), { kind: "array" });
    const part = await zarr.get(array, [zarr.slice(0, 8), zarr.slice(0, 16), zarr.slice(0, 32)]);
    await target.upload(
      [
        [0, 32],
        [0, 16],
        [0, 8],
      ],
      reversedAxes(part),
    );
    expect(
      difference(
        await target.download([
          [0, 32],
          [0, 16],
          [0, 8],
        ]),
        boxOf(truth, [0, 0, 0, 0], [32, 16, 8, 1]),
      ),
    ).toBe("same");
  });

  test("arrays of another size or type are refused", async () => {
    const [other] = await made("precomputed", { dataType: "uint8" });
    const array = await zarr.open(zarr.root(zarritaStore(vol)).resolve("0"), { kind: "array" });
    await expect(uploadZarrita(other, array)).rejects.toThrow(ArgumentError);
    await expect(uploadZarrita(vol, array, { mip: 1 })).rejects.toThrow(DimensionError);
  });
});
