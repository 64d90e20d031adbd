import { bytesPerVoxel } from "../../base/dtype.js";
import { placeDense } from "../../base/place.js";
import type { Placement } from "../../base/placement.js";
import type { Region, Workspace } from "../../base/workspace.js";
import type { ChunkSpec, PieceDecoder } from "../codec.js";
import { checkLength } from "./length.js";

/** Places the rows of a chunk as they come. A row that is cut waits for its rest. */
export function pieces(ws: Workspace, spec: ChunkSpec, target: Placement): PieceDecoder {
  const row = spec.shape[0] * bytesPerVoxel(spec.dtype);
  const rows = spec.shape[1] * spec.shape[2] * spec.shape[3];
  let next = 0;
  return {
    longest: row,
    take({ ptr, length }) {
      const count = Math.min(Math.floor(length / row), rows - next);
      placeRows(ws, ptr, next, count, spec, target);
      next += count;
      return next < rows ? count * row : length;
    },
    end: (length) => checkLength({ ptr: 0, length }, spec),
  };
}

/** Places rows `first` to `first + count` of the chunk, which lie at `ptr`: whole planes together. */
function placeRows(
  ws: Workspace,
  ptr: number,
  first: number,
  count: number,
  spec: ChunkSpec,
  target: Placement,
): void {
  const [sx, sy, sz] = spec.shape;
  const row = sx * bytesPerVoxel(spec.dtype);
  for (let done = 0; done < count; ) {
    const y = (first + done) % sy;
    const plane = (first + done - y) / sy;
    const z = plane % sz;
    const left = count - done;
    const whole = y === 0 && left >= sy;
    const [ny, nz] = whole ? [sy, Math.min(Math.floor(left / sy), sz - z)] : [Math.min(left, sy - y), 1];
    const source = { ptr: ptr + done * row, length: ny * nz * row };
    placePart(ws, source, { y, z, ny, nz, channel: (plane - z) / sz }, spec, target);
    done += ny * nz;
  }
}

interface Part {
  readonly y: number;
  readonly z: number;
  readonly ny: number;
  readonly nz: number;
  readonly channel: number;
}

function placePart(ws: Workspace, source: Region, part: Part, spec: ChunkSpec, target: Placement): void {
  const { from, size, stride } = target;
  const [y0, y1] = [Math.max(part.y, from[1]), Math.min(part.y + part.ny, from[1] + size[1])];
  const [z0, z1] = [Math.max(part.z, from[2]), Math.min(part.z + part.nz, from[2] + size[2])];
  if (y0 >= y1 || z0 >= z1) return;
  placeDense(ws, source, [spec.shape[0], part.ny, part.nz, 1], bytesPerVoxel(spec.dtype), {
    ptr: target.ptr + (y0 - from[1]) * stride[0] + (z0 - from[2]) * stride[1] + part.channel * stride[2],
    stride,
    from: [from[0], y0 - part.y, z0 - part.z],
    size: [size[0], y1 - y0, z1 - z0],
  });
}
