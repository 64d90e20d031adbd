/** The level that a transfer writes to: the destination's own, or one like the source's. */
import { ArgumentError } from "../../base/errors.js";
import { cloneJson } from "../../base/json.js";
import { setEncodingLevel } from "../../formats/precomputed/encoding-level.js";
import { type Info, type ScaleInfo, type Triple, verifyInfo } from "../../formats/precomputed/info.js";
import { type ShardingChoice, setSharding } from "../../formats/precomputed/sharding.js";
import type { PathFormat } from "../../stores/url.js";
import type { LayerMetadata } from "../layer-metadata.js";
import { isArrayFormat, isSharded, precomputedScale } from "./new-layer.js";
import type { TransferOptions } from "./options.js";

/** The number of the level with the same resolution; undefined if there is none. */
export function sameLevel(info: Info, { resolution }: ScaleInfo): number | undefined {
  const index = info.scales.findIndex((s) => s.resolution.every((r, i) => r === resolution[i]));
  return index < 0 ? undefined : index;
}

/**
 * Changes an info so that it has a level for what is transferred. `isNew`: that level has no chunks yet.
 * @returns its number. @throws ArgumentError where the destination cannot take such voxels.
 */
export function prepareLevel(
  info: Info,
  from: LayerMetadata,
  mip: number,
  { isNew, format }: { readonly isNew: boolean; readonly format: PathFormat },
  options: TransferOptions,
): number {
  const source = from.info;
  if (info.data_type !== source.data_type || info.num_channels !== source.num_channels) {
    throw new ArgumentError("The destination holds other voxels", {
      expected: `${source.data_type}, ${source.num_channels} channels`,
      got: `${info.data_type}, ${info.num_channels} channels`,
    });
  }
  const scale = source.scales[mip]!;
  const known = sameLevel(info, scale);
  const asFormat = from.layer === undefined || isArrayFormat(format) ? cloneJson : asPrecomputed(from, mip);
  const at = known ?? info.scales.push(asFormat(scale)) - 1;
  const level = info.scales[at]!;
  if (isArrayFormat(format)) {
    // Levels are called as other tools expect.
    if (known === undefined) level.key = format === "n5" ? `s${at}` : `${at}`;
    shapeArray(level, isNew || known === undefined, options);
  } else {
    shape(info, level, isNew || known === undefined, options);
  }
  verifyInfo(info, "the destination's info", ArgumentError);
  return at;
}

function asPrecomputed(from: LayerMetadata, mip: number): (scale: ScaleInfo) => ScaleInfo {
  return (scale) => precomputedScale(from.info, cloneJson(scale), isSharded(from, mip));
}

function shapeArray(scale: ScaleInfo, isNew: boolean, { chunkSize }: TransferOptions): void {
  if (chunkSize === undefined || !isOtherChunk(scale, chunkSize)) return;
  if (!isNew)
    throw new ArgumentError("The destination has that level with other chunks", {
      expected: scale.chunk_sizes[0]!.join(" x "),
      got: chunkSize.join(" x "),
    });
  scale.chunk_sizes = [[...chunkSize] as unknown as Triple];
}

function shape(info: Info, scale: ScaleInfo, isNew: boolean, options: TransferOptions): void {
  const { encoding, encodingLevel, encodingEffort, chunkSize, sharded } = options;
  const isOther = (encoding !== undefined && encoding !== scale.encoding) || isOtherChunk(scale, chunkSize);
  if (encoding !== undefined) scale.encoding = encoding;
  if (scale.encoding === "compressed_segmentation") scale.compressed_segmentation_block_size ??= [8, 8, 8];
  if (chunkSize !== undefined) scale.chunk_sizes = [[...chunkSize] as unknown as Triple];
  setEncodingLevel(scale, { encodingLevel, encodingEffort });
  const isSharded = (scale.sharding ?? null) !== null;
  const choice = choiceOf(sharded, isSharded);
  // Other chunks want other shards.
  if (choice !== undefined) setSharding(scale, info.data_type, choice);
  else if (isNew && isSharded && isOther && chunkSize !== undefined) setSharding(scale, info.data_type, true);
}

function isOtherChunk({ chunk_sizes: [chunk] }: ScaleInfo, wanted: readonly number[] | undefined): boolean {
  return wanted?.some((n, axis) => n !== chunk?.[axis]) === true;
}

/** `true` leaves a sharding as it is. */
function choiceOf(sharded: ShardingChoice | undefined, isSharded: boolean): ShardingChoice | undefined {
  return sharded === true && isSharded ? undefined : sharded;
}
