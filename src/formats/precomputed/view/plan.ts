/**
 * How any volume is offered to Neuroglancer: which levels it reads as they are stored, and as what the others are made for
 * it. What it reads was found out with version 2.41.2.
 */
import type { DataType } from "../../../base/dtype.js";
import type { JsonObject } from "../../../base/json.js";
import { product, type Vec3 } from "../../../base/strided.js";
import type { Info, ScaleInfo } from "../info.js";

export interface ServedScale {
  readonly mip: number;
  /** The folder of its chunks. */
  readonly key: string;
  readonly size: Vec3;
  readonly offset: Vec3;
  readonly chunk: Vec3;
  /** Its chunks are made: raw voxels, each chunk an object. Else those that are stored are given. */
  readonly isMade: boolean;
  /** Chunks are those of the volume, so that one which is not stored is not there. */
  readonly isAligned: boolean;
}

export interface ServedLayer {
  readonly info: JsonObject;
  /** What voxels are made of. */
  readonly dtype: DataType;
  readonly scales: readonly ServedScale[];
  /** Folders of meshes and the like that lie outside of the layer, by the names that stand for them. */
  readonly aliases: ReadonlyMap<string, string>;
}

export interface ServingChoices {
  /** Whether chunks are stored as Precomputed ones. */
  readonly isPrecomputed: boolean;
  /** What is not stored has another value than 0, which a viewer cannot know. */
  readonly hasBackground: boolean;
}

/** Made chunks have at most this many voxels: what a viewer draws at once. */
const MOST_VOXELS = 2 ** 21;
/** And at least these along each axis, where the stored ones have fewer. */
const LEAST_SIDE = 16;

const TYPES: Readonly<Partial<Record<DataType, DataType>>> = { float64: "float32", bool: "uint8" };

export function planServing(info: Info, choices: ServingChoices): ServedLayer {
  const dtype = servedType(info);
  const aliases = new Map<string, string>();
  const taken = new Set<string>();
  const scales = info.scales.flatMap((scale, mip): ServedScale[] => {
    if (product(scale.size) === 0) return [];
    const own = scale.key.replace(/\/+$/, "");
    const isMade = taken.has(own) || !isPlain(own) || !isReadable(info, scale, choices);
    const key = isPlain(own) && !taken.has(own) ? own : `mip-${mip}`;
    taken.add(key);
    const { size, voxel_offset: offset = [0, 0, 0] } = scale;
    const stored = scale.chunk_sizes[0] as Vec3;
    const chunk = isMade ? servedChunk(stored, size) : stored;
    const isAligned = chunk.every((side, axis) => side === Math.min(stored[axis]!, size[axis]!));
    return [{ mip, key, size, offset, chunk, isMade, isAligned }];
  });
  const named: JsonObject = {};
  for (const field of ["mesh", "skeletons", "segment_properties"] as const) {
    const folder = info[field]?.replace(/\/+$/, "");
    if (!choices.isPrecomputed || folder === undefined || folder === "") continue;
    if (!isPlain(folder)) aliases.set(`${field}-elsewhere`, folder);
    named[field] = isPlain(folder) ? folder : `${field}-elsewhere`;
  }
  const { redirect: _, mesh: _1, skeletons: _2, segment_properties: _3, ...rest } = info;
  return {
    info: {
      ...rest,
      ...named,
      "@type": "neuroglancer_multiscale_volume",
      type: info.type === "segmentation" && dtype === "float32" ? "image" : info.type,
      data_type: dtype,
      scales: scales.map((scale) => scaleOf(info.scales[scale.mip] as ScaleInfo, scale)),
    },
    dtype,
    scales,
    aliases,
  };
}

/** Labels keep their bits; other 64-bit integers become floats, which have no more than 24 bits of them. */
function servedType({ data_type, type }: Info): DataType {
  if (data_type === "int64") return type === "segmentation" ? "uint64" : "float32";
  return TYPES[data_type] ?? data_type;
}

function isReadable(
  { data_type: dtype, num_channels: channels, type }: Info,
  { encoding, chunk_sizes }: ScaleInfo,
  { isPrecomputed, hasBackground }: ServingChoices,
): boolean {
  if (!isPrecomputed || hasBackground || product(chunk_sizes[0]!) > 4 * MOST_VOXELS) return false;
  if (servedType({ data_type: dtype, type } as Info) !== dtype) return false;
  switch (encoding) {
    case "raw":
      return true;
    case "compressed_segmentation":
      return dtype === "uint32" || dtype === "uint64";
    case "compresso":
      // Labels of 64 bits come out wrong there.
      return channels === 1 && dtype !== "uint64";
    case "jpeg":
      return dtype === "uint8" && (channels === 1 || channels === 3);
    case "png":
      return (dtype === "uint8" && channels <= 4) || (dtype === "uint16" && channels === 1);
    case "jxl":
      return dtype === "uint8" && channels === 1;
    default:
      return false;
  }
}

/** Stored chunks, halved until they are small enough and doubled until they are large enough. */
function servedChunk(stored: Vec3, size: Vec3): Vec3 {
  const sides = stored.map((side, axis) => {
    let long = Math.min(side, size[axis]!);
    while (long < LEAST_SIDE && long < size[axis]!) long *= 2;
    return Math.min(long, size[axis]!);
  });
  while (product(sides) > MOST_VOXELS) {
    const longest = sides.indexOf(Math.max(...sides));
    sides[longest] = Math.ceil(sides[longest]! / 2);
  }
  return sides as unknown as Vec3;
}

function scaleOf(scale: ScaleInfo, { key, size, offset, chunk, isMade }: ServedScale): JsonObject {
  const { resolution } = scale;
  if (isMade)
    return {
      ...{ key, resolution, encoding: "raw" },
      ...{ size: [...size], voxel_offset: [...offset], chunk_sizes: [[...chunk]] },
    };
  const { rois: _, sharding, ...kept } = scale;
  return { ...kept, key, ...(sharding ? { sharding } : {}) };
}

function isPlain(key: string): boolean {
  return key !== "" && key.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}
