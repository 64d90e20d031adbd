/** How the chunks of a new Zarr or N5 layer are stored. */
import type { Command } from "commander";
import type { ArrayOptions } from "../../src/node.js";
import { parseSize, type Triple } from "./argument-values.js";

export interface ArrayChoices {
  readonly compressor?: string;
  readonly shard?: Triple;
}

export function addArrayOptions(command: Command): Command {
  return command
    .option("--compressor <name>", "Zarr, N5: blosc, zstd, gzip, zlib, lz4 or none")
    .option("--shard <size>", "Zarr 3: x,y,z voxels of a shard", parseSize);
}

/** @returns undefined if nothing was chosen. */
export function arrayOf({ compressor, shard }: ArrayChoices): ArrayOptions | undefined {
  if (compressor === undefined && shard === undefined) return undefined;
  return {
    ...(compressor === undefined ? {} : { compressor: compressor === "none" ? null : compressor }),
    ...(shard === undefined ? {} : { shardSize: shard }),
  };
}
