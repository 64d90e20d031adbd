/** A look at a layer's data, for a first view: its range of values, its largest segments, a place where something is. */
import type { Abortable } from "./base/abort.js";
import { Bbox } from "./base/bbox.js";
import type { TypedArray } from "./base/dtype.js";
import type { Vec3 } from "./base/strided.js";
import type { Volume } from "./volume/volume.js";

export interface Sample {
  /** Of images: between them lie all values but the lowest and the highest of 200. */
  readonly range?: readonly [number | bigint, number | bigint] | undefined;
  /** Of segmentations: labels that have a mesh or a skeleton, the most frequent first. */
  readonly segments?: readonly bigint[] | undefined;
  /** In voxels of the finest level. Undefined: the middle is as good. */
  readonly position?: Vec3 | undefined;
}

/** Voxels along each axis that are looked at. */
const SIDES: Vec3 = [256, 256, 16];
/** Segments that are named, and those that are asked for their meshes and skeletons. */
const SEGMENTS = 12;
const CANDIDATES = 48;
/** Values that are sorted. */
const VALUES = 20_000;

/** Reads the middle of the coarsest level: at most 2^20 voxels. @throws as `download`. */
export async function sampleVolume(volume: Volume, { signal }: Abortable = {}): Promise<Sample> {
  const view = volume.at(volume.info.scales.length - 1);
  view.fillMissing = true;
  view.progress = false;
  const { minpt, maxpt } = view.bounds;
  const low = minpt.map((from, axis) => Math.max(from, Math.floor((from + maxpt[axis]! - SIDES[axis]!) / 2)));
  const high = low.map((from, axis) => Math.min(from + SIDES[axis]!, maxpt[axis]!));
  const { data, shape } = await view.download(new Bbox(low, high), { signal, parallel: 1 });
  const voxels = data.subarray(0, shape[0] * shape[1] * shape[2]);
  const isLabels = volume.layerType === "segmentation" && !(data instanceof Float32Array);
  const factor = volume.info.scales[0]!.resolution.map((r, axis) => view.resolution[axis]! / r);
  const place = somewhere(voxels);
  const toFinest = (n: number, axis: number): number => Math.floor((low[axis]! + n + 0.5) * factor[axis]!);
  return {
    range: isLabels ? undefined : rangeOf(voxels),
    segments: isLabels ? await shown(volume, labelsOf(voxels), { signal }) : undefined,
    position:
      place === undefined ? undefined : (pointOf(place, shape).map(toFinest) as [number, number, number]),
  };
}

/** Those of the labels that there is more to see of than their voxels. */
async function shown(volume: Volume, labels: readonly bigint[], options: Abortable): Promise<bigint[]> {
  const { mesh, skeletons } = volume.info;
  if (labels.length === 0 || (!mesh && !skeletons)) return [];
  const none = new Map<bigint, string | undefined>();
  const [meshes, lines] = await Promise.all([
    mesh ? volume.mesh.exists(labels, options) : none,
    skeletons ? volume.skeleton.exists(labels, options) : none,
  ]);
  const there = labels.filter((label) => meshes.get(label) !== undefined || lines.get(label) !== undefined);
  return there.slice(0, SEGMENTS);
}

/** Where something is, if there is little and nothing in the middle: the one in the middle of what there is. */
function somewhere(data: TypedArray): number | undefined {
  const places: number[] = [];
  for (let i = 0; i < data.length; i++) if (Number(data[i]) !== 0) places.push(i);
  if (places.length === 0 || places.length > data.length / 2) return undefined;
  return places[places.length >> 1];
}

function pointOf(index: number, [sx, sy]: readonly number[]): Vec3 {
  return [index % sx!, Math.floor(index / sx!) % sy!, Math.floor(index / (sx! * sy!))];
}

function rangeOf(data: TypedArray): readonly [number | bigint, number | bigint] | undefined {
  const step = Math.max(1, Math.floor(data.length / VALUES));
  const values: (number | bigint)[] = [];
  for (let i = 0; i < data.length; i += step) {
    // Signed ones are shown as floats.
    const value = data instanceof BigInt64Array ? Number(data[i]) : data[i]!;
    if (typeof value === "bigint" || Number.isFinite(value)) values.push(value);
  }
  values.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const low = values[Math.floor(values.length / 200)];
  const high = values[Math.ceil(values.length * 0.995) - 1];
  if (low === undefined || high === undefined) return undefined;
  if (low < high) return [low, high];
  // One value throughout: it is to be neither black nor white.
  return typeof low === "bigint"
    ? [low - (low === 0n ? 0n : 1n), low + 1n]
    : [low - (low === 0 ? 0 : 1), low + 1];
}

/** The most frequent labels but 0. */
function labelsOf(data: TypedArray): bigint[] {
  const counts = new Map<number | bigint, number>();
  for (const value of data) counts.set(value, (counts.get(value) ?? 0) + 1);
  counts.delete(0);
  counts.delete(0n);
  const frequent = [...counts].sort(([, a], [, b]) => b - a).slice(0, CANDIDATES);
  return frequent.map(([value]) => BigInt.asUintN(64, BigInt(value)));
}
