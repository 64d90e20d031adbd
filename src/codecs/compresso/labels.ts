import { DecodingError } from "../../base/errors.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { compresso } from "../../kernels/compresso.js";
import type { ChunkSpec } from "../codec.js";
import { distinctLabels, hasLabel, type LabelSpan } from "../labels.js";
import { readHeader } from "./header.js";

/** The distinct labels, ascending, from the labels of components and those among the locations. @throws DecodingError. */
export function labels(ws: Workspace, source: Region, spec: ChunkSpec): BigUint64Array {
  return distinctLabels(ws, labelSpans(ws, source, spec));
}

/** Whether a voxel has this label. @throws DecodingError. */
export function contains(ws: Workspace, source: Region, spec: ChunkSpec, label: bigint): boolean {
  return hasLabel(ws, labelSpans(ws, source, spec), label);
}

function labelSpans(ws: Workspace, source: Region, spec: ChunkSpec): LabelSpan[] {
  const { ids, locations } = readHeader(ws, source, spec);
  const { ptr, count, bytes } = locations;
  const inside = ws.scratch("compresso.labels", count * bytes).ptr;
  const end = ws.kernel(compresso).locationLabels(ptr, count, bytes, inside) >>> 0;
  if (end === 0)
    throw new DecodingError("A compresso chunk is damaged", {
      got: "the labels of boundaries end too early",
    });
  return [ids, { ptr: inside, count: (end - inside) / bytes, bytes }];
}
