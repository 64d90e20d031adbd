/** The markers of a JPEG file (ITU-T T.81, annex B), read before libjpeg gets to see it. */
import { DecodingError } from "../../base/errors.js";

export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** The first scan's data. */
  readonly scan: Scan;
}

export interface Scan {
  /** Where the data begin in the file, and the marker that ends them. */
  readonly start: number;
  readonly end: number;
  /** There are no restarts and no bytes that fill up. */
  readonly plain: boolean;
}

type Frame = Omit<JpegHeader, "scan">;

/** Far more than writers make (about ten), few enough that a file of scans over scans cannot take minutes. */
const MAX_SCANS = 100;

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const TEM = 0x01;

/**
 * Walks every marker from SOI to EOI and returns what the frame header says. What comes after EOI is left.
 * @throws DecodingError if a segment is malformed, the file ends before EOI, has no frame and scan, is not
 * 8-bit Huffman-coded DCT (baseline, extended or progressive), or has more than 100 scans.
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  if (bytes[0] !== 0xff || bytes[1] !== SOI)
    throw new DecodingError("Not a JPEG file", {
      expected: "FF D8 at the start",
      got: hex(bytes.subarray(0, 2)),
    });
  let at = 2;
  let header: Frame | undefined;
  let scan: Scan | undefined;
  let scans = 0;
  for (;;) {
    if (at + 1 >= bytes.length) throw cut(bytes);
    if (bytes[at] !== 0xff)
      throw new DecodingError("Corrupt JPEG data", {
        expected: `a marker at byte ${at}`,
        got: hex(bytes.subarray(at, at + 1)),
      });
    const marker = bytes[at + 1]!;
    at += 1;
    if (marker === 0xff) continue;
    at += 1;
    if (marker === EOI) break;
    if (marker === TEM || isRestart(marker)) continue;
    if (marker === SOI || marker < 0xc0) throw unexpected(marker, at);
    const end = at + segmentLength(bytes, at);
    if (isFrame(marker)) {
      if (header !== undefined) throw unexpected(marker, at);
      header = readFrame(bytes.subarray(at, end), marker);
    }
    at = end;
    if (marker !== SOS) continue;
    if (header === undefined) throw unexpected(marker, at);
    if (++scans > MAX_SCANS)
      throw new DecodingError("A JPEG file has too many scans", {
        expected: `at most ${MAX_SCANS}`,
        got: "more",
      });
    const data = entropyCoded(bytes, at);
    scan ??= data;
    at = data.end;
  }
  if (header === undefined || scan === undefined)
    throw new DecodingError("A JPEG file holds no image", {
      expected: "a frame and a scan",
      got: "neither before its end",
    });
  return { ...header, scan };
}

function segmentLength(bytes: Uint8Array, at: number): number {
  const length = at + 1 < bytes.length ? (bytes[at]! << 8) | bytes[at + 1]! : 0;
  if (at + Math.max(length, 2) > bytes.length) throw cut(bytes);
  if (length < 2)
    throw new DecodingError("Corrupt JPEG data", {
      expected: "a segment of 2 or more bytes",
      got: `${length}`,
    });
  return length;
}

/** All SOFn: C0 to CF without DHT (C4), JPG (C8) and DAC (CC). */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7;
}

function readFrame(segment: Uint8Array, marker: number): Frame {
  if (marker > 0xc2)
    throw new DecodingError("A JPEG file of an unsupported kind", {
      expected: "baseline, extended or progressive Huffman-coded DCT (SOF0 to SOF2)",
      got: `SOF${marker - 0xc0}`,
    });
  const [, , precision = 0, h1 = 0, h0 = 0, w1 = 0, w0 = 0, components = 0] = segment;
  if (segment.length !== 8 + 3 * components)
    throw new DecodingError("Malformed JPEG frame header", {
      expected: `${8 + 3 * components} bytes for ${components} components`,
      got: `${segment.length}`,
    });
  if (precision !== 8)
    throw new DecodingError("A JPEG file of an unsupported precision", {
      expected: "8 bits",
      got: `${precision}`,
    });
  return { width: (w1 << 8) | w0, height: (h1 << 8) | h0, components };
}

/** From a scan's first byte to its next marker that is neither a stuffed zero nor a restart. */
function entropyCoded(bytes: Uint8Array, start: number): Scan {
  let plain = true;
  for (let i = bytes.indexOf(0xff, start); i >= 0 && i + 1 < bytes.length; i = bytes.indexOf(0xff, i + 1)) {
    const next = bytes[i + 1]!;
    if (next === 0) continue;
    if (next !== 0xff && !isRestart(next)) return { start, end: i, plain };
    plain = false;
  }
  throw cut(bytes);
}

function cut(bytes: Uint8Array): DecodingError {
  return new DecodingError("A JPEG file is cut short", {
    expected: "an end marker (FF D9)",
    got: `the end of the data after ${bytes.length} bytes`,
  });
}

function unexpected(marker: number, at: number): DecodingError {
  return new DecodingError("Corrupt JPEG data", {
    expected: "a marker in its order",
    got: `FF ${hex(Uint8Array.of(marker))} at byte ${at - 2}`,
  });
}

function hex(bytes: Uint8Array): string {
  const text = Array.from(bytes, (b) => b.toString(16).toUpperCase().padStart(2, "0")).join(" ");
  return text === "" ? "no bytes" : text;
}
