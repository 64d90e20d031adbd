/** Reads into an ordinary array: slab by slab through recycled memories, so that the extra memory is bounded. */
import type { Box6 } from "../base/bbox.js";
import type { TypedArray } from "../base/dtype.js";
import { copyBox } from "../base/strided.js";
import { anchorOf } from "../grid/grid.js";
import type { ChunkContext } from "./chunk-store.js";
import { boxSize, voxelBytes } from "./layout.js";
import type { ReadRequest, ReadResult } from "./read-request.js";

/** Bytes of one slab, unless a single layer of chunks is larger. */
export const SLAB_BYTES: number = 64 << 20;

/**
 * Cuts a box into pieces of at most about `bytes`, on chunk boundaries (so that no chunk is read twice): along
 * z, then along y and x where one layer of chunks is still too large.
 */
export function* slabs(
  { layout, box }: Pick<ReadRequest, "layout" | "box">,
  bytes: number,
  axis = 2,
): Generator<Box6, void, undefined> {
  const total = voxelBytes(layout, boxSize(box));
  if (axis < 0 || total <= bytes) {
    yield box;
    return;
  }
  const anchor = anchorOf(layout.grid)[axis] as number;
  const chunk = layout.grid.chunk[axis] as number;
  const lo = box[axis] as number;
  const hi = box[axis + 3] as number;
  const layers = Math.max(1, Math.floor(bytes / ((total / (hi - lo)) * chunk)));
  for (let start = lo; start < hi; ) {
    const boundary = anchor + (Math.floor((start - anchor) / chunk) + layers) * chunk;
    const stop = Math.min(hi, boundary);
    yield* slabs({ layout, box: withAxis(box, axis, start, stop) }, bytes, axis - 1);
    start = stop;
  }
}

/** Whether a request is too small to be cut. */
export function isOneSlab(request: ReadRequest): boolean {
  const [first] = slabs(request, SLAB_BYTES);
  return first?.every((v, i) => v === request.box[i]) ?? true;
}

function withAxis(box: Box6, axis: number, lo: number, hi: number): Box6 {
  const out: [number, number, number, number, number, number] = [...box];
  out[axis] = lo;
  out[axis + 3] = hi;
  return out;
}

/** Fills `out` (dense Fortran voxels of the request's box), two slabs at a time. */
export async function readIntoSlabs(
  context: ChunkContext,
  request: ReadRequest,
  out: TypedArray,
  read: (context: ChunkContext, request: ReadRequest) => Promise<ReadResult>,
): Promise<TypedArray> {
  const pieces = [...slabs(request, SLAB_BYTES)];
  const { box, layout, onProgress } = request;
  const shape = [...boxSize(box), layout.channels];
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < pieces.length; i = next++) {
      const piece = pieces[i] as Box6;
      const part = await read(context, { ...request, box: piece, out: undefined, onProgress: undefined });
      const at = [piece[0] - box[0], piece[1] - box[1], piece[2] - box[2], 0];
      copyBox(part.data, [...boxSize(piece), layout.channels], out, shape, at);
      part.lifetime.release();
      onProgress?.({ done: ++done, total: pieces.length });
    }
  };
  const lanes = await Promise.allSettled([lane(), lane()]);
  for (const l of lanes) if (l.status === "rejected") throw l.reason;
  return out;
}
