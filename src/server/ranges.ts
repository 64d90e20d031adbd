/** The Range header of a request, and the body that answers several ranges (RFC 9110, 14). */
import type { ByteRange } from "../stores/store.js";

/** More ranges than these are answered with the whole. */
const MOST_RANGES = 32;

/** The ranges that a header names, in its order; undefined for no header, other units, and what is none. */
export function parseRanges(header: string | undefined): readonly ByteRange[] | undefined {
  const [, list] = /^\s*bytes\s*=(.*)$/i.exec(header ?? "") ?? [];
  if (list === undefined) return undefined;
  const ranges: ByteRange[] = [];
  for (const part of list.split(",")) {
    const [, first, last] = /^\s*(\d*)\s*-\s*(\d*)\s*$/.exec(part) ?? [];
    if (first === undefined || last === undefined || (first === "" && last === "")) return undefined;
    if (first === "") ranges.push({ suffixLength: whole(last) });
    else if (last === "") ranges.push({ offset: whole(first), length: Number.MAX_SAFE_INTEGER });
    else ranges.push({ offset: whole(first), length: Math.max(0, whole(last) - whole(first) + 1) });
  }
  return ranges.length <= MOST_RANGES ? ranges : undefined;
}

/** Readers that do not know the size may name the last of 64 bits. */
function whole(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER - 1);
}

/** Whether parts of a file of `size` bytes share some: many that do would make a long answer of a short file. */
export function overlap(ranges: readonly ByteRange[], size: number): boolean {
  const parts = ranges.map((range): readonly [number, number] =>
    "suffixLength" in range
      ? [Math.max(0, size - range.suffixLength), size]
      : [range.offset, Math.min(range.offset + range.length, size)],
  );
  const sorted = parts.filter(([from, to]) => from < to).sort(([a], [b]) => a - b);
  return sorted.some(([from], n) => n > 0 && from < sorted[n - 1]![1]);
}

export interface Part {
  /** Where it begins in the file. */
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** `bytes 0-9/100`; with `*` for a size that is not known. */
export function contentRange({ start, bytes }: Part, size: number | undefined): string {
  return `bytes ${start}-${start + bytes.length - 1}/${size ?? "*"}`;
}

/** A body of several parts, each with its place, and the type that says so. */
export function multipart(
  parts: readonly Part[],
  size: number | undefined,
  type: string,
): { readonly type: string; readonly body: Uint8Array } {
  const boundary = `part-${crypto.randomUUID()}`;
  const text = new TextEncoder();
  const pieces = parts.flatMap((part, n) => [
    text.encode(
      `${n === 0 ? "" : "\r\n"}--${boundary}\r\nContent-Type: ${type}\r\nContent-Range: ${contentRange(part, size)}\r\n\r\n`,
    ),
    part.bytes,
  ]);
  pieces.push(text.encode(`\r\n--${boundary}--\r\n`));
  const body = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    body.set(piece, at);
    at += piece.length;
  }
  return { type: `multipart/byteranges; boundary=${boundary}`, body };
}
