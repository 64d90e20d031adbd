import { bytesPerVoxel, isBigDataType, type Voxel } from "../../base/dtype.js";
import { checkPlacement, placeDense } from "../../base/place.js";
import type { Placement } from "../../base/placement.js";
import { product, type Vec4 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { compresso } from "../../kernels/compresso.js";
import { checkChannel } from "../channel.js";
import type { ChunkSpec } from "../codec.js";
import { type Header, readHeader } from "./header.js";
import { checkStatus, type JobPlaces, putJob } from "./job.js";

/**
 * Decodes a sub-box into its place. With a z index only the slices of the box are decoded, else all of the chunk.
 * @throws DecodingError for bytes that are no such chunk.
 */
export function decode(ws: Workspace, source: Region, spec: ChunkSpec, target: Placement): void {
  const header = readHeader(ws, source, spec);
  const bytes = bytesPerVoxel(spec.dtype);
  checkPlacement(ws, target, spec.shape, bytes);
  if (product(target.size) === 0) return;
  const [x, y, z] = spec.shape;
  const { from, size, ptr, stride } = target;
  const wide = size[0] === x && size[1] === y;
  const zRange = header.version === 1 ? ([from[2], from[2] + size[2]] as const) : ([0, z] as const);
  const row = x * bytes;
  if (wide && (header.version === 1 || size[2] === z)) {
    run(ws, spec, header, { z: zRange, out: [ptr, stride[0], stride[1]] });
  } else if (header.version === 1) {
    const slice = ws.scratch("compresso.slice", row * y);
    run(ws, spec, header, {
      z: zRange,
      out: [slice.ptr, row, 0],
      box: [from[0], from[1], size[0], size[1]],
      target: [ptr, stride[0], stride[1]],
    });
  } else {
    const dense = ws.scratch("dense", row * y * z);
    run(ws, spec, header, { z: zRange, out: [dense.ptr, row, row * y] });
    placeDense(ws, dense, spec.shape, bytes, target);
  }
}

/** One voxel's label (x, y, z, channel); with a z index only its slice is decoded. @throws DecodingError, OutOfBoundsError. */
export function readVoxel(ws: Workspace, source: Region, spec: ChunkSpec, at: Vec4): Voxel {
  const [x, y, z, channel] = at;
  checkChannel(channel, spec);
  const { ptr } = ws.scratch("compresso.voxel", 8);
  ws.bytes().fill(0, ptr, ptr + 8);
  decode(ws, source, spec, { ptr, stride: [8, 8, 8], from: [x, y, z], size: [1, 1, 1] });
  const label = new DataView(ws.memory.buffer, ptr, 8).getBigUint64(0, true);
  return isBigDataType(spec.dtype) ? label : Number(label);
}

function run(ws: Workspace, { shape }: ChunkSpec, header: Header, places: JobPlaces): void {
  const [x, y, z] = shape;
  const [from, to] = places.z ?? [0, z];
  const bits = ws.scratch("compresso.bits", Math.ceil(x / 8) * y * (to - from)).ptr;
  const slices = header.connectivity === 6 ? z : 1;
  const runs = ws.scratch("compresso.runs", 4 * Math.ceil(x / 2) * y * slices).ptr;
  checkStatus(ws.kernel(compresso).decodeJob(putJob(ws, shape, header, { ...places, bits, runs })));
}
