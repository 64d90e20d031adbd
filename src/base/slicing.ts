import { Bbox, type BboxDict, type PhysicalUnit } from "./bbox.js";
import { isDict } from "./bbox-shape.js";
import { ArgumentError, DimensionError, OutOfBoundsError } from "./errors.js";
import { show } from "./show.js";
import type { Vec3 } from "./strided.js";

/** A coordinate: fractions are dropped. */
export type Coordinate = number | bigint;

/** A range along one axis; a missing end is the volume's own, a missing step is 1. */
export interface Slice {
  readonly start?: Coordinate | null | undefined;
  readonly stop?: Coordinate | null | undefined;
  readonly step?: Coordinate | null | undefined;
}

/** One axis: a coordinate (width 1, the axis stays), a range, `null` (all of it), or text like `"0:64:2"`. */
export type AxisSlice = Coordinate | null | Slice | readonly (Coordinate | null | undefined)[] | string;

/**
 * What a user asks of a volume, along x, y, z and channel, e.g. `"0:64, 10:20, :"`, `[[0, 64], 5, "..."]`, or a
 * Bbox. Axes left out are taken whole. `"..."` stands for as many whole axes as are missing. Six plain numbers
 * are the corners of a box, `x0-x1_y0-y1_z0-z1` is a chunk's name.
 */
export type Slices = Bbox | BboxDict | AxisSlice | readonly AxisSlice[];

/** A resolved request: whole voxels, steps of at least 1. */
export interface Cutout {
  /** The voxels to read, before steps are taken. */
  readonly box: Bbox;
  readonly step: Vec3;
  readonly channels: readonly [start: number, stop: number, step: number];
}

export interface SlicingOptions {
  /** Throw OutOfBoundsError for voxels outside the volume. Default true. */
  readonly bounded?: boolean | undefined;
  /** Move what lies outside to the volume's edge instead. Default false. */
  readonly autocrop?: boolean | undefined;
  /** The size of a voxel, to convert boxes in physical units. */
  readonly resolution?: readonly number[] | undefined;
  readonly resolutionUnit?: PhysicalUnit | undefined;
}

type Resolved = readonly [start: number, stop: number, step: number];

const AXES = ["x", "y", "z", "channel"] as const;

/** A range for use among slices: `slice(0, 64)`, `slice(null, 64, 2)`. */
export function slice(start?: Coordinate | null, stop?: Coordinate | null, step?: Coordinate | null): Slice {
  return { start, stop, step };
}

/**
 * Resolves slices against a volume's bounds. Negative numbers are coordinates, never counted from the end; a range
 * that stops before its start is empty. Channels are always judged, as nothing lies outside them.
 * @throws ArgumentError for a malformed slice or a step below 1, DimensionError for too many axes,
 * OutOfBoundsError where bounded.
 */
export function resolveSlices(
  slices: Slices,
  bounds: Bbox,
  numChannels: number,
  options: SlicingOptions = {},
): Cutout {
  const axes = fillAxes(toAxes(slices, options));
  const { bounded = true, autocrop = false } = options;
  const along = (axis: 0 | 1 | 2): Resolved =>
    resolve(axes[axis], axis, [bounds.minpt[axis]!, bounds.maxpt[axis]!], bounded, autocrop);
  const [x, y, z] = [along(0), along(1), along(2)];
  return {
    box: new Bbox([x[0], y[0], z[0]], [x[1], y[1], z[1]], { dtype: "int64" }),
    step: [x[2], y[2], z[2]],
    channels: resolve(axes[3], 3, [0, numChannels], true, false),
  };
}

/** The shape of what a request gives: x, y, z, channel. */
export function cutoutShape({ box, step, channels }: Cutout): [number, number, number, number] {
  const [first, last, every] = channels;
  const along = (axis: 0 | 1 | 2): number => Math.ceil((box.maxpt[axis]! - box.minpt[axis]!) / step[axis]);
  return [along(0), along(1), along(2), Math.ceil((last - first) / every)];
}

function toAxes(slices: Slices, { resolution, resolutionUnit }: SlicingOptions): readonly AxisSlice[] {
  if (slices instanceof Bbox) {
    if (slices.isPhysical && resolution === undefined)
      throw new ArgumentError("A box in a physical unit needs the resolution", { got: String(slices) });
    return slices.convertUnits("vx", resolution, resolutionUnit).toSlices();
  }
  if (typeof slices === "string") {
    if (slices.includes("_")) return Bbox.fromFilename(slices).toSlices();
    return toAxes(slices.split(",").map(axisOf), {});
  }
  if (isDict(slices)) return toAxes(Bbox.fromDict(slices), { resolution, resolutionUnit });
  if (!Array.isArray(slices)) return [slices as AxisSlice];
  const axes = (slices as readonly AxisSlice[]).map((axis) =>
    typeof axis === "string" ? axisOf(axis) : axis,
  );
  if (axes.length !== 6 || !axes.every((v) => typeof v === "number" || typeof v === "bigint")) return axes;
  return Bbox.fromList(axes.map((v) => whole(v, "a corner"))).toSlices();
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;

/** One axis of the text form. */
function axisOf(text: string): AxisSlice {
  const trimmed = text.trim();
  if (trimmed === "...") return trimmed;
  const parts = trimmed.split(":").map((part) => part.trim());
  if (parts.length > 3 || trimmed === "" || !parts.every((part) => part === "" || NUMBER.test(part)))
    throw new ArgumentError("Not a slice", {
      expected: 'a number, "start:stop", "start:stop:step" or "..."',
      got: show(text),
    });
  const [start = null, stop = null, step = null] = parts.map((part) => (part === "" ? null : Number(part)));
  return parts.length === 1 ? start : { start, stop, step };
}

/** Four axes: the ellipsis spread, missing ones whole, further ones dropped if they select nothing less. */
function fillAxes(given: readonly AxisSlice[]): readonly [AxisSlice, AxisSlice, AxisSlice, AxisSlice] {
  const axes = [...given];
  const at = axes.indexOf("...");
  if (at >= 0) {
    if (axes.includes("...", at + 1)) throw new ArgumentError('Only one "..." can stand in a slice');
    axes.splice(at, 1, ...Array.from({ length: Math.max(0, 5 - axes.length) }, () => null));
  }
  for (let last = axes.at(-1); axes.length > 4 && last !== undefined && trivial(last); last = axes.at(-1))
    axes.pop();
  if (axes.length > 4)
    throw new DimensionError("Too many slices", {
      expected: `at most 4 (${AXES})`,
      got: String(axes.length),
    });
  const [x = null, y = null, z = null, channel = null] = axes;
  return [x, y, z, channel];
}

/** Whether a slice beyond the last axis changes nothing: all of it, or of width 1. */
function trivial(axis: AxisSlice): boolean {
  const { start, stop } = parts(axis, "a further axis");
  return (start === undefined && stop === undefined) || Math.abs((stop ?? 0) - (start ?? 0)) === 1;
}

interface Parts {
  readonly start: number | undefined;
  readonly stop: number | undefined;
  readonly step: number;
}

function parts(axis: AxisSlice, where: string): Parts {
  if (axis === null) return { start: undefined, stop: undefined, step: 1 };
  if (typeof axis === "number" || typeof axis === "bigint") {
    const start = whole(axis, where);
    return { start, stop: start + 1, step: 1 };
  }
  const { start, stop, step } = toSlice(axis, where);
  const by = step === null || step === undefined ? 1 : whole(step, where);
  if (by < 1)
    throw new ArgumentError("A step is at least 1", { where, expected: "1 or more", got: show(step) });
  return {
    start: start === null || start === undefined ? undefined : whole(start, where),
    stop: stop === null || stop === undefined ? undefined : whole(stop, where),
    step: by,
  };
}

function toSlice(axis: Exclude<AxisSlice, Coordinate | null>, where: string): Slice {
  if (Array.isArray(axis) && (axis.length === 2 || axis.length === 3))
    return slice(axis[0], axis[1], axis[2]);
  if (isSlice(axis)) return axis;
  throw new ArgumentError("Not a slice", {
    where,
    expected: "a number, [start, stop], [start, stop, step] or null",
    got: show(axis),
  });
}

function isSlice(axis: unknown): axis is Slice {
  if (typeof axis !== "object" || axis === null || Array.isArray(axis)) return false;
  const keys = Object.keys(axis);
  return keys.length > 0 && keys.every((key) => key === "start" || key === "stop" || key === "step");
}

function whole(value: Coordinate, where: string): number {
  const number =
    typeof value === "number" || typeof value === "bigint" ? Math.trunc(Number(value)) + 0 : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  throw new ArgumentError("Not a coordinate", { where, expected: "a number up to 2^53", got: show(value) });
}

function resolve(
  axis: AxisSlice,
  index: 0 | 1 | 2 | 3,
  [low, high]: readonly [number, number],
  bounded: boolean,
  autocrop: boolean,
): Resolved {
  const name = AXES[index];
  const { start = low, stop = high, step } = parts(axis, `along ${name}`);
  const inside = start >= low && start <= high && stop >= low && stop <= high;
  if (inside || (!bounded && !autocrop)) return [start, Math.max(start, stop), step];
  if (autocrop) {
    const first = Math.min(Math.max(start, low), high);
    return [first, Math.max(first, Math.min(Math.max(stop, low), high)), step];
  }
  const fix = index === 3 ? {} : { fix: "Pass bounded: false to read what lies outside as background" };
  throw new OutOfBoundsError(`The slice along ${name} leaves the volume`, {
    expected: `${low} to ${high}`,
    got: `${start}:${stop}`,
    ...fix,
  });
}
