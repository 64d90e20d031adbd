/** JPEG files taken apart and put together, for tests and fuzzing. */
import { concat } from "../testing-chunks.js";

/** Offset of the first marker of this kind (its FF byte) among the segments before the scan. */
export function markerOffset(jpeg: Uint8Array, marker: number): number {
  for (let at = 2; at + 3 < jpeg.length; at += 2 + ((jpeg[at + 2]! << 8) | jpeg[at + 3]!))
    if (jpeg[at + 1] === marker) return at;
  throw new Error(`No marker ${marker.toString(16)}`);
}

export function segment(marker: number, ...content: number[]): Uint8Array {
  const length = content.length + 2;
  return Uint8Array.of(0xff, marker, length >> 8, length & 255, ...content);
}

export function frame(
  marker: number,
  width: number,
  height: number,
  components: number,
  precision = 8,
): Uint8Array {
  const tables = Array.from({ length: components }, (_, i) => [i + 1, 0x11, 0]).flat();
  return segment(
    marker,
    precision,
    height >> 8,
    height & 255,
    width >> 8,
    width & 255,
    components,
    ...tables,
  );
}

/** The file up to and with its last segment before the frame header. */
export function beforeFrame(jpeg: Uint8Array): Uint8Array {
  return jpeg.subarray(0, markerOffset(jpeg, 0xc0));
}

/** The file with another frame header. */
export function withFrame(jpeg: Uint8Array, header: Uint8Array): Uint8Array {
  const at = markerOffset(jpeg, 0xc0);
  return concat(jpeg.subarray(0, at), header, jpeg.subarray(at + 2 + ((jpeg[at + 2]! << 8) | jpeg[at + 3]!)));
}

/** A damaged file with an end marker, so that the damage reaches libjpeg. */
export function repairJpeg(bytes: Uint8Array): Uint8Array {
  return concat(bytes, Uint8Array.of(0xff, 0xd9));
}
