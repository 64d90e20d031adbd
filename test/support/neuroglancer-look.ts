/** A section of a volume in stock Neuroglancer, compared with the truth voxel by voxel. */
import type { JsonObject } from "../../src/base/json.js";
import type { StridedArray, Vec3 } from "../../src/base/strided.js";
import { type CloudVolume, serve } from "../../src/node.js";
import { neuroglancerState } from "../../src/server/neuroglancer.js";
import { BARE, type Color, type Screen, type Viewer } from "./neuroglancer.js";

/** Pixels of a voxel. */
const ZOOM = 6;
/** Voxels along an axis that are compared, and how far a colour may be off. */
const SIDE = 24;
export const TOLERANCE = 3;

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

/** Serves a volume and shows it. @returns what is wrong; undefined: a section has the truth's values. */
export async function look(
  viewer: Viewer,
  vol: CloudVolume,
  truth: StridedArray,
  tolerance: number = TOLERANCE,
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
