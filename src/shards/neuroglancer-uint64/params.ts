/**
 * Recommended specifications. The arithmetic is CloudVolume's, step by step, so that both recommend the same.
 * Source: CloudVolume `compute_shard_params_for_image`, `compute_shard_params_for_hashed`.
 */

import { roundHalfEven } from "../../base/bbox-chunks.js";
import { bytesPerVoxel, type DataType } from "../../base/dtype.js";
import { ArgumentError, SpecViolation } from "../../base/errors.js";
import type { ShardEncoding, ShardingSpec } from "./spec.js";

export interface HashedShardOptions {
  readonly numLabels: number;
  /** Default 2^13. */
  readonly shardIndexBytes?: number | undefined;
  /** Default 2^15. */
  readonly minishardIndexBytes?: number | undefined;
  /** Default 1. */
  readonly minShards?: number | undefined;
}

export interface HashedShardParams {
  readonly shardBits: number;
  readonly minishardBits: number;
  readonly preshiftBits: number;
}

/** Bits for labels that are spread by a hash, e.g. of meshes and skeletons. @throws ArgumentError for fewer than one shard. */
export function computeShardParamsForHashed(options: HashedShardOptions): HashedShardParams {
  const { numLabels, shardIndexBytes = 2 ** 13, minishardIndexBytes = 2 ** 15, minShards = 1 } = options;
  if (!(minShards >= 1))
    throw new ArgumentError("Too few shards", { where: "minShards", expected: "1 or more" });
  if (numLabels <= 0) return { shardBits: 0, minishardBits: 0, preshiftBits: 0 };
  const minishards = shardIndexBytes / 16;
  const labelsOfMinishard = minishardIndexBytes / 24;
  const labelsOfShard = minishards * labelsOfMinishard;
  let shardBits = 0;
  let minishardBits = 0;
  if (numLabels >= labelsOfShard) {
    minishardBits = Math.ceil(log2(minishards));
    shardBits = Math.ceil(log2(numLabels / (labelsOfMinishard * 2 ** minishardBits)));
  } else if (numLabels >= labelsOfMinishard) minishardBits = Math.ceil(log2(numLabels / labelsOfMinishard));
  // Shards may be about a tenth fuller than asked for.
  if (numLabels / (labelsOfShard * 2 ** shardBits) <= 0.55) shardBits--;
  shardBits = Math.max(shardBits, 0);
  const least = roundHalfEven(log2(minShards));
  const more = Math.max(least - shardBits, 0);
  return {
    shardBits: Math.max(shardBits + more, least),
    minishardBits: Math.max(minishardBits - more, 0),
    preshiftBits: 0,
  };
}

export interface ImageShardOptions {
  readonly datasetSize: readonly number[];
  readonly chunkSize: readonly number[];
  readonly encoding: string;
  readonly dataType: DataType;
  /** Most bytes of the voxels of a shard. Default 3.5e9. */
  readonly uncompressedShardBytesize?: number | undefined;
  /** Default 8192. */
  readonly maxShardIndexBytes?: number | undefined;
  /** Default 40000. */
  readonly maxMinishardIndexBytes?: number | undefined;
  /** Default 4000. */
  readonly maxLabelsPerMinishard?: number | undefined;
  /** Default gzip. */
  readonly minishardIndexEncoding?: ShardEncoding | undefined;
  /** Default gzip; raw in any case for encodings that compress well themselves. */
  readonly dataEncoding?: ShardEncoding | undefined;
}

const COMPRESSED = new Set(["jpeg", "png", "kempressed", "fpzip", "zfpc"]);

/** A specification for the chunks of an image: few files, small indices. @throws SpecViolation if none fits 64 bits. */
export function computeShardParamsForImage(options: ImageShardOptions): ShardingSpec {
  const { datasetSize, chunkSize, encoding, dataType, uncompressedShardBytesize = 3.5e9 } = options;
  const {
    maxShardIndexBytes = 8192,
    maxMinishardIndexBytes = 40_000,
    maxLabelsPerMinishard = 4000,
  } = options;
  const grid = datasetSize.map((n, axis) => Math.ceil(n / chunkSize[axis]!));
  const chunks = product(grid);
  let maxBits = grid.reduce((sum, n) => sum + Math.ceil(log2(n)), 0);
  const wanted = Math.ceil(uncompressedShardBytesize / (product(chunkSize) * bytesPerVoxel(dataType)));
  let chunksOfShard = 2 ** Math.floor(log2(wanted));
  if (chunks < chunksOfShard) chunksOfShard = 2 ** Math.ceil(log2(chunks));
  let shards = chunks / chunksOfShard;
  const preshift = (): number => Math.min(Math.ceil(log2(chunksOfShard)), maxBits - Math.ceil(log2(shards)));
  let preshiftBits = preshift();
  let minishardBits = 0;
  for (let labels = chunksOfShard; labels > maxLabelsPerMinishard; ) {
    labels /= 2;
    minishardBits++;
    const isLarge = 24 * labels > maxMinishardIndexBytes && minishardBits > preshiftBits;
    if (!isLarge && 16 * 2 ** minishardBits <= maxShardIndexBytes) continue;
    minishardBits--;
    shards *= 2;
    preshiftBits = preshift();
  }
  preshiftBits -= minishardBits;
  if (datasetSize[2] === chunkSize[2]) {
    // A volume that is one chunk thick: its codes have no bits of z.
    const more = Math.floor(preshiftBits / 3);
    for (let i = 0; i < more; ) {
      maxBits++;
      preshiftBits++;
      if (preshiftBits % 3 !== 0) i++;
    }
  }
  const shardBits = Math.max(maxBits - preshiftBits - minishardBits, 0);
  const isPossible =
    maxBits <= 64 && preshiftBits >= 0 && preshiftBits + shardBits + minishardBits <= maxBits;
  if (!isPossible) {
    throw new SpecViolation("There is no sharding for this volume", {
      expected: `${maxBits} bits of chunk numbers, at most 64`,
      got: `preshift ${preshiftBits}, minishard ${minishardBits}, shard ${shardBits} bits`,
      fix: "Choose larger chunks.",
    });
  }
  return {
    preshiftBits,
    hash: "identity",
    minishardBits,
    shardBits,
    minishardIndexEncoding: options.minishardIndexEncoding ?? "gzip",
    dataEncoding: COMPRESSED.has(encoding) ? "raw" : (options.dataEncoding ?? "gzip"),
  };
}

/** Voxels of a whole shard of an image. Source: CloudVolume `image_shard_shape`. @throws SpecViolation for 64 bits or more. */
export function imageShardShape(
  spec: ShardingSpec,
  datasetSize: readonly number[],
  chunkSize: readonly number[],
): [number, number, number] {
  const bits = spec.preshiftBits + spec.minishardBits;
  if (bits >= 64)
    throw new SpecViolation("A shard takes too many bits", { expected: "fewer than 64", got: `${bits}` });
  const grid = datasetSize.map((n, axis) => Math.ceil(n / chunkSize[axis]!));
  const shape: [number, number, number] = [0, 0, 0];
  const isOver = [false, false, false];
  for (let used = 0, changed = true; used < bits && changed; ) {
    changed = false;
    for (let axis = 0; axis < 3 && used < bits; axis++) {
      const next = 2 ** (shape[axis]! + 1);
      if (isOver[axis] || next >= grid[axis]! * 2) continue;
      isOver[axis] = next >= grid[axis]!;
      shape[axis]!++;
      used++;
      changed = true;
    }
  }
  return shape.map((n, axis) => chunkSize[axis]! * 2 ** n) as [number, number, number];
}

function product(values: readonly number[]): number {
  return values.reduce((a, b) => a * b, 1);
}

/** Exact for powers of two. */
function log2(x: number): number {
  const n = Math.log2(x);
  const near = Math.round(n);
  return 2 ** near === x ? near : n;
}
