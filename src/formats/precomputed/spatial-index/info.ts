/** The `spatial_index` member of the info of meshes and skeletons. Source: CloudVolume's `spatial_index`. */
import type { JsonObject } from "../../../base/json.js";
import { optional, positive, record, tuple, type Verify } from "../../../base/verify.js";

export interface SpatialIndexInfo extends JsonObject {
  /** The size of a cell in physical units. */
  chunk_size: [number, number, number];
  /** Physical size of a voxel of the level that the labels were found in. Default: that level's. */
  resolution?: [number, number, number];
}

const member = record({
  chunk_size: tuple(3, positive),
  resolution: optional(tuple(3, positive)),
});

export const spatialIndexInfo: Verify<SpatialIndexInfo> = (value, place) =>
  member(value, place) as SpatialIndexInfo;
