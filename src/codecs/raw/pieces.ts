import { bytesPerVoxel } from "../../base/dtype.js";
import type { Placement } from "../../base/placement.js";
import type { Workspace } from "../../base/workspace.js";
import type { ChunkSpec, PieceDecoder } from "../codec.js";
import { rowTaker } from "../place-rows.js";
import { checkLength } from "./length.js";

/** Places the rows of a chunk as they come. A row that is cut waits for its rest. */
export function pieces(ws: Workspace, spec: ChunkSpec, target: Placement): PieceDecoder {
  const bytes = bytesPerVoxel(spec.dtype);
  return {
    longest: spec.shape[0] * bytes,
    take: rowTaker(ws, { shape: spec.shape, bytes, target }),
    end: (length) => checkLength({ ptr: 0, length }, spec),
  };
}
