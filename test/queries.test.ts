/** Labels and points of every kind of layer equal what a plain read of the voxels says. */
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import {
  ArgumentError,
  Bbox,
  CloudVolume,
  EmptyVolumeException,
  OutOfBoundsError,
  type RenumberedCutout,
  type StridedArray,
  SubvoxelVolumeError,
  type TypedArray,
  type Voxel,
} from "../src/node.js";
import { LAYER_KINDS, randomLayer } from "./support/layers.js";
import { type Random, seeded } from "./support/random.js";
import { scratchDirectory } from "./support/scratch.js";

/** Of raw and compressed_segmentation one number of channels for each data type, of the others all. */
const kinds = LAYER_KINDS.filter(
  ({ encoding, channels }, i) =>
    !/^(raw|compressed)/.test(encoding) || channels === 1 + (Math.floor(i / 3) % 3),
);
const cases = kinds.map((kind, i) => ({
  ...kind,
  name: `${kind.encoding} ${kind.dtype} x${kind.channels}`,
  seed: 100 + i,
}));

let count = 0;
async function made(kind: (typeof LAYER_KINDS)[number], random: Random): Promise<CloudVolume> {
  const { info, array } = randomLayer(random, kind);
  const path =
    count++ % 2 === 0 ? `mem://queries/${count}` : `file://${join(scratchDirectory(), `q${count}`)}`;
  const vol = await CloudVolume.create(path, { info, bounded: false, fillMissing: true });
  await vol.upload("...", array);
  return vol;
}

/** The whole volume, a box within it, and one that leaves it. */
function boxes({ bounds }: CloudVolume, random: Random): Bbox[] {
  const within = [0, 1, 2].map((a) => {
    const [low, high] = [bounds.minpt[a]!, bounds.maxpt[a]!];
    const start = random.integer(low, high - 1);
    return [start, random.integer(start + 1, high)] as const;
  });
  const inside = new Bbox(
    within.map(([lo]) => lo),
    within.map(([, hi]) => hi),
  );
  const beyond = inside.clone();
  beyond.grow(random.integer(1, 9));
  return [bounds, inside, beyond];
}

const plain = async (vol: CloudVolume, box: Bbox): Promise<StridedArray> =>
  await vol.download(box, { parallel: 1 });

const distinct = ({ data }: StridedArray): Voxel[] =>
  [...new Set(Array.from(data as Uint8Array, (v) => v as Voxel))].sort((a, b) =>
    a < b ? -1 : a > b ? 1 : 0,
  );

describe.each(cases)("$name", (kind) => {
  const random = seeded(kind.seed);
  let vol: CloudVolume;
  beforeAll(async () => {
    vol = await made(kind, random);
  });

  test("unique", async () => {
    for (const box of boxes(vol, random)) {
      const truth = distinct(await plain(vol, box)).map((v) => (typeof v === "number" ? v + 0 : v));
      const found = await vol.unique(box);
      expect(found.constructor).toBe((await plain(vol, box)).data.constructor);
      expect(found.join()).toBe(truth.join());
    }
  });

  test("label", async () => {
    for (const box of boxes(vol, random)) {
      const truth = await plain(vol, box);
      const labels = distinct(truth);
      for (const label of [random.of(labels), labels.at(-1)!, 0, 77_777, -3]) {
        const mask = await vol.download(box, { label });
        expect(mask.dtype).toBe("bool");
        expect(mask.shape).toEqual(truth.shape);
        const wanted = Array.from(truth.data as Uint8Array, (v) => Number(Number(v) === Number(label)));
        expect(Buffer.compare(mask.data as Uint8Array, Uint8Array.from(wanted))).toBe(0);
      }
    }
  });

  test("renumber", async () => {
    if (kind.dtype.startsWith("float"))
      return void (await expect(vol.download("...", { renumber: true })).rejects.toThrow(ArgumentError));
    for (const box of boxes(vol, random)) {
      const truth = await plain(vol, box);
      const small = await vol.download(box, { renumber: true });
      expectRenumbered(small, truth, distinct(truth));
      const again = await vol.download(box, { renumber: true, parallel: 2 });
      expect(again.data.join()).toBe(small.data.join());
      expect([...again.mapping].join()).toBe([...small.mapping].join());
    }
  });

  test("segids", async () => {
    const box = boxes(vol, random)[1]!;
    const truth = await plain(vol, box);
    const labels = distinct(truth);
    const segids = new Set([random.of(labels), random.of(labels)]);
    const zero = typeof labels[0] === "bigint" ? 0n : 0;
    for (const preserveZeros of [false, true]) {
      const { data } = await vol.download(box, { segids, preserveZeros });
      const most = largest(kind.dtype);
      const wanted = Array.from(truth.data as Uint8Array, (v) => {
        const value = v as Voxel;
        if (segids.has(value) || (preserveZeros && value === zero)) return value;
        return preserveZeros ? most : zero;
      });
      expect(data.join()).toBe(wanted.join());
    }
    if (kind.dtype.startsWith("float")) return;
    const masked = await vol.download(box, { segids, preserveZeros: true });
    const small = await vol.download(box, { segids, preserveZeros: true, renumber: true });
    expectRenumbered(small, masked, distinct(masked));
  });

  test("points", async () => {
    const { bounds } = vol;
    const truth = await plain(vol, bounds);
    const channels = vol.numChannels;
    for (const n of [1, 7, 400]) {
      const points = Array.from({ length: n }, () =>
        [0, 1, 2].map((a) => random.integer(bounds.minpt[a]! - 1, bounds.maxpt[a]!)),
      );
      const found = await vol.scatteredPoints(points);
      const values = await vol.pointValues(points);
      const wanted = points.flatMap((point) => {
        const index = point.map((v, a) => v - bounds.minpt[a]!);
        const inside = index.every((v, a) => v >= 0 && v < truth.shape[a]!);
        const place = (c: number): number => [...index, c].reduce((s, v, a) => s + v * truth.stride[a]!, 0);
        return Array.from({ length: channels }, (_, c) =>
          inside ? truth.data[place(c)]! : zeroOf(truth.data),
        );
      });
      expect(values.join()).toBe(wanted.join());
      expect(found.flatMap((f) => f.values).join()).toBe(wanted.join());
      expect(found.map((f) => f.value).join()).toBe(wanted.filter((_, i) => i % channels === 0).join());
      expect(found.map((f) => [...f.point, ...f.at]).join()).toBe(points.flatMap((p) => [p, p]).join());
    }
  });
});

function zeroOf(data: TypedArray): Voxel {
  return data instanceof BigUint64Array || data instanceof BigInt64Array ? 0n : 0;
}

function largest(dtype: string): Voxel {
  if (dtype.startsWith("float")) return Number.POSITIVE_INFINITY;
  if (dtype === "bool") return 1;
  const bits = Number(dtype.replace(/\D/g, "")) - (dtype.startsWith("int") ? 1 : 0);
  return dtype.endsWith("64") ? 2n ** BigInt(bits) - 1n : 2 ** bits - 1;
}

/** Dense numbers in ascending order of the labels, the background as 0, in the smallest type. */
function expectRenumbered(small: RenumberedCutout, truth: StridedArray, labels: Voxel[]): void {
  const others = labels.filter((v) => Number(v) !== 0);
  const size = others.length < 256 ? "uint8" : others.length < 65_536 ? "uint16" : "uint32";
  expect(small.dtype).toBe(size);
  expect(others.map((v) => small.mapping.get(v)).join()).toBe(others.map((_, i) => i + 1).join());
  expect(small.mapping.size).toBe(others.length + 1);
  expect([...small.mapping.values()].filter((n) => n === 0).length).toBe(1);
  const wanted = Array.from(truth.data as Uint8Array, (v) => small.mapping.get(v)!);
  expect(small.data.join()).toBe(wanted.join());
}

describe("options of reading labels", () => {
  const layer = async (): Promise<CloudVolume> => {
    const data = Uint32Array.from({ length: 20 * 20 * 20 }, (_, i) => 10 + (i % 7) * 1000);
    return await CloudVolume.fromArray(
      { data, shape: [20, 20, 20], stride: [1, 20, 400] },
      { chunkSize: [8, 8, 8], encoding: "compressed_segmentation", resolution: [4, 4, 40] },
    );
  };

  test("a background other than 0 keeps its value, and no label gets it", async () => {
    const vol = await layer();
    vol.fillMissing = true;
    vol.backgroundColor = 3;
    await vol.delete("0:8, 0:8, 0:8");
    const small = await vol.download("...", { renumber: true });
    expect(small.get(0, 0, 0)).toBe(3);
    expect([...small.mapping.values()].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(small.mapping.get(3)).toBe(3);
    expect((await vol.download("0:8, 0:8, 0:8", { label: 3 })).data.every((v) => v === 1)).toBe(true);
    expect([...(await vol.unique())]).toEqual([3, 10, 1010, 2010, 3010, 4010, 5010, 6010]);
  });

  test("a missing chunk is an error without fillMissing", async () => {
    const vol = await layer();
    await vol.delete("8:16, 8:16, 8:16");
    const box = "7:9, 7:9, 7:9";
    await expect(vol.unique(box)).rejects.toThrow(EmptyVolumeException);
    await expect(vol.download(box, { label: 10 })).rejects.toThrow(/8-16_8-16_8-16/);
    await expect(vol.download(box, { renumber: true })).rejects.toThrow(EmptyVolumeException);
    await expect(vol.scatteredPoints([[9, 9, 9]])).rejects.toThrow(EmptyVolumeException);
    expect((await vol.scatteredPoints([9, 9, 9], { fillMissing: true }))[0]!.value).toBe(0);
  });

  test("a label beside it, a box outside, one of no voxels", async () => {
    const vol = await layer();
    expect((await vol.download("1:2, 1:2, 1:2", { label: 10 })).data.length).toBe(1);
    await expect(vol.unique("0:21, :, :")).rejects.toThrow(OutOfBoundsError);
    await expect(vol.scatteredPoints([[0, 0, 20]])).rejects.toThrow(OutOfBoundsError);
    await expect(vol.unique("5:5, :, :")).rejects.toThrow(SubvoxelVolumeError);
    await expect(vol.unique("::2, :, :")).rejects.toThrow(ArgumentError);
    vol.autocrop = true;
    expect((await vol.unique("0:99, :, :")).length).toBe(7);
    expect((await vol.download("0:99, :, :", { label: 10 })).shape).toEqual([20, 20, 20, 1]);
  });

  test("steps and channels", async () => {
    const vol = await layer();
    const truth = await vol.download("1:20:3, ::2, 5");
    const mask = await vol.download("1:20:3, ::2, 5", { label: 2010 });
    expect(mask.shape).toEqual(truth.shape);
    expect([...mask.data]).toEqual(Array.from(truth.data as Uint32Array, (v) => Number(v === 2010)));
    const small = await vol.download("1:20:3, ::2, 5", { renumber: true });
    expect(Array.from(truth.data as Uint32Array, (v) => small.mapping.get(v))).toEqual([...small.data]);
  });

  test("contradictions are refused", async () => {
    const vol = await layer();
    await expect(vol.download("...", { label: 1, segids: [1] })).rejects.toThrow(ArgumentError);
    await expect(vol.download("...", { preserveZeros: true })).rejects.toThrow(ArgumentError);
    await expect(vol.download("...", { label: 1, out: new Uint8Array(8000) })).rejects.toThrow(ArgumentError);
    const image = await CloudVolume.fromArray({
      data: new Uint8Array(8),
      shape: [2, 2, 2],
      stride: [1, 2, 4],
    });
    await expect(image.download("...", { crackle: true })).rejects.toThrow(/segmentation/);
  });

  test("another resolution's coordinates", async () => {
    const vol = await layer();
    const truth = await vol.download("4:10, 2:5, 3:7");
    const coordResolution = [2, 1, 40];
    const read = await vol.download("8:20, 8:20, 3:7", { coordResolution });
    expect(read.bounds.toList()).toEqual([4, 2, 3, 10, 5, 7]);
    expect(read.data).toEqual(truth.data);
    expect((await vol.download("9:21, 9:23, 3:7", { coordResolution })).bounds.toList()).toEqual(
      read.bounds.toList(),
    );
    const nm = new Bbox([16, 8, 120], [40, 20, 280], { unit: "nm" });
    expect((await vol.download(nm, { coordResolution })).bounds.toList()).toEqual(read.bounds.toList());
    expect((await vol.download(":, :, :", { coordResolution })).shape).toEqual([20, 20, 20, 1]);
    await expect(vol.download("0:41, :, :", { coordResolution: [2, 2, 40] })).resolves.toBeDefined();
    await expect(vol.download("0:42, :, :", { coordResolution: [2, 2, 40] })).rejects.toThrow(
      OutOfBoundsError,
    );
    await expect(vol.download("8:9, :, :", { coordResolution: [2, 2, 40] })).rejects.toThrow(
      SubvoxelVolumeError,
    );
    await expect(vol.download("...", { coordResolution: [2, 2] })).rejects.toThrow(ArgumentError);
    const [point] = await vol.scatteredPoints([[9, 9, 9]], { coordResolution });
    expect(point!.at).toEqual([4, 2, 9]);
  });

  test("the box around a point", async () => {
    const vol = await layer();
    const around = async (size: number | number[], point = [10, 10, 10]): Promise<number[]> => [
      ...(await vol.downloadPoint(point, { size })).bounds.toList(),
    ];
    expect(await around(4)).toEqual([8, 8, 8, 12, 12, 12]);
    expect(await around(5)).toEqual([8, 8, 8, 13, 13, 13]);
    expect(await around([6, 1, 3])).toEqual([7, 10, 9, 13, 11, 12]);
    await expect(around(4, [1, 10, 10])).rejects.toThrow(OutOfBoundsError);
    await expect(around(0)).rejects.toThrow(ArgumentError);
    vol.autocrop = true;
    expect(await around(4, [1, 10, 10])).toEqual([0, 8, 8, 3, 12, 12]);
    vol.addScale([2, 2, 1]);
    vol.mip = 1;
    vol.fillMissing = true;
    expect((await vol.downloadPoint([10, 11, 10], { size: 2 })).bounds.toList()).toEqual([4, 4, 9, 6, 6, 11]);
    const doubled = await vol.downloadPoint([20, 22, 10], { size: 2, coordResolution: [2, 2, 40] });
    expect(doubled.bounds.toList()).toEqual([4, 4, 9, 6, 6, 11]);
    const [point] = await vol.scatteredPoints([[11, 13, 5]]);
    expect(point).toMatchObject({ point: [11, 13, 5], at: [5, 6, 5], value: 0 });
  });

  test("crackle", async () => {
    const vol = await layer();
    const box = "3:17, 1:20, 2:9";
    const truth = await vol.download(box);
    const stream = await vol.download(box, { crackle: true });
    expect(stream.bytes.length).toBeLessThan(truth.data.byteLength);
    const { data, shape } = await stream.decode();
    expect(data).toEqual(truth.data);
    expect(shape).toEqual(truth.shape);
    expect(Array.from(await stream.labels(), Number)).toEqual([...(await vol.unique(box))]);
    expect(await stream.get(2, 3, 1)).toBe(truth.get(2, 3, 1));
    const mask = await vol.download(box, { crackle: true, label: 1010 });
    expect((await mask.decode()).data).toEqual((await vol.download(box, { label: 1010 })).data);
    const small = await vol.download(box, { crackle: true, renumber: true });
    expect(small.mapping!.get(10)).toBe(1);
    expect(small.dtype).toBe("uint8");
  });

  test("a chunk is fetched once, whatever is asked of it", async () => {
    const vol = await layer();
    const { store } = vol.context;
    const reads: string[] = [];
    const { readSync } = store;
    Object.assign(store, {
      readSync: (...args: Parameters<NonNullable<typeof readSync>>) => {
        reads.push(args[0]);
        return readSync?.(...args);
      },
    });
    const random = seeded(5);
    const points = Array.from({ length: 300 }, () => [0, 1, 2].map(() => random.integer(0, 19)));
    await vol.scatteredPoints(points);
    expect(reads.length).toBe(27);
    expect(new Set(reads).size).toBe(27);
    reads.length = 0;
    await vol.download("...", { renumber: true });
    await vol.download("...", { label: 10 });
    await vol.unique();
    expect(reads.length).toBe(3 * 27);
  });

  test("an abort ends it", async () => {
    const vol = await layer();
    const signal = AbortSignal.abort();
    for (const ask of [
      () => vol.unique("...", { signal }),
      () => vol.download("...", { label: 1, signal }),
      () => vol.download("...", { renumber: true, signal }),
      () => vol.scatteredPoints([[1, 1, 1]], { signal }),
      () => vol.download("...", { crackle: true, signal }),
    ])
      await expect(ask()).rejects.toMatchObject({ kind: "aborted" });
  });
});
