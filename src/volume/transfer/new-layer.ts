/** A new destination in a format of its own: the same levels, named and stored as that format does. */
import { toVoxel } from "../../base/dtype.js";
import { ArgumentError } from "../../base/errors.js";
import { cloneJson } from "../../base/json.js";
import { parseCompress } from "../../compression/index.js";
import type { ArrayOptions } from "../../formats/new-level.js";
import type { Info, ScaleInfo, Triple } from "../../formats/precomputed/info.js";
import { spell } from "../../formats/precomputed/scales.js";
import { setSharding } from "../../formats/precomputed/sharding.js";
import type { PathFormat } from "../../stores/url.js";
import type { LayerMetadata } from "../layer-metadata.js";
import type { TransferOptions } from "./options.js";

export interface NewLayer {
  readonly info: Info;
  /** Zarr, N5: how its chunks are stored. */
  readonly array?: ArrayOptions | undefined;
}

type ArrayFormat = Extract<PathFormat, "zarr" | "zarr2" | "zarr3" | "n5">;

export function isArrayFormat(format: PathFormat): format is ArrayFormat {
  return format === "zarr" || format === "zarr2" || format === "zarr3" || format === "n5";
}

/** Whether the chunks of a layer lie in shards. */
export function isSharded({ layer, info }: Pick<LayerMetadata, "layer" | "info">, mip: number): boolean {
  if (layer !== undefined) return layer.levels[mip]?.shard !== undefined;
  return (info.scales[mip]?.sharding ?? null) !== null;
}

/** Describes a new layer of `format` with the levels of the source. @throws ArgumentError for wishes that it cannot fulfil. */
export function newLayer(
  format: PathFormat,
  source: LayerMetadata,
  mip: number,
  options: TransferOptions,
): NewLayer {
  const info = cloneJson(source.info);
  delete info.redirect;
  if (isArrayFormat(format)) {
    const array = arrayOptions(format, source, mip, options);
    return { info: plain(info, chunkOf(source, mip, options), array), array };
  }
  if (options.array !== undefined)
    throw new ArgumentError("Only Zarr and N5 have compressors of arrays", {
      got: "array",
      fix: "Choose an encoding and how files are compressed, or write to zarr2://, zarr3:// or n5://.",
    });
  if (source.layer === undefined) return { info };
  info.scales = info.scales.map((scale, i) => precomputedScale(info, scale, isSharded(source, i)));
  return { info };
}

/** Levels without shards of Precomputed. Shards of arrays are alike in all levels, so that chunks are, too. */
function plain(info: Info, chunk: readonly number[], { shardSize }: ArrayOptions): Info {
  for (const scale of info.scales) {
    delete scale.sharding;
    const fits = shardSize?.every((side, axis) => side % scale.chunk_sizes[0]![axis]! === 0);
    if (fits === false) scale.chunk_sizes = [[...chunk] as unknown as Triple];
  }
  return info;
}

function chunkOf({ info }: LayerMetadata, mip: number, { chunkSize }: TransferOptions): readonly number[] {
  return chunkSize ?? info.scales[mip]?.chunk_sizes[0] ?? [64, 64, 64];
}

/** A level of an array as one of a Precomputed volume: raw chunks, named by their resolution. */
export function precomputedScale(info: Info, scale: ScaleInfo, sharded: boolean): ScaleInfo {
  const { key: _, resolution, encoding: __, ...rest } = scale;
  const floats = resolution.some((r) => !Number.isInteger(r));
  const made = { ...rest, ...spell(resolution, floats), encoding: "raw" } as ScaleInfo;
  if (sharded) setSharding(made, info.data_type, true);
  return made;
}

/** Chunks along each axis of a shard, unless it is said how large a shard is to be. */
const PER_SHARD = 8;

/**
 * How a new Zarr or N5 layer stores its chunks: as `options.array` says; else a named compression is its compressor, shards
 * are as the source's are, and what is not stored has the source's value.
 */
function arrayOptions(
  format: ArrayFormat,
  source: LayerMetadata,
  mip: number,
  options: TransferOptions,
): ArrayOptions {
  const { array = {}, compress, compressLevel, encoding, sharded } = options;
  if (encoding !== undefined && encoding !== "raw")
    throw new ArgumentError("Chunks of Zarr and N5 have no encoding", {
      expected: "array.compressor (--compressor)",
      got: encoding,
    });
  const { data_type: dtype } = source.info;
  const level = source.layer?.levels[mip];
  const canShard = format === "zarr3" || format === "zarr";
  if (!canShard && sharded !== undefined && sharded !== false)
    throw new ArgumentError("Only Zarr 3 has shards", { expected: "sharded: false", got: format });
  const wanted = canShard && (sharded ?? isSharded(source, mip)) !== false;
  const shardSize =
    array.shardSize ?? (wanted ? chunkOf(source, mip, options).map((side) => side * PER_SHARD) : undefined);
  const named = compress === "auto" || compress === undefined ? undefined : parseCompress(compress);
  return {
    fillValue: toVoxel(level?.fill ?? 0, dtype),
    ...(named === undefined ? {} : { compressor: compressorOf(named, compressLevel) }),
    ...array,
    ...(shardSize === undefined ? {} : { shardSize }),
  };
}

function compressorOf(name: string, level: number | undefined): ArrayOptions["compressor"] {
  if (name === "none") return null;
  return level === undefined ? name : { name, level };
}
