/** Encoded annotations, cut and joined without being decoded. */
import type { RecordLayout } from "./layout.js";

/** Bytes of geometry, properties and padding at the start of an annotation's file in the index by id. */
export function recordLength({ points, rank, propertyBytes }: RecordLayout, bytes: Uint8Array): number {
  if (points !== undefined) return 4 * rank * points + propertyBytes;
  return 4 + 4 * rank * uint32At(bytes, 0) + propertyBytes;
}

/** The ids that an annotation's file lists for the relationship at `place`, each once. */
export function relatedIds(layout: RecordLayout, bytes: Uint8Array, place: number): bigint[] {
  let at = recordLength(layout, bytes);
  for (let skip = 0; skip < place; skip++) at += 4 + 8 * uint32At(bytes, at);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ids = Array.from({ length: view.getUint32(at, true) }, (_, i) =>
    view.getBigUint64(at + 4 + 8 * i, true),
  );
  return ids.length < 2 ? ids : [...new Set(ids)];
}

/** A record with its id before it, as {@link joinRecords} takes them. */
export function withId(low: number, high: number, record: Uint8Array): Uint8Array {
  const out = new Uint8Array(8 + record.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, low, true);
  view.setUint32(4, high, true);
  out.set(record, 8);
  return out;
}

/** The file of several annotations, in their order. */
export function joinRecords(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(8 + pieces.reduce((sum, piece) => sum + piece.length, 0));
  new DataView(out.buffer).setBigUint64(0, BigInt(pieces.length), true);
  let at = 8;
  for (const piece of pieces) {
    out.set(piece.subarray(8), at);
    at += piece.length - 8;
  }
  for (const piece of pieces) {
    out.set(piece.subarray(0, 8), at);
    at += 8;
  }
  return out;
}

function uint32At(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
}
