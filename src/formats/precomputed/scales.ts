import { roundHalfEven } from "../../base/bbox-chunks.js";
import { findClosestDivisor } from "../../base/divisors.js";
import { ArgumentError, ScaleUnavailableError } from "../../base/errors.js";
import { formatFloat, formatNumber, isFloat, withLiteral } from "../../base/json.js";
import { type EncodingSettings, setEncodingLevel } from "./encoding-level.js";
import { type Info, MAX_SCALES, type ScaleInfo, type Triple } from "./info.js";
import { type ShardingChoice, setSharding } from "./sharding.js";

/** A mip by its number (negative: from the coarsest, -1) or by its exact resolution. */
export type MipSpec = number | readonly number[];

export interface NewScaleOptions extends EncodingSettings {
  /** Default: that of mip 0. */
  readonly encoding?: string | undefined;
  /** Default: for each axis the divisor of mip 0's chunk size that is closest to 64. */
  readonly chunkSize?: readonly number[] | undefined;
  /** Chunks in shard files: true for the recommended way, or how. Default false, as in CloudVolume. */
  readonly sharding?: ShardingChoice | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** The number of a mip. @throws ScaleUnavailableError listing those there are. */
export function findMip({ scales }: Info, mip: MipSpec): number {
  if (typeof mip === "number") {
    const index = mip < 0 ? mip + scales.length : mip;
    if (Number.isInteger(index) && index >= 0 && index < scales.length) return index;
  } else {
    const index = scales.findIndex(({ resolution }) => sameNumbers(resolution, mip));
    if (index >= 0) return index;
  }
  throw new ScaleUnavailableError("There is no such mip", {
    expected: scales.map(({ resolution }, i) => `${i} <${resolution.join(",")}>`).join(", "),
    got: typeof mip === "number" ? String(mip) : `<${mip.join(",")}>`,
  });
}

/** The scale of a mip. @throws ScaleUnavailableError. */
export function scaleOf(info: Info, mip: MipSpec): ScaleInfo {
  return info.scales[findMip(info, mip)]!;
}

/** CloudVolume's mark for a mip that has no chunks: a key with "placeholder" in it. */
export function isPlaceholder(info: Info, mip: MipSpec): boolean {
  return scaleOf(info, mip).key.toLowerCase().includes("placeholder");
}

/**
 * Adds a mip `factor` times coarser than mip 0 (each axis rounded to an integer), or replaces the one with
 * that resolution: size rounded up, offset rounded down. Nothing is committed. CloudVolume's `add_scale`.
 * @returns the new scale. @throws ArgumentError for a factor below 1.
 */
export function addScale(info: Info, factor: readonly number[], options: NewScaleOptions = {}): ScaleInfo {
  const base = scaleOf(info, 0);
  const steps = roundedFactor(factor);
  if (!steps.every((n) => Number.isInteger(Math.log2(n)))) {
    options.onWarning?.(`The scale factor ${steps.join(", ")} is not a power of two, which few tools expect`);
  }
  const { encoding = base.encoding } = options;
  const offset = base.voxel_offset ?? [0, 0, 0];
  const scale: ScaleInfo = {
    encoding,
    chunk_sizes: [triple(options.chunkSize ?? findClosestDivisor(base.chunk_sizes[0]!, [64, 64, 64]))],
    ...spell(
      triple(base.resolution.map((r, i) => r * steps[i]!)),
      base.resolution.some((r, i) => isFloat(base.resolution, i, r)),
    ),
    voxel_offset: triple(offset.map((n, i) => Math.floor(n / steps[i]!))),
    size: triple(base.size.map((n, i) => Math.ceil(n / steps[i]!))),
  };
  setEncodingLevel(scale, options);
  if (encoding === "compressed_segmentation") {
    scale.compressed_segmentation_block_size = triple(base.compressed_segmentation_block_size ?? [8, 8, 8]);
  }
  if (options.sharding !== undefined) setSharding(scale, info.data_type, options.sharding);
  insert(info, scale);
  return scale;
}

/**
 * {@link addScale} by resolution (nm). @throws ArgumentError, naming the nearest one, where the resolution is
 * not a multiple of mip 0's.
 */
export function addResolution(
  info: Info,
  resolution: readonly number[],
  options: NewScaleOptions = {},
): ScaleInfo {
  const base = scaleOf(info, 0).resolution;
  const factor = base.map((r, i) => resolution[i]! / r);
  const steps = factor.map((f) => Math.max(1, Math.round(f)));
  if (resolution.length !== 3 || !factor.every((f, i) => Math.abs(f - steps[i]!) <= 0.01)) {
    throw new ArgumentError("Not a multiple of the resolution of mip 0", {
      where: "resolution",
      expected: `e.g. ${base.map((r, i) => r * steps[i]!).join(", ")}`,
      got: resolution.join(", "),
    });
  }
  return addScale(info, steps, options);
}

/** Drops every mip but 0. Nothing is committed. */
export function resetScales(info: Info): void {
  info.scales.length = 1;
}

/**
 * A resolution and its key as CloudVolume writes them: integers as they are (`4_4_40`); with a fraction
 * anywhere all of them as floats (`4.5_4.5_40.0`).
 */
export function spell(resolution: Triple, floats: boolean): Pick<ScaleInfo, "key" | "resolution"> {
  const format = floats ? formatFloat : formatNumber;
  const key = resolution.map(format).join("_");
  if (floats) resolution.forEach((r, i) => void withLiteral(resolution, i, formatFloat(r)));
  return { key, resolution };
}

/** Exactly three numbers, copied. @throws ArgumentError. */
export function triple(values: readonly number[], where?: string): Triple {
  const [x, y, z, ...rest] = values;
  if (x === undefined || y === undefined || z === undefined || rest.length > 0) {
    throw new ArgumentError("Not a value for each of x, y, z", {
      ...(where === undefined ? {} : { where }),
      expected: "3 numbers",
      got: String(values.length),
    });
  }
  return [x, y, z];
}

function roundedFactor(factor: readonly number[]): Triple {
  const steps = triple(factor.map(roundHalfEven), "factor");
  if (steps.every((n) => Number.isSafeInteger(n) && n >= 1)) return steps;
  throw new ArgumentError("Not a scale factor", {
    where: "factor",
    expected: "numbers that round to 1 or more",
    got: factor.join(", "),
  });
}

function insert({ scales }: Info, scale: ScaleInfo): void {
  const index = scales.findIndex(({ resolution }) => sameNumbers(resolution, scale.resolution));
  if (index >= 0) {
    scales[index] = scale;
    return;
  }
  if (scales.length >= MAX_SCALES) throw new ArgumentError("Too many scales", { expected: `${MAX_SCALES}` });
  scales.push(scale);
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}
