/** Levels of new arrays, and the parts of their metadata that versions share. */
import { bytesPerVoxel, type DataType, toVoxel, type Voxel } from "../base/dtype.js";
import { ArgumentError } from "../base/errors.js";
import { type JsonObject, type JsonValue, withLiteral } from "../base/json.js";
import { cStride, fortranStride, type Vec3 } from "../base/strided.js";
import { type ByteCodecConfig, isWritten } from "../codecs/byte-chain.js";
import { type ArrayLayer, type ArrayLevel, type AxisName, checkLevel } from "./array-level.js";
import { writeFill } from "./fill-value.js";

/** How the chunks of a new Zarr or N5 layer are stored. */
export interface ArrayOptions {
  /**
   * What packs a chunk: a name, or a name and its options (`{ name: "blosc", cname: "zstd" }`), or null for nothing. Default: blosc with lz4 for
   * Zarr, gzip for N5.
   */
  readonly compressor?: string | ByteCodecConfig | null | undefined;
  /** Behind the compressor: `true` for a CRC-32C of each chunk (Zarr 3). Default false. */
  readonly checksum?: boolean | undefined;
  /** Default "/" (Zarr 2: "."). */
  readonly separator?: "." | "/" | undefined;
  /** Order of a chunk's elements. Default "C": x fastest. */
  readonly order?: "C" | "F" | undefined;
  readonly endian?: "little" | "big" | undefined;
  /** The value of what is not stored. Default 0. */
  readonly fillValue?: Voxel | undefined;
  /** Zarr 3: voxels of a shard along x, y, z, multiples of the chunk's. Default: chunks are objects of their own. */
  readonly shardSize?: readonly number[] | undefined;
  /** Zarr 3: where a shard has its index. Default "end". */
  readonly shardIndex?: "start" | "end" | undefined;
  /** Zarr: whether the channels of a chunk lie in objects of their own. Default true. */
  readonly splitChannels?: boolean | undefined;
}

export interface NewLevel {
  readonly key: string;
  readonly size: Vec3;
  readonly chunk: Vec3;
  readonly channels: number;
  readonly dtype: DataType;
  readonly resolution: Vec3;
  readonly offset: Vec3;
}

/** @throws ArgumentError for options that the format has not. */
export function newLevel(format: ArrayLayer["format"], level: NewLevel, options: ArrayOptions): ArrayLevel {
  const n5 = format === "n5";
  if (n5 && level.dtype === "bool") throw wrong("N5 has no bool", "uint8", "bool");
  const {
    order = "C",
    separator = format === "zarr2" ? "." : "/",
    endian = "little",
    splitChannels = true,
  } = options;
  const axes: AxisName[] = level.channels > 1 ? ["c", "z", "y", "x"] : ["z", "y", "x"];
  const [x, y, z] = level.size;
  const [cx, cy, cz] = level.chunk;
  const channels = splitChannels && !n5 ? 1 : level.channels;
  const shape = [level.channels, z, y, x].slice(-axes.length);
  const chunk = [channels, cz, cy, cx].slice(-axes.length);
  const reverse = <T>(values: readonly T[]): T[] => (n5 ? values.toReversed() : [...values]);
  const chain = chainOf(format, options, level.dtype);
  const steps = n5 ? fortranStride(reverse(chunk)) : order === "C" ? cStride(chunk) : fortranStride(chunk);
  const made: ArrayLevel = {
    key: level.key,
    shape: reverse(shape),
    chunk: reverse(chunk),
    axes: reverse(axes),
    steps,
    dtype: level.dtype,
    bigEndian: n5 || (endian === "big" && bytesPerVoxel(level.dtype) > 1),
    chain,
    fill: toVoxel(options.fillValue ?? 0, level.dtype),
    names: { prefix: format === "zarr3" ? `c${separator}` : "", separator: n5 ? "/" : separator },
    codec: n5 ? "n5" : "zarr",
    shard: shardOf(format, chunk, channels, axes, options),
    resolution: level.resolution,
    offset: level.offset,
    encoding: chain.findLast(({ name }) => name !== "crc32c")?.name ?? "raw",
  };
  return checkLevel(made, level.key);
}

function chainOf(format: ArrayLayer["format"], options: ArrayOptions, dtype: DataType): ByteCodecConfig[] {
  const { compressor = format === "n5" ? "gzip" : "blosc", checksum = false } = options;
  const chain: ByteCodecConfig[] = [];
  if (compressor !== null && compressor !== "none" && compressor !== "raw") {
    const config = typeof compressor === "string" ? { name: compressor } : compressor;
    const name = format === "n5" && config.name === "lz4" ? "lz4-block" : config.name;
    if (!isWritten(name))
      throw wrong("This compressor cannot be written", "blosc, zstd, gzip, zlib, lz4, null", name);
    chain.push({
      ...DEFAULTS[name],
      ...config,
      name,
      ...(name === "blosc" ? { typesize: bytesPerVoxel(dtype) } : {}),
    });
  }
  if (checksum && format !== "zarr3")
    throw wrong("Only Zarr 3 has checksums of chunks", "checksum: false", format);
  return checksum ? [...chain, { name: "crc32c" }] : chain;
}

const DEFAULTS: Readonly<Record<string, JsonObject>> = {
  blosc: { cname: "lz4", clevel: 5, shuffle: 1, blocksize: 0 },
  zstd: { level: 3 },
  gzip: { level: 6 },
  zlib: { level: 6 },
  lz4: { acceleration: 1 },
};

function shardOf(
  format: ArrayLayer["format"],
  chunk: readonly number[],
  channels: number,
  axes: readonly AxisName[],
  { shardSize, shardIndex = "end" }: ArrayOptions,
): ArrayLevel["shard"] {
  if (shardSize === undefined) return undefined;
  if (format !== "zarr3") throw wrong("Only Zarr 3 has shards", "no shardSize", format);
  const shape = [channels, shardSize[2] ?? 0, shardSize[1] ?? 0, shardSize[0] ?? 0].slice(-axes.length);
  if (shape.every((side, i) => Number.isInteger(side) && side > 0 && side % chunk[i]! === 0))
    return { shape, location: shardIndex, checksum: true };
  throw wrong("Shards are whole numbers of chunks", `multiples of ${chunk.join(" x ")}`, shape.join(" x "));
}

function wrong(what: string, expected: string, got: string): ArgumentError {
  return new ArgumentError(what, { expected, got });
}

/** An object with a member `fill_value`, spelled exactly where it is beyond 2^53. */
export function withFill(object: JsonObject, fill: Voxel, dtype: DataType): JsonObject {
  const value = writeFill(fill, dtype);
  if (typeof value !== "bigint") object.fill_value = value as JsonValue;
  else {
    object.fill_value = Number(value);
    withLiteral(object, "fill_value", String(value));
  }
  return object;
}
