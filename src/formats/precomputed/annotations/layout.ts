/** Where in a record which value stands. */
import type { AnnotationInfo, AnnotationType, PropertyType } from "./info.js";

/** One annotation. */
export interface Annotation {
  readonly id: bigint;
  /**
   * Points of `rank` numbers one after the other, in the units of the dimensions: one of a POINT, both ends of a LINE, two
   * corners of an AXIS_ALIGNED_BOUNDING_BOX, center and radii of an ELLIPSOID, all of a POLYLINE.
   */
  readonly geometry: Float32Array;
  /** By property, in the order of the info; a list of 3 or 4 for `rgb` and `rgba`. */
  readonly properties: Readonly<Record<string, number | readonly number[]>>;
  /** Ids by relationship. Only the index by id holds them: undefined for what was read from others. */
  readonly relationships?: Readonly<Record<string, readonly bigint[]>> | undefined;
}

export interface PropertyField {
  readonly id: string;
  readonly type: PropertyType;
  /** From where the properties begin. */
  readonly offset: number;
}

export interface RecordLayout {
  readonly type: AnnotationType;
  readonly rank: number;
  /** In the order of the info. */
  readonly fields: readonly PropertyField[];
  /** Bytes of all properties with padding: a multiple of 4. */
  readonly propertyBytes: number;
  /** Points of every record; undefined: each record says its own (POLYLINE). */
  readonly points: number | undefined;
  /** Ids of the relationships, as their lists follow in the index by id. */
  readonly relationships: readonly string[];
}

const SIZES: Readonly<Record<PropertyType, readonly [bytes: number, group: number]>> = {
  uint32: [4, 4],
  int32: [4, 4],
  float32: [4, 4],
  uint16: [2, 2],
  int16: [2, 2],
  uint8: [1, 1],
  int8: [1, 1],
  rgb: [3, 1],
  rgba: [4, 1],
};

/** Which properties are stored together: those of 4 bytes first, then those of 2, then bytes and colors. */
export function propertyGroup(type: PropertyType): number {
  return SIZES[type][1];
}

/** By the format: properties of 4 bytes first, then those of 2, then bytes and colours, each group in the info's order. */
export function recordLayout(
  info: Pick<AnnotationInfo, "type" | "dimensions" | "properties" | "relationships">,
): RecordLayout {
  const offsets = new Map<string, number>();
  let end = 0;
  for (const group of [4, 2, 1]) {
    for (const { id, type } of info.properties) {
      if (SIZES[type][1] !== group) continue;
      offsets.set(id, end);
      end += SIZES[type][0];
    }
  }
  return {
    type: info.type,
    rank: info.dimensions.length,
    fields: info.properties.map(({ id, type }) => ({ id, type, offset: offsets.get(id) ?? 0 })),
    propertyBytes: Math.ceil(end / 4) * 4,
    points: info.type === "POLYLINE" ? undefined : info.type === "POINT" ? 1 : 2,
    relationships: info.relationships.map(({ id }) => id),
  };
}
