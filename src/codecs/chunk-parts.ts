/**
 * Chunks that are stored as several objects, as arrays are whose chunks hold fewer channels than there are: on their way
 * between store and codec such a chunk is one run of bytes, a count, the lengths, then the objects.
 */

import { bytesPerVoxel } from "../base/dtype.js";
import { DecodingError } from "../base/errors.js";
import { fillPlacement } from "../base/place.js";
import type { ChunkSpec, Codec } from "./codec.js";
import { storedOf } from "./stored-array.js";

/** The length of an object that is not there. */
const ABSENT = 0xffffffff;

/** @returns undefined if there is no object at all. */
export function joinParts(parts: readonly (Uint8Array | undefined)[]): Uint8Array | undefined {
  if (parts.every((part) => part === undefined)) return undefined;
  const start = 4 + 4 * parts.length;
  const out = new Uint8Array(parts.reduce((sum, part) => sum + (part?.length ?? 0), start));
  const view = new DataView(out.buffer);
  view.setUint32(0, parts.length, true);
  let at = start;
  for (const [i, part] of parts.entries()) {
    view.setUint32(4 + 4 * i, part?.length ?? ABSENT, true);
    if (part === undefined) continue;
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The objects as views. @throws DecodingError for bytes that are not `count` objects. */
export function splitParts(bytes: Uint8Array, count: number): (Uint8Array | undefined)[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = 4 + 4 * count;
  if (bytes.length < start || view.getUint32(0, true) !== count) throw broken(count);
  let at = start;
  const parts = Array.from({ length: count }, (_, i) => {
    const length = view.getUint32(4 + 4 * i, true);
    if (length === ABSENT) return undefined;
    if (length > bytes.length - at) throw broken(count);
    const part = bytes.subarray(at, at + length);
    at += length;
    return part;
  });
  if (at !== bytes.length) throw broken(count);
  return parts;
}

function broken(count: number): DecodingError {
  return new DecodingError("A chunk is not the objects that it should consist of", {
    expected: `${count} objects`,
  });
}

/** A codec of single objects as one of chunks that may consist of several, each with the next channels. */
export function inParts(codec: Codec): Codec {
  const partsOf = (spec: ChunkSpec): number => storedOf(spec).parts ?? 1;
  return {
    ...codec,
    decode(ws, source, spec, target) {
      const parts = partsOf(spec);
      if (parts === 1) return codec.decode(ws, source, spec, target);
      // Places, not views: decoding one part may grow the memory, which detaches views.
      const memory = ws.bytes();
      const pieces = splitParts(memory.subarray(source.ptr, source.ptr + source.length), parts).map(
        (piece) => piece && { ptr: piece.byteOffset - memory.byteOffset, length: piece.length },
      );
      for (const [i, piece] of pieces.entries()) {
        const own = partSpec(spec, i);
        const place = { ...target, ptr: target.ptr + i * storedOf(spec).shape[3] * target.stride[2] };
        if (piece === undefined) fillPlacement(ws, place, own.shape[3], spec.dtype, storedOf(spec).fill);
        else codec.decode(ws, piece, own, place);
      }
    },
    encode(ws, source, spec) {
      const parts = partsOf(spec);
      if (parts === 1) return codec.encode(ws, source, spec);
      const [x, y, z] = spec.shape;
      const channel = x * y * z * bytesPerVoxel(spec.dtype);
      const pieces = Array.from({ length: parts }, (_, i) => {
        const own = partSpec(spec, i);
        const ptr = source.ptr + i * storedOf(spec).shape[3] * channel;
        return codec.encode(ws, { ptr, length: own.shape[3] * channel }, own);
      });
      return joinParts(pieces) as Uint8Array;
    },
    encodeNow: (ws, source, spec) => (partsOf(spec) === 1 ? codec.encodeNow?.(ws, source, spec) : undefined),
    ...(codec.pack && {
      pack: async (ws, bytes, spec) => {
        const parts = partsOf(spec);
        if (parts === 1) return (await codec.pack?.(ws, bytes, spec)) ?? bytes;
        const packed: (Uint8Array | undefined)[] = [];
        for (const [i, piece] of splitParts(bytes, parts).entries())
          packed.push(piece && (await codec.pack?.(ws, piece, partSpec(spec, i))));
        return joinParts(packed) as Uint8Array;
      },
    }),
  };
}

/** The i-th part by itself; the last one may have fewer channels. */
function partSpec(spec: ChunkSpec, i: number): ChunkSpec {
  const [x, y, z, all] = spec.shape;
  const { parts: _, ...stored } = storedOf(spec);
  const channels = Math.min(stored.shape[3], all - i * stored.shape[3]);
  return { ...spec, shape: [x, y, z, channels], params: { ...spec.params, stored } };
}
