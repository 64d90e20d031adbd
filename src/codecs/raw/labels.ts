/** What raw chunks of whole numbers tell of their labels. */
import { arrayType, bytesPerVoxel, type DataType, type Voxel } from "../../base/dtype.js";
import { type CloudVolumeError, DecodingError, EncodingError, type ErrorFacts } from "../../base/errors.js";
import { placeDense } from "../../base/place.js";
import { product, type Vec4 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { checkChannel } from "../channel.js";
import type { ChunkSpec, Labels, RemapOptions } from "../codec.js";
import { distinctLabels, hasLabel, type LabelSpan, placeMapping, remapSpan } from "../labels.js";
import { checkLength } from "./length.js";

export function labels(ws: Workspace, source: Region, spec: ChunkSpec): Labels {
  const found = distinctLabels(ws, [spanOf(source, spec, DecodingError)]);
  if (!isSigned(spec.dtype)) return found;
  const bits = 8 * bytesPerVoxel(spec.dtype);
  return Array.from(found, (label) => BigInt.asIntN(bits, label)).sort((a, b) => (a < b ? -1 : 1));
}

export function contains(ws: Workspace, source: Region, spec: ChunkSpec, label: bigint): boolean {
  const span = spanOf(source, spec, DecodingError);
  if (!isSigned(spec.dtype)) return hasLabel(ws, [span], label);
  const bits = 8 * span.bytes;
  return label === BigInt.asIntN(bits, label) && hasLabel(ws, [span], BigInt.asUintN(bits, label));
}

/** Any data type. @throws OutOfBoundsError, DecodingError. */
export function readVoxel(ws: Workspace, source: Region, spec: ChunkSpec, [x, y, z, c]: Vec4): Voxel {
  checkChannel(c, spec);
  checkLength(source, spec);
  const { shape, dtype } = spec;
  const bytes = bytesPerVoxel(dtype);
  const channel = product(shape.slice(0, 3)) * bytes;
  const { ptr } = ws.scratch("raw.voxel", 8);
  const from = { ptr: source.ptr + c * channel, length: channel };
  placeDense(ws, from, [shape[0], shape[1], shape[2], 1], bytes, {
    ptr,
    stride: [8, 8, 8],
    from: [x, y, z],
    size: [1, 1, 1],
  });
  return new (arrayType(dtype))(ws.memory.buffer, ptr, 1)[0]!;
}

/** Labels without sign. */
export function remap(
  ws: Workspace,
  source: Region,
  spec: ChunkSpec,
  mapping: ReadonlyMap<bigint, bigint>,
  options: RemapOptions = {},
): Uint8Array {
  if (isSigned(spec.dtype)) throw notLabels(spec.dtype, EncodingError);
  const { count, bytes } = spanOf(source, spec, EncodingError);
  const { ptr } = ws.scratch("raw.remapped", source.length);
  ws.bytes().copyWithin(ptr, source.ptr, source.ptr + source.length);
  remapSpan(ws, { ptr, count, bytes }, placeMapping(ws, mapping, options));
  return ws.bytes().slice(ptr, ptr + source.length);
}

type Failed = new (what: string, facts?: ErrorFacts) => CloudVolumeError;

function spanOf(source: Region, spec: ChunkSpec, failed: Failed): LabelSpan {
  const { shape, dtype } = spec;
  if (dtype.startsWith("float")) throw notLabels(dtype, failed);
  checkLength(source, spec);
  return { ptr: source.ptr, count: product(shape), bytes: bytesPerVoxel(dtype) };
}

function notLabels(dtype: DataType, failed: Failed): CloudVolumeError {
  return new failed("Not a data type of labels", { expected: "whole numbers", got: dtype });
}

function isSigned(dtype: DataType): boolean {
  return dtype.startsWith("int");
}
