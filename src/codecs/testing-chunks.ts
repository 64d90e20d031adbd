/** Chunks for tests of codecs: voxels of several kinds, decoding between sentinels, mutations. No test framework here. */
import { bytesPerVoxel } from "../base/dtype.js";
import type { MemoryWorkspace } from "../base/memory-workspace.js";
import { product, type Vec3 } from "../base/strided.js";
import type { Region } from "../base/workspace.js";
import type { ChunkSpec, Codec } from "./codec.js";

/** Numbers in [0, 1), the same for the same seed. */
export type Random = () => number;

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function below(random: Random, n: number): number {
  return Math.floor(random() * n);
}

export type Content = "constant" | "labels" | "smooth" | "noise" | "extremes";
export const CONTENTS: readonly Content[] = ["constant", "labels", "smooth", "noise", "extremes"];

/** Bytes of the voxels of a chunk, dense in Fortran order. */
export function chunkVoxels(spec: ChunkSpec, content: Content, random: Random): Uint8Array {
  const size = bytesPerVoxel(spec.dtype);
  const out = new Uint8Array(product(spec.shape) * size);
  const [x, y] = spec.shape;
  const palette = Array.from({ length: 5 }, () =>
    Uint8Array.from({ length: size }, () => below(random, 256)),
  );
  const put = (voxel: number, bytes: ArrayLike<number>): void => out.set(bytes, voxel * size);
  for (let i = 0; i < out.length / size; i++) {
    const at = [i % x, Math.floor(i / x) % y, Math.floor(i / (x * y))] as const;
    if (content === "constant") put(i, palette[0]!);
    else if (content === "labels")
      put(i, palette[((at[0] >> 2) + (at[1] >> 2) + (at[2] >> 1)) % palette.length]!);
    else if (content === "noise")
      put(
        i,
        Uint8Array.from({ length: size }, () => below(random, 256)),
      );
    else if (content === "extremes") put(i, new Uint8Array(size).fill(random() < 0.5 ? 0 : 255));
    else out[i * size + size - 1] = 60 + ((at[0] * 2 + at[1] * 3 + at[2]) % 120);
  }
  if (spec.dtype === "bool") for (let i = 0; i < out.length; i++) out[i]! &= 1;
  return out;
}

/** Encodes from a region of its own. */
export function encodeBytes(
  ws: MemoryWorkspace,
  codec: Codec,
  voxels: Uint8Array,
  spec: ChunkSpec,
): Uint8Array {
  const source = toWorkspace(ws, voxels);
  try {
    return codec.encode(ws, source, spec);
  } finally {
    ws.release(source);
  }
}

/** Decodes the whole chunk, dense. */
export function decodeBytes(
  ws: MemoryWorkspace,
  codec: Codec,
  encoded: Uint8Array,
  spec: ChunkSpec,
): Uint8Array {
  const [x, y, z] = spec.shape;
  return decodeBox(ws, codec, encoded, spec, { from: [0, 0, 0], size: [x, y, z] }).voxels;
}

export interface Box {
  readonly from: Vec3;
  readonly size: Vec3;
}

export interface Decoded {
  /** The box, dense in Fortran order. */
  readonly voxels: Uint8Array;
  /** What a hostile file must not do, if it did: bytes changed outside of the placement or in the source. */
  readonly damage: string | undefined;
  /** What was thrown. Then `voxels` holds whatever was placed. */
  readonly error: unknown;
}

const SENTINEL = 0xa7;
const MARGIN = 256;

/** Decodes into a strided place with sentinels everywhere around it; rethrows what the codec throws. */
export function decodeBox(
  ws: MemoryWorkspace,
  codec: Codec,
  encoded: Uint8Array,
  spec: ChunkSpec,
  box: Box,
): Decoded {
  const decoded = tryDecodeBox(ws, codec, encoded, spec, box);
  if (decoded.damage !== undefined) throw new Error(decoded.damage);
  if (decoded.error !== undefined) throw decoded.error;
  return decoded;
}

export function tryDecodeBox(
  ws: MemoryWorkspace,
  codec: Codec,
  encoded: Uint8Array,
  spec: ChunkSpec,
  box: Box,
): Decoded {
  const voxel = bytesPerVoxel(spec.dtype);
  const channels = spec.shape[3];
  const [w, h, d] = box.size;
  const strideY = (w + 3) * voxel;
  const strideZ = strideY * (h + 1) + 5 * voxel;
  const strideC = strideZ * (d + 1);
  const length = MARGIN * 2 + strideC * channels;
  const source = toWorkspace(ws, encoded);
  const target = ws.allocate(length);
  try {
    ws.bytes().fill(SENTINEL, target.ptr, target.ptr + length);
    let error: unknown;
    try {
      const stride: Vec3 = [strideY, strideZ, strideC];
      codec.decode(ws, source, spec, { ptr: target.ptr + MARGIN, stride, ...box });
    } catch (thrown) {
      error = thrown;
    }
    const bytes = ws.bytes();
    const area = bytes.slice(target.ptr, target.ptr + length);
    const voxels = new Uint8Array(w * h * d * channels * voxel);
    let to = 0;
    for (let c = 0; c < channels; c++)
      for (let z = 0; z < d; z++)
        for (let y = 0; y < h; y++) {
          const at = MARGIN + y * strideY + z * strideZ + c * strideC;
          voxels.set(area.subarray(at, at + w * voxel), to);
          area.fill(SENTINEL, at, at + w * voxel);
          to += w * voxel;
        }
    const hit = area.findIndex((byte) => byte !== SENTINEL);
    const unread = bytes.subarray(source.ptr, source.ptr + encoded.length);
    const changed = unread.findIndex((byte, i) => byte !== encoded[i]);
    const damage =
      hit >= 0
        ? `byte ${hit - MARGIN} of the target, outside of the placement, was written`
        : changed >= 0
          ? `byte ${changed} of the source was changed`
          : undefined;
    return { voxels, damage, error };
  } finally {
    ws.release(target);
    ws.release(source);
  }
}

/** Bytes in a region of its own; what lies around them is no part of the source. */
export function toWorkspace(ws: MemoryWorkspace, bytes: Uint8Array): Region {
  const region = ws.allocate(bytes.length);
  const memory = ws.bytes();
  memory.set(bytes, region.ptr);
  memory.fill(0xee, region.ptr + bytes.length, region.ptr + bytes.length + 64);
  return region;
}

/** The box out of a whole chunk's dense voxels. */
export function cutBox(voxels: Uint8Array, spec: ChunkSpec, { from, size }: Box): Uint8Array {
  const voxel = bytesPerVoxel(spec.dtype);
  const [x, y, z, channels] = spec.shape;
  const out = new Uint8Array(product(size) * channels * voxel);
  let to = 0;
  for (let c = 0; c < channels; c++)
    for (let k = 0; k < size[2]; k++)
      for (let j = 0; j < size[1]; j++) {
        const at = (from[0] + x * (from[1] + j + y * (from[2] + k + z * c))) * voxel;
        out.set(voxels.subarray(at, at + size[0] * voxel), to);
        to += size[0] * voxel;
      }
  return out;
}

export function randomBox(spec: ChunkSpec, random: Random): Box {
  const axis = (n: number): [number, number] => {
    const from = below(random, n);
    return [from, 1 + below(random, n - from)];
  };
  const [x, y, z] = [axis(spec.shape[0]), axis(spec.shape[1]), axis(spec.shape[2])];
  return { from: [x[0], y[0], z[0]], size: [x[1], y[1], z[1]] };
}

const EDGES = [0, 1, 0x7f, 0x80, 0xfe, 0xff] as const;

/** A damaged copy: one to four flipped bits, odd bytes, runs set, cut, inserted, moved or repeated. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  let out: Uint8Array = new Uint8Array(bytes); // A Buffer's slice would be a view.
  for (let n = 1 + below(random, 4); n > 0; n--) {
    const at = below(random, out.length + 1);
    const run = 1 + below(random, Math.min(32, out.length + 1));
    const kind = below(random, 8);
    if (kind <= 1 && at < out.length) out[at]! ^= 1 << below(random, 8);
    else if (kind === 2 && at < out.length) out[at] = EDGES[below(random, EDGES.length)]!;
    else if (kind === 3) out.fill(EDGES[below(random, EDGES.length)]!, at, at + run);
    else if (kind === 4) out = out.slice(0, at);
    else if (kind === 5) out = concat(out.subarray(0, at), out.subarray(at + run));
    else if (kind === 6) out = concat(out.subarray(0, at), out.subarray(at, at + run), out.subarray(at));
    else if (kind === 7) out.copyWithin(at, below(random, out.length + 1), below(random, out.length + 1));
  }
  return out;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
