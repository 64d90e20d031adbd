import { bytesPerVoxel } from "../../base/dtype.js";
import { DecodingError, EncodingError } from "../../base/errors.js";
import { checkPlacement } from "../../base/place.js";
import type { Placement } from "../../base/placement.js";
import { dot, fortranStride, product, type Vec4 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import type { ChunkSpec } from "../codec.js";
import type { CodecFunctions } from "../lazy.js";
import { checkZfpc } from "./check.js";
import { correlatedOf, readContainer, type Streams, streamLength, writeContainer } from "./container.js";
import { limitsOf, modeOf } from "./mode.js";
import { decodeZfp, encodeZfp, mostBytes } from "./zfp.js";

export const zfpc: CodecFunctions = { decode, encode };

/** Decodes the streams that the box touches. */
function decode(ws: Workspace, source: Region, spec: ChunkSpec, target: Placement): void {
  checkZfpc(spec, DecodingError);
  const bytes = bytesPerVoxel(spec.dtype);
  checkPlacement(ws, target, spec.shape, bytes);
  const streams = readContainer(ws.bytes().subarray(source.ptr, source.ptr + source.length), spec);
  if (product(target.size) === 0) return;
  const along = axesOf(streams);
  const stride = [bytes, ...target.stride];
  const from = [...target.from, 0];
  const size = [...target.size, spec.shape[3]];
  const box = {
    reversed: true,
    shape: along(spec.shape),
    stride: along(stride),
    from: along(from),
    size: along(size),
  };
  let at = streams.start;
  for (let index = 0; index < product(streams.grid); index++) {
    const length = streamLength(new DataView(ws.memory.buffer, source.ptr, source.length), index, at);
    const place = placeOf(index, streams).map((n, i) => (streams.correlated[i] ? 0 : n - from[i]!));
    if (place.every((n, i) => streams.correlated[i] || (n >= 0 && n < size[i]!)))
      decodeZfp(ws, { ptr: source.ptr + at, length }, spec.dtype, {
        ...box,
        ptr: target.ptr + dot(place, stride),
      });
    at += length;
  }
}

function encode(ws: Workspace, source: Region, spec: ChunkSpec): Uint8Array {
  checkZfpc(spec, EncodingError);
  const bytes = bytesPerVoxel(spec.dtype);
  const expected = product(spec.shape) * bytes;
  if (source.length < expected)
    throw new EncodingError("Too few voxels for a chunk", {
      expected: `${spec.shape.join(" x ")} voxels of ${spec.dtype}: ${expected} bytes`,
      got: `${source.length}`,
    });
  const streams = correlatedOf(spec);
  const along = axesOf(streams);
  const stride = fortranStride(spec.shape).map((n) => n * bytes);
  const axes = { reversed: true, shape: along(spec.shape), stride: along(stride) };
  const mode = modeOf(spec);
  if (mode.tolerance !== undefined && !spec.dtype.startsWith("float"))
    throw new EncodingError("zfpc_tolerance is for floats only", {
      got: spec.dtype,
      fix: "Use zfpc_precision.",
    });
  const limits = limitsOf(mode, spec.dtype, axes.shape.length);
  const most = mostBytes(spec.dtype, axes.shape, limits);
  const output = ws.scratch("zfpc.output", streams.start + product(streams.grid) * most);
  const lengths: number[] = [];
  let at = streams.start;
  for (let index = 0; index < product(streams.grid); index++) {
    const first = source.ptr + dot(placeOf(index, streams), stride);
    const length = encodeZfp(ws, first, spec.dtype, axes, limits, { ptr: output.ptr + at, length: most });
    lengths.push(length);
    at += length;
  }
  ws.bytes().set(writeContainer(spec, streams, mode, lengths), output.ptr);
  return ws.bytes().slice(output.ptr, output.ptr + at);
}

/** What chooses the correlated axes of four. */
function axesOf({ correlated }: Streams): (values: readonly number[]) => number[] {
  return (values) => values.filter((_, i) => correlated[i]);
}

/** The place of a stream along x, y, z, channel; 0 along correlated axes. */
function placeOf(index: number, { grid }: Streams): Vec4 {
  let rest = index;
  return grid.map((n) => {
    const at = rest % n;
    rest = Math.floor(rest / n);
    return at;
  }) as unknown as Vec4;
}
