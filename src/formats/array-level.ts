/**
 * Arrays of voxels as Zarr and N5 describe them, with their axes in whatever order, and how they are cut and packed. One
 * {@link ArrayLevel} is one mip. What they mean as x, y, z, channel is computed here, once for all such formats.
 */
import { bytesPerVoxel, type DataType, type Voxel } from "../base/dtype.js";
import { ArgumentError, InfoError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import { product, type Vec3, type Vec4 } from "../base/strided.js";
import type { ByteCodecConfig } from "../codecs/byte-chain.js";

/** x, y, z, channel, time; any other axis must have one element. */
export type AxisName = "x" | "y" | "z" | "c" | "t" | "other";

export interface ArrayLevel {
  /** The array's folder within the layer; empty for the layer itself. */
  readonly key: string;
  /** Sides, chunk sides and meanings of the stored axes, in the order in which chunk names have them. */
  readonly shape: readonly number[];
  readonly chunk: readonly number[];
  readonly axes: readonly AxisName[];
  /** Elements from one to the next along each stored axis, within a chunk. */
  readonly steps: readonly number[];
  readonly dtype: DataType;
  readonly bigEndian: boolean;
  readonly chain: readonly ByteCodecConfig[];
  /** The value of what is not stored. */
  readonly fill: Voxel;
  readonly names: ChunkNames;
  /** The codec of a whole chunk. */
  readonly codec: "zarr" | "n5";
  /** Zarr 3: chunks lie several to a file. */
  readonly shard?: ShardLevel | undefined;
  /** Nanometres of a voxel, and the first voxel's place, in voxels. */
  readonly resolution: Vec3;
  readonly offset: Vec3;
  /** How the chunks are packed, in a word, for people. */
  readonly encoding: string;
}

export interface ChunkNames {
  readonly prefix: string;
  readonly separator: string;
}

/** Files of `shape` elements along the stored axes, each a whole number of chunks; an index at one end. */
export interface ShardLevel {
  readonly shape: readonly number[];
  readonly location: "start" | "end";
  readonly checksum: boolean;
}

/** A layer: its levels from the finest on. */
export interface ArrayLayer {
  readonly format: "zarr2" | "zarr3" | "n5";
  readonly levels: readonly ArrayLevel[];
  /** The attributes of the layer's root. */
  readonly attributes: JsonObject;
}

/** The stored axis that has a meaning, or -1. */
export function axisOf({ axes }: Pick<ArrayLevel, "axes">, name: AxisName): number {
  return axes.indexOf(name);
}

const SPACE = ["x", "y", "z", "c"] as const;

/** A value for each of x, y, z, channel out of one for each stored axis. */
export function perVoxelAxis(level: Pick<ArrayLevel, "axes">, values: readonly number[], none: number): Vec4 {
  return SPACE.map((name) => values[axisOf(level, name)] ?? none) as unknown as Vec4;
}

/** Voxels along x, y, z, and channels. */
export function levelSize(level: ArrayLevel): Vec4 {
  return perVoxelAxis(level, level.shape, 1);
}

export function levelChunk(level: ArrayLevel): Vec4 {
  return perVoxelAxis(level, level.chunk, 1);
}

/** Points in time. */
export function levelTimes(level: ArrayLevel): number {
  return level.shape[axisOf(level, "t")] ?? 1;
}

/** Where the axes x, y, z, channel go in a chunk's name (0 to 3), and what stands in the places of the others. */
export function nameParts(level: ArrayLevel, time: number): (0 | 1 | 2 | 3 | string)[] {
  return level.axes.map((name, axis) => {
    const place = SPACE.indexOf(name as "x");
    if (place >= 0) return place as 0 | 1 | 2 | 3;
    return String(name === "t" ? Math.floor(time / level.chunk[axis]!) : 0);
  });
}

/** What the chunk codec has to know; see `StoredArray` of the codecs. */
export function storedArray(level: ArrayLevel, time: number): Record<string, unknown> {
  const t = axisOf(level, "t");
  return {
    // Arrays say how many bytes an element has, not every configuration of blosc does.
    chain: level.chain.map((codec) =>
      codec.name === "blosc" ? { typesize: bytesPerVoxel(level.dtype), ...codec } : codec,
    ),
    bigEndian: level.bigEndian,
    shape: levelChunk(level),
    stride: perVoxelAxis(level, level.steps, 0),
    start: t < 0 ? 0 : (time % level.chunk[t]!) * level.steps[t]!,
    elements: product(level.chunk),
    fill: level.fill,
  };
}

/**
 * A level with other sides or chunks; itself if they are the same. Chunks that are stored are then no longer those that it describes.
 * @throws ArgumentError where its shards are no whole number of such chunks.
 */
export function reshaped(level: ArrayLevel, size: Vec3, chunkSize: Vec3): ArrayLevel {
  const put = (values: readonly number[], by: Vec3): number[] =>
    level.axes.map((name, axis) => by[SPACE.indexOf(name as "x")] ?? values[axis]!);
  const [shape, chunk] = [put(level.shape, size), put(level.chunk, chunkSize)];
  const isSame = (a: readonly number[], b: readonly number[]): boolean => a.every((n, axis) => n === b[axis]);
  if (isSame(chunk, level.chunk)) return isSame(shape, level.shape) ? level : { ...level, shape };
  if (level.shard?.shape.every((side, axis) => side % chunk[axis]! === 0) === false)
    throw new ArgumentError("Shards are whole numbers of chunks", {
      where: level.key,
      expected: `sides that divide ${level.shard.shape.join(" x ")}`,
      got: chunk.join(" x "),
    });
  // From the fastest axis on; of sides of one, the later axis is the faster one.
  const order = level.steps.map((_, axis) => axis).sort((a, b) => level.steps[a]! - level.steps[b]! || b - a);
  const steps: number[] = [];
  order.reduce((step, axis) => {
    steps[axis] = step;
    return step * chunk[axis]!;
  }, 1);
  return checkLevel({ ...level, shape, chunk, steps }, level.key);
}

/** The default meanings of `rank` axes, the slowest first. */
export function defaultAxes(rank: number): AxisName[] {
  return (["t", "c", "z", "y", "x"] as const).slice(5 - rank);
}

/** Meanings by what axes are called; undefined if they do not tell. */
export function namedAxes(names: readonly (string | null | undefined)[]): AxisName[] | undefined {
  const meanings = names.map((name): AxisName | undefined => {
    const short = name?.toLowerCase();
    if (short === "x" || short === "y" || short === "z" || short === "c" || short === "t") return short;
    if (short === "channel" || short === "c^") return "c";
    return short === "time" ? "t" : undefined;
  });
  const known = meanings.filter((m) => m !== undefined);
  if (!known.includes("x") || !known.includes("y") || new Set(known).size !== known.length) return undefined;
  return meanings.map((m) => m ?? "other");
}

/** @throws InfoError for an axis that no volume has, and for a chunk beyond reason. */
export function checkLevel(level: ArrayLevel, where: string): ArrayLevel {
  const { shape, axes, chunk } = level;
  for (const [i, name] of axes.entries()) {
    if (name !== "other" || shape[i] === 1) continue;
    throw new InfoError("An axis that is neither x, y, z, channel nor time has more than one element", {
      where,
      expected: "axes x, y, z, c, t",
      got: `axis ${i} of ${axes.length} with ${shape[i]} elements`,
    });
  }
  const bytes = product(chunk) * 8;
  if (bytes <= 2 ** 32) return level;
  throw new InfoError("Chunks are too large", {
    where,
    expected: "at most 2^29 elements",
    got: chunk.join(" x "),
  });
}

const METRES: Readonly<Record<string, number>> = {
  angstrom: 1e-10,
  Å: 1e-10,
  yoctometer: 1e-24,
  zeptometer: 1e-21,
  attometer: 1e-18,
  femtometer: 1e-15,
  picometer: 1e-12,
  nanometer: 1e-9,
  micrometer: 1e-6,
  millimeter: 1e-3,
  centimeter: 1e-2,
  decimeter: 0.1,
  meter: 1,
  decameter: 10,
  hectometer: 100,
  kilometer: 1e3,
  megameter: 1e6,
  gigameter: 1e9,
  inch: 0.0254,
  foot: 0.3048,
  yard: 0.9144,
  mile: 1609.344,
  pm: 1e-12,
  nm: 1e-9,
  um: 1e-6,
  µm: 1e-6,
  μm: 1e-6,
  micron: 1e-6,
  mm: 1e-3,
  cm: 1e-2,
  m: 1,
  km: 1e3,
};

/** Nanometres of a unit's name; without a name, or with one that is no length, it counts as nanometres. */
export function nanometres(unit: unknown): number {
  const name = typeof unit === "string" ? unit.trim() : "";
  const metres =
    METRES[name] ?? METRES[name.toLowerCase()] ?? METRES[name.toLowerCase().replace(/(metre|s)$/, "meter")];
  return metres === undefined ? 1 : metres / 1e-9;
}

/** Without the noise that sums and products of decimal fractions leave in the last digits. */
export function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

/** A place in units of voxels: whole voxels, rounded down. */
export function wholeVoxels(place: number): number {
  return Math.floor(rounded(place) + 1e-6) + 0;
}
