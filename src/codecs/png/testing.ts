/** PNG files put together and damaged by hand, for tests and fuzzing. */
import { deflateSync, inflateSync } from "node:zlib";
import { crc32 } from "../../compression/crc32.js";
import { below, concat, mutate, type Random } from "../testing-chunks.js";
import { SIGNATURE } from "./file.js";

export interface PngParts {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colorType: number;
  readonly interlace?: number;
  /** Filter bytes and rows. */
  readonly rows: Uint8Array;
  /** Chunks between IHDR and IDAT. */
  readonly before?: readonly Uint8Array[];
  /** Instead of the deflated rows. */
  readonly data?: readonly Uint8Array[];
}

export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const out = concat(
    new Uint8Array(4),
    Uint8Array.from(type, (c) => c.charCodeAt(0)),
    data,
    new Uint8Array(4),
  );
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  view.setUint32(out.length - 4, crc32(out, 4, out.length - 4));
  return out;
}

export function pngFile(parts: PngParts): Uint8Array {
  const { width, height, depth, colorType, interlace = 0, rows, before = [] } = parts;
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([depth, colorType, 0, 0, interlace], 8);
  const data = parts.data ?? [deflateSync(rows)];
  return concat(
    Uint8Array.from(SIGNATURE),
    pngChunk("IHDR", header),
    ...before,
    ...data.map((piece) => pngChunk("IDAT", piece)),
    pngChunk("IEND", new Uint8Array(0)),
  );
}

/** Makes the checksums of all chunks right again, as far as their lengths can be followed. */
export function repairPng(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes);
  const view = new DataView(out.buffer);
  for (let at = 8; at + 12 <= out.length; ) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > out.length) break;
    view.setUint32(end, crc32(out, at + 4, end));
    at = end + 4;
  }
  return out;
}

/** Damages the filtered rows of an encoded file (one IDAT) and packs them anew: only the content is wrong. */
export function mutatePngRows(bytes: Uint8Array, random: Random): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = view.getUint32(33);
  const rows = mutate(inflateSync(bytes.subarray(41, 41 + length)), random);
  const data = pngChunk("IDAT", deflateSync(rows, { level: below(random, 10) }));
  return concat(bytes.subarray(0, 33), data, bytes.subarray(45 + length));
}
