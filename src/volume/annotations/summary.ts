/** What a layer of annotations holds, as plain data. */
import type {
  AnnotationDimension,
  AnnotationInfo,
  AnnotationType,
  PropertyType,
} from "../../formats/precomputed/annotations/info.js";

export interface AnnotationSummary {
  readonly type: AnnotationType;
  readonly dimensions: readonly AnnotationDimension[];
  readonly lowerBound: readonly number[];
  readonly upperBound: readonly number[];
  readonly properties: readonly {
    readonly id: string;
    readonly type: PropertyType;
    /** Labels by value, where the property has an enumeration. */
    readonly labels?: Readonly<Record<string, string>>;
  }[];
  readonly relationships: readonly { readonly id: string; readonly sharded: boolean }[];
  /** How annotations are found by id; null: not at all. */
  readonly byId: { readonly sharded: boolean } | null;
  readonly levels: readonly {
    readonly gridShape: readonly number[];
    readonly chunkSize: readonly number[];
    readonly limit: number | null;
    readonly sharded: boolean;
  }[];
}

export function summaryOf(info: AnnotationInfo): AnnotationSummary {
  const { type, dimensions, lowerBound, upperBound, byId } = info;
  return {
    type,
    dimensions,
    lowerBound,
    upperBound,
    properties: info.properties.map(({ id, type: of, enumValues, enumLabels }) => ({
      id,
      type: of,
      ...(enumValues && {
        labels: Object.fromEntries(enumValues.map((value, i) => [String(value), enumLabels?.[i] ?? ""])),
      }),
    })),
    relationships: info.relationships.map(({ id, sharding }) => ({ id, sharded: sharding !== undefined })),
    byId: byId === undefined ? null : { sharded: byId.sharding !== undefined },
    levels: info.spatial.map(({ gridShape, chunkSize, limit, sharding }) => ({
      gridShape,
      chunkSize,
      limit: limit ?? null,
      sharded: sharding !== undefined,
    })),
  };
}
