/** Skeletons as Neuroglancer's precomputed format stores them. Source: its skeletons.md, CloudVolume `to_precomputed`. */
import type { TypedArray } from "../../base/dtype.js";
import { SkeletonEncodeError } from "../../base/errors.js";
import { checkLengths, type SkeletonParts, vertexCount } from "./parts.js";

/**
 * uint32 counts of vertices and edges, float32 vertices, uint32 edges, then each attribute's values; little endian.
 * @throws SkeletonEncodeError for more than 2^32 - 1 vertices or edges, ArgumentError for wrong lengths.
 */
export function encodeSkeleton(parts: SkeletonParts): Uint8Array {
  checkLengths(parts);
  const { vertices, edges, attributes } = parts;
  const counts = Uint32Array.of(vertexCount(parts), edges.length / 2);
  if (counts[0] !== vertexCount(parts) || counts[1] !== edges.length / 2)
    throw new SkeletonEncodeError("A skeleton has at most 2^32 - 1 vertices and edges");
  const pieces: TypedArray[] = [counts, vertices, edges, ...attributes.map((a) => a.data)];
  const bytes = new Uint8Array(pieces.reduce((n, piece) => n + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength), at);
    at += piece.byteLength;
  }
  return bytes;
}
