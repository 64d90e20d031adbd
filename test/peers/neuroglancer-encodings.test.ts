/**
 * Every encoding that CloudVolume lists, every format, data type and compression at rest, seen in stock Neuroglancer through
 * `serve`: a section's pixels are compared with the truth, voxel by voxel. In a real browser.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/base/json.js";
import type { StridedArray, Vec3 } from "../../src/base/strided.js";
import { CloudVolume, serve } from "../../src/node.js";
import { neuroglancerState } from "../../src/server/neuroglancer.js";
import { haveChromium } from "../support/chromium.js";
import { type GoldenEntry, goldenEntries, goldenPath, goldenTruth } from "../support/golden.js";
import { BARE, type Color, type Screen, Viewer } from "../support/neuroglancer.js";

const WHAT = "encodings in Neuroglancer";
const hasChromium = haveChromium(WHAT);
const entries = hasChromium
  ? goldenEntries(["image", "image-mips", "image-sharded", "zarr", "n5"], WHAT)
  : [];

/** Pixels of a voxel. */
const ZOOM = 6;
/** Voxels along an axis that are compared, and how far a colour may be off. */
const SIDE = 24;
const TOLERANCE = 3;

let viewer: Viewer;
beforeAll(async () => {
  if (hasChromium) viewer = await Viewer.open();
});

interface Looked {
  readonly truth: StridedArray;
  /** Of the section, in the array. */
  readonly z: number;
  readonly range?: readonly [number, number] | undefined;
  readonly isColor: boolean;
  readonly tolerance: number;
}

/** What is wrong with the screen; undefined: every voxel has its colour. */
function compare(
  { truth, z, ...look }: Looked,
  screen: Screen,
  [mx, my]: readonly [number, number],
): string | undefined {
  const [sx, sy] = truth.shape as [number, number];
  const colors = new Map<string, string>();
  const labels = new Map<string, string>();
  for (let y = 0; y < Math.min(SIDE, sy); y++)
    for (let x = 0; x < Math.min(SIDE, sx); x++) {
      const value = (c = 0): number | bigint =>
        truth.data[
          x * truth.stride[0]! + y * truth.stride[1]! + z * truth.stride[2]! + c * (truth.stride[3] ?? 0)
        ]!;
      const seen = screen.at(mx + (x + 0.5 - SIDE / 2) * ZOOM, my + (y + 0.5 - SIDE / 2) * ZOOM);
      const where = `voxel ${x}, ${y}, ${z} of value ${value()}: ${seen}`;
      if (look.range !== undefined) {
        const [low, high] = look.range;
        const gray = (v: number | bigint): number =>
          Math.min(255, Math.max(0, (255 * (Number(v) - low)) / (high - low)));
        const wanted: Color = look.isColor
          ? [gray(value(0)), gray(value(1)), gray(value(2))]
          : [gray(value()), gray(value()), gray(value())];
        if (wanted.some((w, i) => !(Math.abs(w - seen[i]!) <= look.tolerance)))
          return `${where}, not ${wanted.map(Math.round)}`;
        continue;
      }
      // A label has one colour, a colour one label, and what is no label is black.
      const [label, color] = [String(value()), String(seen)];
      if ((label === "0") !== (color === "0,0,0")) return where;
      if ((colors.get(label) ?? color) !== color) return `${where}, elsewhere ${colors.get(label)}`;
      if ((labels.get(color) ?? label) !== label) return `${where}, the colour of ${labels.get(color)}`;
      colors.set(label, color);
      labels.set(color, label);
    }
  return undefined;
}

async function look(
  vol: CloudVolume,
  truth: StridedArray,
  tolerance = TOLERANCE,
): Promise<string | undefined> {
  const serving = await serve({ layer: vol }, { port: 0 });
  try {
    const [x = 0, y = 0, z = 0] = vol.voxelOffset;
    const { resolution } = vol.info.scales[0]!;
    const isLabels = vol.layerType === "segmentation";
    const plane = isLabels ? richest(truth) : Math.min(truth.shape[2]! - 1, 3);
    const range = isLabels ? undefined : rangeOf(truth);
    const isColor = vol.numChannels === 3 && vol.dtype === "uint8";
    const state: JsonObject = {
      ...neuroglancerState(
        [
          {
            ...{
              name: "layer",
              source: `precomputed://${serving.layers[0]}`,
              type: isLabels ? "segmentation" : "image",
            },
            ...{ channels: vol.numChannels, isColor, range: isColor ? undefined : wide(truth, range) },
            extent: {
              resolution,
              offset: [x, y, z],
              size: truth.shape.slice(0, 3) as unknown as Vec3,
            },
          },
        ],
        { layout: "xy", position: [x + SIDE / 2 + 0.001, y + SIDE / 2 + 0.001, z + plane] },
      ),
      ...BARE,
      crossSectionScale: (1 / ZOOM) * (resolution[0] / Math.min(...resolution)),
    };
    const [layer] = state.layers as JsonObject[];
    if (isLabels) Object.assign(layer!, { selectedAlpha: 1, hideSegmentZero: true });
    const looked = {
      truth,
      z: plane,
      range: isColor ? ([0, 255] as const) : range,
      isColor,
      tolerance,
    };
    const shows = async (patience: number): Promise<string | undefined> => {
      await viewer.show(state);
      const middle = await viewer.middle();
      return await viewer.until((screen) => compare(looked, screen, middle), patience);
    };
    // A page that has shown much is slow to let go of it: then a fresh one has to show this alone.
    if ((await shows(6000)) === undefined) return undefined;
    await viewer.page.goto("about:blank");
    return await shows(30_000);
  } finally {
    await serving.close();
  }
}

/** The section with the most labels where they are compared. */
function richest({ data, shape, stride }: StridedArray): number {
  const counts = Array.from({ length: shape[2]! }, (_, z) => {
    const labels = new Set<number | bigint>();
    for (let y = 0; y < Math.min(SIDE, shape[1]!); y++)
      for (let x = 0; x < Math.min(SIDE, shape[0]!); x++)
        labels.add(data[x * stride[0]! + y * stride[1]! + z * stride[2]!]!);
    return labels.size;
  });
  return counts.indexOf(Math.max(...counts));
}

/** 64 bits of the same. */
function wide(
  { data }: StridedArray,
  range: readonly [number, number] | undefined,
): readonly [number | bigint, number | bigint] | undefined {
  return range !== undefined && data instanceof BigUint64Array ? [BigInt(range[0]), BigInt(range[1])] : range;
}

function rangeOf({ data }: StridedArray): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (!Number.isFinite(Number(value))) continue;
    low = Math.min(low, Number(value));
    high = Math.max(high, Number(value));
  }
  return low < high ? [low, high] : [low - 1, low + 1];
}

/** The first golden layers that a name begins. */
const golden = (pattern: RegExp): GoldenEntry[] => entries.filter(({ path }) => pattern.test(path));

describe.runIf(entries.length > 0)("golden layers of CloudVolume and tensorstore", () => {
  const all = golden(/^images\//);
  test.each(all.map((entry) => [entry.path, entry] as const))("%s", async (path, entry) => {
    const truth = goldenTruth(entry.mips[0]!.truth);
    if (truth === undefined) return expect(entry.mips[0]!.truth.file).toBeUndefined();
    const vol = await CloudVolume.open(goldenPath(path), {
      fillMissing: true,
      ...(entry.background_color === undefined ? {} : { backgroundColor: entry.background_color }),
    });
    const lossy = /jpeg|jxl|prec|rate|tolerance|zfpc/.test(path);
    // Decoders differ in how they spread colours between pixels.
    const tolerance = /jpeg.*c3/.test(path) ? 48 : lossy ? 12 : TOLERANCE;
    expect(await look(vol, truth, tolerance)).toBeUndefined();
  });
});

afterAll(() => {
  if (hasChromium && viewer.watched.errors.length > 0)
    console.log([...new Set(viewer.watched.errors)].slice(0, 20).join("\n"));
});
