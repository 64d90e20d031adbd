/** A shard file in memory taken apart. */

import { decompress } from "../../compression/index.js";
import { clipRange } from "../../stores/ranges.js";
import type { Store } from "../../stores/store.js";
import { contentOf } from "./list.js";
import type { Surroundings } from "./locate.js";
import { PartReader } from "./part.js";
import type { ShardingSpec } from "./spec.js";

export interface DisassembleOptions {
  /** Data as they are stored, not decompressed. Default false. */
  readonly raw?: boolean | undefined;
  /** Most bytes of a datum, once decompressed. Default 1 GiB. */
  readonly limit?: number | undefined;
  /** For messages. */
  readonly where?: string | undefined;
}

/** All data of a shard file, by label. @throws SpecViolation, EmptyFileException, DecompressionError. */
export async function disassembleShard(
  spec: ShardingSpec,
  shard: Uint8Array,
  { raw = false, limit = 2 ** 30, where = "shard" }: DisassembleOptions = {},
): Promise<Map<bigint, Uint8Array>> {
  const store: Store = {
    protocol: "memory",
    url: () => where,
    stat: async () => ({ size: shard.length, compression: "none", version: "1" }),
    read: async (_, { range } = {}) => {
      const { offset, length } = clipRange(range, shard.length, where);
      const bytes = shard.subarray(offset, offset + length);
      return { bytes, compression: "none", totalSize: shard.length, version: "1" };
    },
  };
  const around: Surroundings = {
    spec,
    reader: new PartReader(store, 0),
    keyOf: () => where,
    url: () => where,
    freshness: 0,
    indexLimit: shard.length * 1100,
  };
  const out = new Map<bigint, Uint8Array>();
  for (let minishard = 0; minishard < 2 ** spec.minishardBits; minishard++) {
    const { entries } = await around.reader.run(contentOf(around, where, minishard), undefined);
    for (const { label, offset, length } of entries) {
      const bytes = shard.subarray(offset, offset + length);
      const packed = !raw && spec.dataEncoding === "gzip";
      out.set(
        label,
        packed ? await decompress("gzip", bytes, { limit, where: `${where} label ${label}` }) : bytes,
      );
    }
  }
  return out;
}
