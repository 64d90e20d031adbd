/** JPEG files as JPEG XL and back, without loss: their coefficients are written anew, no pixel is decoded. */
import { boxesOf, codestreamOf } from "../container.js";
import { readFrameHeader } from "../frame-header.js";
import { readImageHeader } from "../image-header.js";
import { readFrame } from "./read-frame.js";
import { readReconstruction } from "./reconstruction.js";
import { unsupported } from "./tree.js";
import { writeJpeg } from "./write.js";

/**
 * The JPEG file that a JPEG XL file was made of, byte for byte. @returns undefined for a file that was not.
 * @throws DecodingError for a damaged file, and for one that holds its JPEG file in a way that is not known here.
 */
export function restoreJpeg(file: Uint8Array): Uint8Array | undefined {
  const box = boxesOf(file).find(({ type }) => type === "jbrd");
  if (box === undefined) return undefined;
  const bytes = codestreamOf(file);
  const image = readImageHeader(bytes);
  if (image.xyb || image.animated || image.extras > 0) throw unsupported("another image", "a JPEG file's");
  const frame = readFrameHeader(bytes, image.end, image);
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
