import { DecompressionError } from "../base/errors.js";

/** Refuses corrupt data. The caller of a decompressor adds where it was. */
export function corrupt(what: string): never {
  throw new DecompressionError(what);
}

export function overLimit(limit: number): DecompressionError {
  return new DecompressionError("Decompressed content is longer than allowed", {
    expected: `at most ${limit} bytes`,
    got: "more",
    fix: "The file is damaged or hostile, or the declared chunk size is wrong",
  });
}

/**
 * Decompressed bytes as they come: grows by doubling, never beyond `limit`, so that a small file cannot ask
 * for more memory than its reader expects.
 */
export class Output {
  bytes: Uint8Array;
  length = 0;
  readonly limit: number;

  constructor(limit: number, expected: number) {
    this.limit = limit;
    this.bytes = new Uint8Array(Math.min(limit, Math.max(expected, 256)));
  }

  /** Makes room for `more` bytes behind `length`. @throws DecompressionError beyond the limit. */
  reserve(more: number): Uint8Array {
    const wanted = this.length + more;
    if (wanted > this.limit) throw overLimit(this.limit);
    if (wanted > this.bytes.length) {
      const grown = new Uint8Array(Math.min(this.limit, Math.max(wanted, this.bytes.length * 2)));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    return this.bytes;
  }

  /** What was written; a view, unless that would keep much more memory than the content. */
  finish(): Uint8Array {
    const { bytes, length } = this;
    if (length === bytes.length) return bytes;
    return length * 2 < bytes.length ? bytes.slice(0, length) : bytes.subarray(0, length);
  }
}
