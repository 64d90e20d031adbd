/** The index of a shard: for each chunk its offset and length in the file; both all ones where there is none. */
import { DecodingError } from "../../base/errors.js";
import { product } from "../../base/strided.js";
import { crc32c } from "../../compression/crc32c.js";
import type { ByteRange } from "../../stores/store.js";
import type { ArraySharding } from "./place.js";

const ENTRY = 16;

export interface Span {
  readonly offset: number;
  readonly length: number;
}

export interface ShardIndex {
  /** Undefined where the chunk is not stored. @throws DecodingError for a place outside of the file. */
  span(index: number): Span | undefined;
  readonly memory: number;
}

export function indexLength({ perShard, checksum }: ArraySharding): number {
  return product(perShard) * ENTRY + (checksum ? 4 : 0);
}

/** The bytes to ask for to get the index. */
export function indexRange(sharding: ArraySharding): ByteRange {
  const length = indexLength(sharding);
  return sharding.location === "start" ? { offset: 0, length } : { suffixLength: length };
}

/** @throws DecodingError for an index that is cut or whose checksum does not match. */
export function parseIndex(
  sharding: ArraySharding,
  bytes: Uint8Array,
  totalSize: number | undefined,
  where: string,
): ShardIndex {
  const length = indexLength(sharding);
  if (bytes.length !== length)
    throw new DecodingError("A shard is shorter than its index", {
      where,
      expected: `${length} bytes of index`,
      got: `${bytes.length}`,
      fix: "The file is truncated, or the array's metadata are another one's.",
    });
  const entries = bytes.subarray(0, product(sharding.perShard) * ENTRY);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (sharding.checksum) {
    const stored = view.getUint32(entries.length, true);
    const computed = crc32c(entries);
    if (stored !== computed)
      throw new DecodingError("The checksum of a shard's index does not match", {
        where,
        expected: stored.toString(16),
        got: computed.toString(16),
      });
  }
  return {
    memory: bytes.length,
    span(index) {
      const at = index * ENTRY;
      const [offsetLow, offsetHigh, sizeLow, sizeHigh] = [0, 4, 8, 12].map((o) =>
        view.getUint32(at + o, true),
      ) as [number, number, number, number];
      if ((offsetLow & offsetHigh & sizeLow & sizeHigh) >>> 0 === 0xffffffff) return undefined;
      const span = { offset: offsetHigh * 2 ** 32 + offsetLow, length: sizeHigh * 2 ** 32 + sizeLow };
      if (span.offset + span.length <= (totalSize ?? Number.MAX_SAFE_INTEGER)) return span;
      throw new DecodingError("A shard's index leads out of its file", {
        where,
        expected: totalSize === undefined ? "places below 2^53" : `at most byte ${totalSize}`,
        got: `chunk ${index} at ${span.offset}, ${span.length} bytes`,
      });
    },
  };
}

/** A whole shard: chunks one behind the other in their order, and the index. Undefined if there is no chunk. */
export function makeShard(
  sharding: ArraySharding,
  chunks: readonly (Uint8Array | undefined)[],
): Uint8Array | undefined {
  const stored = chunks.filter((chunk) => chunk !== undefined);
  if (stored.length === 0) return undefined;
  const length = indexLength(sharding);
  const body = stored.reduce((sum, chunk) => sum + chunk.length, 0);
  const out = new Uint8Array(length + body);
  const first = sharding.location === "start";
  const index = out.subarray(first ? 0 : body, first ? length : body + length).fill(0xff);
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength);
  let at = first ? length : 0;
  for (const [i, chunk] of chunks.entries()) {
    if (chunk === undefined) continue;
    view.setBigUint64(i * ENTRY, BigInt(at), true);
    view.setBigUint64(i * ENTRY + 8, BigInt(chunk.length), true);
    out.set(chunk, at);
    at += chunk.length;
  }
  if (sharding.checksum) {
    const entries = index.subarray(0, length - 4);
    view.setUint32(length - 4, crc32c(entries), true);
  }
  return out;
}
