/** The index at the start of a shard file: for each minishard, where its own index lies. */
import { EmptyFileException, SpecViolation } from "../../base/errors.js";
import type { ByteRange, Stored } from "../../stores/store.js";
import { type ShardingSpec, shardIndexLength } from "./spec.js";

/** Bytes of an object, from its first one. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** Large shard indices are read in blocks of this many entries. */
export const BLOCK_ENTRIES = 4096;
const ENTRY = 16;

/** The block that holds a minishard's entry, and its byte range. @throws SpecViolation if no file is that large. */
export function indexBlock(
  spec: ShardingSpec,
  minishard: number,
  where: string,
): { block: number; range: Span } {
  const total = shardIndexLength(spec);
  if (total > Number.MAX_SAFE_INTEGER) {
    throw new SpecViolation("A shard index larger than any file", {
      where,
      expected: "at most 49 minishard_bits",
      got: `${spec.minishardBits}`,
    });
  }
  const block = Math.floor(minishard / BLOCK_ENTRIES);
  const offset = block * BLOCK_ENTRIES * ENTRY;
  return { block, range: { offset, length: Math.min(BLOCK_ENTRIES * ENTRY, total - offset) } };
}

/**
 * One entry of a block: the bytes of a minishard's index within the file; undefined for a minishard without labels.
 * @throws SpecViolation for an entry that lies outside of the file.
 */
export function minishardSpan(
  spec: ShardingSpec,
  block: Uint8Array,
  minishard: number,
  totalSize: number | undefined,
  where: string,
): Span | undefined {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const at = (minishard % BLOCK_ENTRIES) * ENTRY;
  const start = uint64At(view, at);
  const end = uint64At(view, at + 8);
  if (start === end) return undefined;
  const base = shardIndexLength(spec);
  if (start < end && base + end <= (totalSize ?? Number.MAX_SAFE_INTEGER))
    return { offset: base + start, length: end - start };
  throw new SpecViolation("A shard index leads out of its file", {
    where,
    expected: totalSize === undefined ? "start before end" : `at most byte ${totalSize}`,
    got: `minishard ${minishard} at ${base + start} to ${base + end}`,
  });
}

/** A 64-bit number as a double: exact up to 2^53, and larger than any file beyond. */
function uint64At(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}

/** Checks that a read gave what the file must have. @throws EmptyFileException, SpecViolation. */
export function checkStored(stored: Stored, range: ByteRange & Span, what: string, where: string): void {
  if (stored.compression !== "none") {
    throw new SpecViolation("A shard file is compressed as a whole, so that no part of it can be read", {
      where,
      expected: "no compression",
      got: stored.compression,
      fix: "Decompress the file; its content is compressed piece by piece already.",
    });
  }
  if (stored.bytes.length === range.length) return;
  if (range.offset === 0 && stored.bytes.length === 0)
    throw new EmptyFileException("A shard file has no bytes", { where });
  throw new SpecViolation(`A shard file ends within ${what}`, {
    where,
    expected: `${range.length} bytes at ${range.offset}`,
    got: `${stored.bytes.length}`,
    fix: "The file is truncated, or its sharding specification is another one.",
  });
}
