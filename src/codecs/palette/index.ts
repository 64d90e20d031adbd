/** Chunks of few distinct values in memory: small numbers into a table. Made and read by this process alone. */
import { arrayType, bytesPerVoxel } from "../../base/dtype.js";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { checkPlacement } from "../../base/place.js";
import type { Placement } from "../../base/placement.js";
import { product } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { palette as kernel } from "../../kernels/palette.js";
import { checkChannel } from "../channel.js";
import type { ChunkSpec, Codec } from "../codec.js";

/** Most distinct values: their table is 32 kB, which the first cache of a core holds. */
const MOST = 4096;
const SLOT_BITS = 13;
const HEADER = 16;
/** Below this there is nothing to gain. */
const LEAST_VOXELS = 4096;

/**
 * Packs raw voxels of `bytes` each into scratch memory, valid until the next ones are.
 * @returns undefined if they are better held as they are: few of them, not of 4 or 8 bytes, or more than 4096 distinct values.
 * Costs one pass, which ends where there are too many values.
 */
export function packPalette(ws: Workspace, { ptr, length }: Region, bytes: number): Region | undefined {
  const count = length / bytes;
  if ((bytes !== 4 && bytes !== 8) || !Number.isInteger(count) || count < LEAST_VOXELS) return undefined;
  const { pack, narrow } = ws.kernel(kernel);
  const table = ws.scratch("palette.table", 8 * MOST).ptr;
  const codes = ws.scratch("palette.codes", 2 * count).ptr;
  const slots = ws.scratch("palette.slots", 2 << SLOT_BITS).ptr;
  const values = pack(ptr, count, bytes, MOST, table, codes, slots, SLOT_BITS);
  if (values === 0) return undefined;
  const width = values <= 256 ? 1 : 2;
  const at = HEADER + 8 * values;
  const packed = { ptr: ws.scratch("palette.packed", at + width * count).ptr, length: at + width * count };
  const head = new DataView(ws.memory.buffer, packed.ptr, HEADER);
  [count, values, width].forEach((n, i) => void head.setUint32(4 * i, n, true));
  const all = ws.bytes();
  all.copyWithin(packed.ptr + HEADER, table, table + 8 * values);
  if (width === 1) narrow(codes, count, packed.ptr + at);
  else all.copyWithin(packed.ptr + at, codes, codes + 2 * count);
  return packed;
}

/** The raw voxels of what `packPalette` made: a copy. */
export function unpackPalette(ws: Workspace, packed: Region, bytes: number): Uint8Array {
  const { count } = headOf(ws, packed);
  const { ptr } = ws.scratch("palette.voxels", count * bytes);
  const row = { stride: [0, 0, 0], from: [0, 0, 0], size: [count, 1, 1] } as const;
  placePalette(ws, packed, [count, 1, 1, 1], bytes, { ptr, ...row });
  return ws.bytes().slice(ptr, ptr + count * bytes);
}

/** Not among the encodings of layers: reads what the LRU holds of raw chunks. */
export const palette: Codec = {
  name: "palette",
  contentType: "application/octet-stream",
  gzipByDefault: false,
  check() {},
  decode(ws, source, spec, target) {
    placePalette(ws, source, spec.shape, bytesPerVoxel(spec.dtype), target);
  },
  encode(ws, source, { dtype }) {
    const packed = packPalette(ws, source, bytesPerVoxel(dtype));
    if (packed !== undefined) return ws.bytes().slice(packed.ptr, packed.ptr + packed.length);
    throw new EncodingError("These voxels have no palette", {
      expected: `${LEAST_VOXELS} or more of 4 or 8 bytes, of at most ${MOST} values`,
    });
  },
  readVoxel(ws, source, spec, [x, y, z, c]) {
    checkChannel(c, spec);
    const { shape, dtype } = spec;
    const bytes = bytesPerVoxel(dtype);
    const { ptr } = ws.scratch("palette.voxel", 8 * shape[3]);
    const one: Placement = { ptr, stride: [bytes, bytes, bytes], from: [x, y, z], size: [1, 1, 1] };
    placePalette(ws, source, shape, bytes, one);
    return new (arrayType(dtype))(ws.memory.buffer, ptr, shape[3])[c]!;
  },
};

function placePalette(
  ws: Workspace,
  source: Region,
  shape: ChunkSpec["shape"],
  bytes: number,
  target: Placement,
): void {
  const { count, values, width } = headOf(ws, source);
  if (count !== product(shape))
    throw new DecodingError("A chunk in memory has another number of voxels", {
      expected: `${product(shape)}`,
      got: `${count}`,
    });
  checkPlacement(ws, target, shape, bytes);
  const { from, size, stride } = target;
  const y = width * shape[0];
  const z = y * shape[1];
  const table = source.ptr + HEADER;
  const first = table + 8 * values + from[0] * width + from[1] * y + from[2] * z;
  const { placeCodes } = ws.kernel(kernel);
  const [toY, toZ, toC] = stride;
  const [nx, ny, nz] = size;
  placeCodes(first, width, y, z, z * shape[2], table, bytes, target.ptr, toY, toZ, toC, nx, ny, nz, shape[3]);
}

function headOf(ws: Workspace, { ptr }: Region): { count: number; values: number; width: number } {
  const head = new DataView(ws.memory.buffer, ptr, HEADER);
  return { count: head.getUint32(0, true), values: head.getUint32(4, true), width: head.getUint32(8, true) };
}
