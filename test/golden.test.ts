/** Every golden layer of the encodings of this version reads equal to its truth: whole, in boxes, by one thread and by workers. */
import { describe, expect, test } from "vitest";
import { Bbox, type Box6 } from "../src/base/bbox.js";
import { arrayType, type DataType, toVoxel } from "../src/base/dtype.js";
import { EmptyVolumeException } from "../src/base/errors.js";
import type { StridedArray, Vec3 } from "../src/base/strided.js";
import { copyRows, dot, fortranStride, product } from "../src/base/strided.js";
import { builtinCodecs } from "../src/codecs/index.js";
import { planRead } from "../src/grid/plan.js";
import { CloudVolume } from "../src/node.js";
import { chunkContext } from "../src/volume/chunk-store.js";
import { readPooled } from "../src/volume/read-pooled.js";
import { fillArray } from "../src/volume/read-request.js";
import {
  type GoldenEntry,
  type GoldenMip,
  goldenEntries,
  goldenPath,
  goldenTruth,
  sha256,
} from "./support/golden.js";
import { leaveOut } from "./support/left-out.js";
import { type Random, seeded } from "./support/random.js";
import { boxOf, difference, largestDifference } from "./support/voxels.js";

const ENCODINGS = builtinCodecs().map((codec) => codec.name);
const KINDS = ["image", "image-mips", "image-sharded", "real-em", "real-segmentation"];
const BOXES = 20;

const entries = goldenEntries(KINDS, "reading the golden layers");
const readable = entries.filter((e) => ENCODINGS.includes(e.encoding));
for (const encoding of new Set(entries.map((e) => e.encoding))) {
  if (ENCODINGS.includes(encoding)) continue;
  const layers = entries.filter((e) => e.encoding === encoding).length;
  leaveOut(`${layers} golden layers in ${encoding}`, "there is no codec for it yet");
}

const every = readable.flatMap((entry) =>
  entry.mips.map((mip) => ({ name: `${entry.path} mip ${mip.mip}`, entry, mip })),
);
const cases = every.filter(({ mip }) => mip.box_with_data === undefined);
const partial = every.filter(({ mip }) => mip.box_with_data !== undefined);

describe.runIf(cases.length > 0)("the golden data", () => {
  test("holds all the layers that the manifest has had from the start", () => {
    expect(cases.length).toBeGreaterThanOrEqual(76);
  });

  test.each(cases)("$name reads whole", async ({ entry, mip }) => {
    const vol = await open(entry, mip);
    const read = await vol.download("...", { parallel: 1 });
    expect(read.dtype).toBe(mip.truth.dtype);
    check(read, entry, mip);
    const {
      at,
      size,
      values_F: values,
    } = mip.small_sample ?? { at: [0, 0, 0], size: [0, 0, 0], values_F: [] };
    const sample = boxOf(read, [...at, 0], [...size, 1]);
    expect(Array.from(sample.data as Uint8Array)).toEqual(values);
  });

  test.each(cases)("$name reads in boxes", async ({ name, entry, mip }) => {
    const vol = await open(entry, mip);
    const whole = goldenTruth(mip.truth) ?? (await vol.download("...", { parallel: 1 }));
    const background = entry.background_color ?? 0;
    const random = seeded(hash(name));
    for (let i = 0; i < BOXES; i++) {
      const inside = i % 4 !== 3;
      vol.bounded = inside;
      const box = randomBox(random, vol.bounds, inside ? 0 : 5);
      const aside = Bbox.intersection(box, vol.bounds).empty();
      if (aside && !vol.fillMissing) await expect(vol.download(box)).rejects.toThrow(EmptyVolumeException);
      const read = await vol.download(box, { fillMissing: vol.fillMissing || aside });
      expectClose(read, part(whole, vol.bounds, box, background, vol.dtype), entry, mip);
    }
  });

  test.each(cases)("$name reads in strides", async ({ name, entry, mip }) => {
    const vol = await open(entry, mip);
    const whole = goldenTruth(mip.truth) ?? (await vol.download("...", { parallel: 1 }));
    const random = seeded(hash(name) + 1);
    const step = [random.integer(1, 3), random.integer(1, 4), random.integer(1, 2)] as const;
    const channel = random.integer(0, vol.numChannels - 1);
    const read = await vol.download([...step.map((s) => ({ step: s })), channel]);
    const all = boxOf(whole, [0, 0, 0, channel], [...whole.shape.slice(0, 3), 1], [...step, 1]);
    expectClose(read, all, entry, mip);
  });

  test.each(cases)("$name reads equal by workers", async ({ entry, mip }) => {
    const vol = await open(entry, mip);
    const inline = await vol.download("...", { parallel: 1 });
    for (const parallel of [1, 2]) {
      const pooled = await byWorkers(vol, vol.bounds, parallel, entry);
      expect(difference(pooled, inline)).toBe("same");
      vol.bounded = false;
      const wide = vol.bounds.clone();
      wide.grow(3);
      const over = await vol.download(wide);
      expect(difference(await byWorkers(vol, wide, parallel, entry), over)).toBe("same");
    }
  });

  test.each(cases)("$name reads into the caller's array", async ({ entry, mip }) => {
    const vol = await open(entry, mip);
    const shape = [...vol.shape];
    const data = new (arrayType(vol.dtype))(product(shape));
    const read = await vol.download("...", { out: { data, shape, stride: fortranStride(shape) } });
    expect(read.data).toBe(data);
    check(read, entry, mip);
  });

  test.each(partial)("$name reads where it has data", async ({ entry, mip }) => {
    const vol = await open(entry, mip);
    const [x0, y0, z0, x1, y1, z1] = mip.box_with_data!;
    const box = new Bbox([x0, y0, z0], [x1, y1, z1]);
    const read = await vol.download(box, { parallel: 1 });
    expect(sha256(read)).toBe(mip.truth.sha256_F_of_box);
    const { at_in_box: at, size, values_F: values } = mip.small_sample!;
    expect(Array.from(boxOf(read, [...at!, 0], [...size, 1]).data as Uint8Array)).toEqual(values);
    expect(difference(await byWorkers(vol, box, 2, entry), read)).toBe("same");
    const random = seeded(hash(entry.path));
    for (let i = 0; i < BOXES; i++) {
      const some = randomBox(random, box, 0);
      expect(difference(await vol.download(some), part(read, box, some, 0, vol.dtype))).toBe("same");
    }
    await expect(vol.download("...")).rejects.toThrow(EmptyVolumeException);
  });

  const holey = cases.filter(
    ({ mip, entry }) => mip.removed_files !== undefined || entry.delete_black_uploads === true,
  );
  test.each(holey)("$name has missing chunks, and says which", async ({ entry, mip }) => {
    const vol = await open(entry, mip, false);
    await expect(vol.download("...")).rejects.toThrow(EmptyVolumeException);
    await expect(byWorkers(vol, vol.bounds, 2, { ...entry, fill_missing: false })).rejects.toThrow(
      EmptyVolumeException,
    );
    const found = await vol.exists("...");
    const missing = [...found].filter(([, there]) => !there).map(([key]) => key);
    expect(missing.length).toBeGreaterThan(0);
    const removed = (mip.removed_files ?? []).map((f) => f.replace(/\.gz$/, ""));
    for (const key of removed)
      expect(missing.map((m) => m.split("/").at(-1))).toContain(key.split("/").at(-1));
  });
});

async function open(
  entry: GoldenEntry,
  { mip }: GoldenMip,
  fillMissing = entry.fill_missing ?? false,
): Promise<CloudVolume> {
  const backgroundColor = entry.background_color ?? 0;
  return await CloudVolume.open(`file://${goldenPath(entry.path)}`, { mip, fillMissing, backgroundColor });
}

/** By the worker threads, however small the box. */
async function byWorkers(
  vol: CloudVolume,
  box: Bbox,
  parallel: number,
  entry: GoldenEntry,
): Promise<StridedArray> {
  const layout = vol.mipLayout(vol.mip);
  const corners = box.toList() as unknown as Box6;
  const request = {
    layout,
    box: corners,
    fillMissing: entry.fill_missing ?? false,
    background: entry.background_color ?? 0,
    parallel,
  };
  const { data } = await readPooled(
    chunkContext(vol.context, layout),
    request,
    planRead(layout.grid, corners),
  );
  const shape = [...(box.size3() as unknown as Vec3), layout.channels];
  return { data, shape, stride: fortranStride(shape) };
}

function check(read: StridedArray, entry: GoldenEntry, mip: GoldenMip): void {
  const truth = goldenTruth(mip.truth);
  if (truth !== undefined) expectClose(read, truth, entry, mip);
  else expect(sha256(read)).toBe(mip.truth.sha256_F);
}

function expectClose(read: StridedArray, truth: StridedArray, entry: GoldenEntry, mip: GoldenMip): void {
  if (entry.lossless !== false) expect(difference(read, truth)).toBe("same");
  else expect(largestDifference(read, truth)).toBeLessThanOrEqual(mip.truth.shape[3] === 3 ? 4 : 2);
}

function randomBox(random: Random, bounds: Bbox, over: number): Bbox {
  const low = [...bounds.minpt].map((n) => n - over);
  const high = [...bounds.maxpt].map((n) => n + over);
  const from = low.map((n, i) => random.integer(n, high[i]! - 1));
  return new Bbox(
    from,
    from.map((n, i) => random.integer(n + 1, high[i]!)),
  );
}

/** What a read of `box` gives: the truth where there is some, the background elsewhere. */
function part(
  truth: StridedArray,
  bounds: Bbox,
  box: Bbox,
  background: number,
  dtype: DataType,
): StridedArray {
  const shape = [...box.size3(), truth.shape[3] ?? 1];
  const data = fillArray(new (arrayType(dtype))(product(shape)), toVoxel(background, dtype));
  const stride = fortranStride(shape);
  const inside = Bbox.intersection(box, bounds);
  const from = dot([...inside.minpt.sub(bounds.minpt), 0], truth.stride);
  const to = dot([...inside.minpt.sub(box.minpt), 0], stride);
  copyRows(truth.data, truth.stride, from, data, stride, to, [...inside.size3(), shape[3]!]);
  return { data, shape, stride };
}

function hash(text: string): number {
  return [...text].reduce((n, c) => Math.imul(n, 31) + c.charCodeAt(0), 7);
}
