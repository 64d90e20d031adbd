import type { DataType } from "../../base/dtype.js";
import type { Vec3 } from "../../base/strided.js";
import { damaged, HEADER_BYTES, SIGNED } from "./header.js";

/**
 * What a bare crackle stream says of itself, for files that nothing else describes: its header alone is read, and checked
 * when the stream is decoded. Streams of bool say uint8. @throws DecodingError.
 */
export function describeCrackle(bytes: Uint8Array): { readonly shape: Vec3; readonly dtype: DataType } {
  if (bytes.length < HEADER_BYTES[0])
    throw damaged("it is shorter than a header", `${HEADER_BYTES[0]} bytes`, `${bytes.length}`);
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (magic !== "crkl") throw damaged("it does not start as one", '"crkl"', JSON.stringify(magic));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const format = view.getUint16(5, true);
  const sign = (format & SIGNED) === 0 ? "uint" : "int";
  const dtype = `${sign}${8 << (format & 3)}` as DataType;
  return { shape: [view.getUint32(7, true), view.getUint32(11, true), view.getUint32(15, true)], dtype };
}
