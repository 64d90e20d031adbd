import { bytesPerVoxel } from "../../base/dtype.js";
import { product } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import type { ChunkSpec, Labels } from "../codec.js";
import { distinctLabels, hasLabel, type LabelSpan } from "../labels.js";
import { readHeader } from "./header.js";
import { readLabelSection } from "./label-section.js";
import { isSigned } from "./spec.js";

/**
 * The labels that the file lists, ascending, without a look at its slices. With pins the background's is among them, as
 * in the original, whether or not a voxel has it. @throws DecodingError.
 */
export function labels(ws: Workspace, source: Region, spec: ChunkSpec): Labels {
  const distinct = distinctLabels(ws, labelSpans(ws, source, spec));
  if (!isSigned(spec.dtype)) return distinct;
  const bits = 8 * bytesPerVoxel(spec.dtype);
  return Array.from(distinct, (label) => BigInt.asIntN(bits, label)).sort((a, b) => (a < b ? -1 : 1));
}

/** Whether the file lists this label; see {@link labels}. @throws DecodingError. */
export function contains(ws: Workspace, source: Region, spec: ChunkSpec, label: bigint): boolean {
  const spans = labelSpans(ws, source, spec);
  if (!isSigned(spec.dtype)) return hasLabel(ws, spans, label);
  const bits = 8 * bytesPerVoxel(spec.dtype);
  return label === BigInt.asIntN(bits, label) && hasLabel(ws, spans, BigInt.asUintN(bits, label));
}

function labelSpans(ws: Workspace, source: Region, spec: ChunkSpec): LabelSpan[] {
  const header = readHeader(ws, source, spec);
  if (product(spec.shape) === 0) return [];
  const { unique, background } = readLabelSection(ws, header, spec);
  return background === undefined ? [unique] : [unique, background];
}
