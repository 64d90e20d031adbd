/** How a layer of annotations is stored, by what is known of it. */
import type { AnnotationBox } from "../../../formats/precomputed/annotations/geometry.js";
import { cellSharding, idSharding } from "../../../formats/precomputed/annotations/index-sharding.js";
import type { AnnotationInfo } from "../../../formats/precomputed/annotations/info.js";
import { MOST_LEVELS, type PlannedLevel } from "../../../formats/precomputed/annotations/levels.js";
import type { CheckedSchema } from "../../../formats/precomputed/annotations/schema.js";
import type { ShardEncoding, ShardingSpec } from "../../../shards/neuroglancer-uint64/spec.js";
import type { AnnotationWriteOptions } from "./options.js";

export interface Known {
  readonly bounds: AnnotationBox;
  readonly count: number;
  /** Of an annotation on average. */
  readonly bytes: number;
  /** By relationship: ids in all, and about how many different ones. */
  readonly related: readonly { readonly entries: number; readonly objects: number }[];
  readonly levels: readonly PlannedLevel[];
}

/** From so many annotations on, files of their own are too many. */
const MANY = 1000;
/** Shorter data grow with gzip, or gain nothing. */
const WORTH_PACKING = 1024;

/** The info, except for the limits of the levels, which are known once they are written. */
export function planLayer(
  schema: CheckedSchema,
  { bounds, count, bytes, related, levels }: Known,
  { sharded = count >= MANY, compress = true }: AnnotationWriteOptions,
): AnnotationInfo {
  const encoding = (length: number): ShardEncoding =>
    compress !== false && length >= WORTH_PACKING ? "gzip" : "raw";
  const ids = (labels: number, length: number): ShardingSpec | undefined =>
    sharded ? idSharding(labels, encoding(length)) : undefined;
  return {
    ...schema,
    lowerBound: bounds.lower,
    upperBound: bounds.upper,
    relationships: schema.relationships.map((relationship, i) => ({
      ...relationship,
      sharding: ids(related[i]!.objects, (related[i]!.entries * bytes) / Math.max(1, related[i]!.objects)),
    })),
    byId: { key: "by_id", sharding: ids(count, bytes) },
    spatial: levels.map(({ gridShape, chunkSize, cells }, i) => ({
      key: levelKey(i),
      gridShape,
      chunkSize,
      limit: undefined,
      sharding: sharded ? cellSharding(gridShape, cells, encoding(WORTH_PACKING)) : undefined,
    })),
  };
}

/** Every folder that a layer of this schema may have. */
export function foldersOf({ relationships }: CheckedSchema): string[] {
  const levels = Array.from({ length: MOST_LEVELS }, (_, i) => levelKey(i));
  return ["by_id", ...relationships.map(({ key }) => key), ...levels];
}

function levelKey(i: number): string {
  return `spatial${i}`;
}
