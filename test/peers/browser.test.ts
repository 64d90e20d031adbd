/** The library in a real browser: every golden layer reads equal to its truth, with workers and without, in pages that may share memory and in others. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { arrayType, type DataType, type TypedArray } from "../../src/base/dtype.js";
import { parseNpy } from "../../src/base/npy.js";
import type { StridedArray } from "../../src/base/strided.js";
import { buildForBrowser } from "../support/browser/build.js";
import { type Pages, servePages } from "../support/browser/pages.js";
import type { ReadAnswer, ReadRequest } from "../support/browser/probe.js";
import { haveChromium, openPage, type WatchedPage } from "../support/chromium.js";
import {
  type GoldenEntry,
  type GoldenMip,
  goldenEntries,
  goldenPath,
  goldenRoot,
  goldenTruth,
  sha256,
} from "../support/golden.js";
import { difference, largestDifference } from "../support/voxels.js";

const IMAGES = ["image", "image-mips", "image-sharded", "real-em", "real-segmentation"];
const ARRAYS = ["zarr2", "zarr3", "zarr3-sharded", "ome-zarr-0.4", "ome-zarr-0.5", "n5", "n5-multiscale"];
/** What the page reads by: workers with shared memory, workers without, none. */
const WAYS = [
  { name: "workers that share memory", isolated: true, byWorkers: true },
  { name: "workers that share none", isolated: false, byWorkers: true },
  { name: "no workers", isolated: false, byWorkers: false },
] as const;

const isHere = haveChromium("the library in a browser");
const images = (isHere ? goldenEntries(IMAGES, "the golden layers in a browser") : []).flatMap((entry) =>
  entry.mips.map((mip) => ({ name: `${entry.path} mip ${mip.mip}`, entry, mip })),
);
const arrays = (isHere ? goldenEntries(ARRAYS, "the golden arrays in a browser") : []).flatMap((entry) =>
  levelsOf(entry).map((level) => ({ name: `${entry.path} level ${level.level ?? 0}`, entry, level })),
);

let library = "";
beforeAll(() => {
  if (images.length > 0) library = buildForBrowser();
});

describe.runIf(images.length > 0).each(WAYS)("by $name", ({ isolated, byWorkers }) => {
  let pages: Pages;
  let watched: WatchedPage;

  beforeAll(async () => {
    pages = await servePages({
      folders: { "/lib/": library, "/data/": goldenRoot ?? "" },
      pages: {
        "/": '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/lib/probe.js"></script>',
      },
      isolated,
    });
    watched = await openPage();
    await watched.page.goto(pages.url);
    await watched.page.waitForFunction(() => "cloudvolume" in globalThis);
    const threads = byWorkers ? 2 : 0;
    await watched.page.evaluate((n) => globalThis.cloudvolume.configureRuntime({ threads: n }), threads);
  });

  test("the page is what it is said to be", async () => {
    expect(await watched.page.evaluate(() => globalThis.crossOriginIsolated)).toBe(isolated);
    expect(await watched.page.evaluate(() => "process" in globalThis || "Buffer" in globalThis)).toBe(false);
  });

  test.each(images)(
    "$name",
    async ({ entry, mip }) => {
      const { fill_missing: fillMissing = false, background_color: backgroundColor = 0 } = entry;
      const options = { mip: mip.mip, fillMissing, backgroundColor };
      const { box_with_data: box } = mip;
      const got = await read({ path: `${pages.url}/data/${entry.path}`, options, ...(box && { box }) });
      expect(got.dtype).toBe(mip.truth.dtype);
      check(got.array, entry, mip);
    },
    300_000,
  );

  test.each(arrays)("$name", async ({ entry, level }) => {
    const format = entry.kind.startsWith("n5") ? "n5" : "zarr";
    const path = `${format}://${pages.url}/data/${entry.path}`;
    const got = await read({ path, options: { mip: level.level ?? 0 } });
    expect(difference(got.array, arrayTruth(entry, level))).toBe("same");
  });

  test("nothing failed on the way", () => {
    expect(watched.errors.filter((error) => !error.includes("404"))).toEqual([]);
  });

  async function read(
    request: Omit<ReadRequest, "byWorkers">,
  ): Promise<{ dtype: string; array: StridedArray }> {
    pages.posted.length = 0;
    const asked: ReadRequest = { ...request, byWorkers };
    const answer: ReadAnswer = await watched.page.evaluate((r) => globalThis.cloudvolume.read(r), asked);
    expect(answer.shared).toBe(isolated && byWorkers);
    expect(answer.workers > 0).toBe(byWorkers);
    const bytes = new Uint8Array(pages.posted.pop() ?? []);
    const data = new (arrayType(answer.dtype as DataType))(bytes.buffer) as TypedArray;
    return { dtype: answer.dtype, array: { data, shape: answer.shape, stride: answer.stride } };
  }
});

function check(read: StridedArray, entry: GoldenEntry, mip: GoldenMip): void {
  if (mip.box_with_data !== undefined) {
    expect(sha256(read)).toBe(mip.truth.sha256_F_of_box);
    return;
  }
  const truth = goldenTruth(mip.truth);
  if (truth === undefined) expect(sha256(read)).toBe(mip.truth.sha256_F);
  else if (entry.lossless !== false) expect(difference(read, truth)).toBe("same");
  else expect(largestDifference(read, truth)).toBeLessThanOrEqual(mip.truth.shape[3] === 3 ? 4 : 2);
}

interface Level {
  readonly file: string;
  readonly dtype: string;
  readonly level?: number;
}

function levelsOf(entry: GoldenEntry): readonly Level[] {
  const { truth } = entry as unknown as { truth: Level | readonly Level[] };
  return Array.isArray(truth) ? (truth as readonly Level[]) : [truth as Level];
}

/** The truth with axes x, y, z, channel: N5 has x first, Zarr t, c, z, y, x; of points in time the first one. */
function arrayTruth({ kind }: GoldenEntry, { file }: Level): StridedArray {
  const { data, shape, stride } = parseNpy(gunzipSync(readFileSync(goldenPath(file))));
  const axes = shape.map((side, i) => ({ side, step: stride[i] ?? 0 }));
  const [x, y, z, c] = kind.startsWith("n5") ? axes : axes.toReversed();
  const four = [x, y, z, c].map((axis) => axis ?? { side: 1, step: 0 });
  return { data, shape: four.map((a) => a.side), stride: four.map((a) => a.step) };
}
