/** The chunks of a PNG file: https://www.w3.org/TR/png-3/#5DataRep */
import { DecodingError } from "../../base/errors.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { crc32Region } from "../../compression/crc32-workspace.js";
import { PALETTE, type PngHeader, readHeader } from "./header.js";

export const SIGNATURE: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export interface PngFile {
  readonly header: PngHeader;
  /** Red, green, blue of each entry. Always there for colour type 3. */
  readonly palette?: Region;
  /** The tRNS chunk. */
  readonly transparency?: Region;
  /** The zlib stream, in as many pieces as there are IDAT chunks. */
  readonly data: readonly Region[];
}

/**
 * Reads all chunks up to IEND; what comes after is left.
 * @throws DecodingError for a wrong checksum, a length past the end, a chunk out of order or missing, a critical
 * chunk that is not known.
 */
export function readPng(ws: Workspace, source: Region): PngFile {
  const found = new Map<string, Region>();
  const data: Region[] = [];
  let header: PngHeader | undefined;
  let previous = "";
  for (const { type, region } of chunks(ws, source)) {
    if ((header === undefined) !== (type === "IHDR")) throw order(type, previous);
    if (type === "IHDR") header = readHeader(viewOf(ws, region));
    else if (type === "IDAT") {
      if (data.length > 0 && previous !== "IDAT") throw order(type, previous);
      data.push(region);
    } else if (type === "PLTE" || type === "tRNS") {
      if (data.length > 0 || found.has(type)) throw order(type, previous);
      found.set(type, region);
    } else if (isCritical(type) && type !== "IEND")
      throw new DecodingError("Unknown critical chunk in a PNG file", { got: JSON.stringify(type) });
    previous = type;
  }
  return assemble(header!, found, data);
}

/** The contents of all chunks, their checksums compared, up to IEND. */
function* chunks(ws: Workspace, source: Region): Generator<{ type: string; region: Region }> {
  const signature = Array.from({ length: Math.min(8, source.length) }, (_, i) =>
    viewOf(ws, source).getUint8(i),
  );
  if (SIGNATURE.some((byte, i) => byte !== signature[i]))
    throw new DecodingError("Not a PNG file", { expected: SIGNATURE.join(" "), got: signature.join(" ") });
  for (let at = 8, type = ""; type !== "IEND"; ) {
    if (at + 12 > source.length) throw cut(source, "another chunk");
    const length = viewOf(ws, source).getUint32(at);
    type = String.fromCharCode(...[4, 5, 6, 7].map((i) => viewOf(ws, source).getUint8(at + i)));
    if (length > source.length - at - 12)
      throw cut(source, `${length} bytes of a chunk ${JSON.stringify(type)}`);
    const computed = crc32Region(ws, { ptr: source.ptr + at + 4, length: length + 4 });
    const stored = viewOf(ws, source).getUint32(at + 8 + length);
    if (stored !== computed)
      throw new DecodingError(`Checksum mismatch in a PNG chunk ${JSON.stringify(type)}`, {
        expected: stored.toString(16),
        got: computed.toString(16),
      });
    yield { type, region: { ptr: source.ptr + at + 8, length } };
    at += 12 + length;
  }
}

/** Made anew at each use: calls in between may have grown, and so detached, the memory. */
function viewOf(ws: Workspace, { ptr, length }: Region): DataView {
  return new DataView(ws.bytes().buffer, ptr, length);
}

function assemble(header: PngHeader, found: ReadonlyMap<string, Region>, data: readonly Region[]): PngFile {
  if (data.length === 0)
    throw new DecodingError("A PNG file holds no image data", { expected: "an IDAT chunk" });
  const [palette, transparency] = [found.get("PLTE"), found.get("tRNS")];
  if (header.colorType === PALETTE) {
    const length = palette?.length ?? 0;
    if (length === 0 || length % 3 !== 0 || length > 768)
      throw new DecodingError("Invalid palette of a PNG file", {
        expected: "1 to 256 colours",
        got: `${length} bytes`,
      });
  }
  return {
    header,
    data,
    ...(palette === undefined ? {} : { palette }),
    ...(transparency === undefined ? {} : { transparency }),
  };
}

/** Upper case first letter: a decoder has to understand it. */
function isCritical(type: string): boolean {
  return (type.charCodeAt(0) & 0x20) === 0;
}

function cut({ length }: Region, expected: string): DecodingError {
  return new DecodingError("A PNG file is cut short", {
    expected,
    got: `the end of the data after ${length} bytes`,
  });
}

function order(type: string, previous: string): DecodingError {
  return new DecodingError("A PNG chunk is out of order", {
    expected: previous === "" ? "IHDR first" : `no ${JSON.stringify(type)} after ${previous}`,
    got: JSON.stringify(type),
  });
}
