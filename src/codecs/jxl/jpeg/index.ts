/** JPEG files as JPEG XL and back, without loss: their coefficients are written anew, no pixel is decoded. */
import { boxesOf, codestreamOf, SIGNATURE } from "../container.js";
import { readFrameHeader } from "../frame-header.js";
import { readImageHeader } from "../image-header.js";
import type { JpegFile } from "./jpeg-file.js";
import { type Expected, isExpected, parseJpeg } from "./parse.js";
import { readFrame } from "./read-frame.js";
import { readReconstruction, writeReconstruction } from "./reconstruction.js";
import { ByteSink } from "./sink.js";
import { unsupported } from "./tree.js";
import { writeJpeg } from "./write.js";
import { writeCodestream } from "./write-frame.js";

export type { Expected } from "./parse.js";

/**
 * The JPEG file that a JPEG XL file was made of, byte for byte. @returns undefined for a file that was not, and
 * for another image than is expected. @throws DecodingError for a damaged file, and for one that holds its JPEG file in a way that is not known here.
 */
export function restoreJpeg(file: Uint8Array, expected: Expected): Uint8Array | undefined {
  const box = boxesOf(file).find(({ type }) => type === "jbrd");
  if (box === undefined) return undefined;
  const bytes = codestreamOf(file);
  const image = readImageHeader(bytes);
  if (image.xyb || image.animated || image.extras > 0) throw unsupported("another image", "a JPEG file's");
  if (!isExpected(expected, image.width, image.height, image.channels)) return undefined;
  const frame = readFrameHeader(bytes, image.end, image);
  if (frame.width !== image.width || frame.height !== image.height) throw unsupported("a part", "one frame");
  const parts = readReconstruction(box.content);
  const { layout, components, quantization } = readFrame(bytes, frame, parts);
  const { width, height } = layout;
  const tables = parts.quantization.map((table, i) => {
    const user = components.findIndex((c) => c.quantization === i);
    if (user < 0) throw unsupported("a quantization table without use", "tables of its components");
    return { ...table, values: quantization[user]! };
  });
  return writeJpeg({ ...parts, width, height, components, quantization: tables });
}

/**
 * A JPEG XL file of which {@link restoreJpeg}, and libjxl, make the same JPEG file again. @returns undefined for
 * what has no such file here: progressive, arithmetic, of more than 8 bits or of other components; damaged;
 * another image than is expected.
 */
export function recompressJpeg(file: Uint8Array, expected: Expected): Uint8Array | undefined {
  const parts = parseJpeg(file, expected);
  if (parts === undefined || !isSound(parts)) return undefined;
  const again = writeJpeg(parts);
  if (again.length !== file.length || again.some((byte, i) => byte !== file[i])) return undefined;
  const ycc = isYcc(parts);
  if (!ycc && parts.components.some((c) => c.across * c.down > 1)) return undefined;
  const out = new ByteSink();
  out.pushAll(SIGNATURE);
  putBox(out, "ftyp", new TextEncoder().encode("jxl \0\0\0\0jxl "));
  putBox(out, "jbrd", writeReconstruction(parts));
  putBox(out, "jxlc", writeCodestream(parts, ycc));
  return out.bytes();
}

/** What decoders of JPEG XL take for coefficients of a JPEG file. */
function isSound({ components }: JpegFile): boolean {
  return components.every(({ coefficients }) =>
    coefficients.every((n, at) => Math.abs(n) <= (at % 64 === 0 ? 2047 : 4095)),
  );
}

/** Three components are YCbCr in JFIF files, and where neither Adobe's segment nor their names say otherwise. */
function isYcc({ markers, apps, components }: JpegFile): boolean {
  if (components.length === 1 || markers.includes(0xe0)) return true;
  const adobe = apps.find((app) => app[0] === 0xee && app.length === 15 && isAdobe(app));
  if (adobe !== undefined) return adobe[14] !== 0;
  return String(components.map(({ id }) => String.fromCharCode(id))) !== "R,G,B";
}

function isAdobe(app: Uint8Array): boolean {
  return String.fromCharCode(...app.subarray(3, 8)) === "Adobe";
}

function putBox(out: ByteSink, type: string, content: Uint8Array): void {
  const size = content.length + 8;
  out.pushAll([size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255]);
  out.pushAll(new TextEncoder().encode(type));
  out.pushAll(content);
}
