/** The info document of a folder of annotations. Source: Neuroglancer's `precomputed/annotations.md`. */
import type { JsonObject } from "../../../base/json.js";
import {
  inside,
  integer,
  list,
  number,
  object,
  optional,
  orNull,
  type Place,
  placeOf,
  record,
  reject,
  text,
  type Verify,
} from "../../../base/verify.js";
import { parseSharding, type ShardingSpec } from "../../../shards/neuroglancer-uint64/spec.js";

export const ANNOTATIONS_TYPE = "neuroglancer_annotations_v1";

const TYPES = ["POINT", "LINE", "AXIS_ALIGNED_BOUNDING_BOX", "ELLIPSOID", "POLYLINE"] as const;
export type AnnotationType = (typeof TYPES)[number];

const PROPERTY_TYPES = [
  "rgb",
  "rgba",
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "float32",
] as const;
export type PropertyType = (typeof PROPERTY_TYPES)[number];

export interface AnnotationProperty {
  readonly id: string;
  readonly type: PropertyType;
  readonly description: string | undefined;
  readonly enumValues: readonly number[] | undefined;
  readonly enumLabels: readonly string[] | undefined;
}

/** A folder of data by 64-bit number, in single files or shards. */
export interface AnnotationIndex {
  /** Relative to the folder of the info; may begin with `..`. */
  readonly key: string;
  readonly sharding: ShardingSpec | undefined;
}

export interface AnnotationRelationship extends AnnotationIndex {
  readonly id: string;
}

/** A level of the spatial index. Levels go from coarse to fine; each annotation is in one of them. */
export interface AnnotationLevel extends AnnotationIndex {
  /** Cells along each dimension. */
  readonly gridShape: readonly number[];
  /** Size of a cell, in the units of the dimensions. Some writers give 0 or less where a grid has one cell. */
  readonly chunkSize: readonly number[];
  /** The writer's limit of annotations in a cell, where it told one. */
  readonly limit: number | undefined;
}

export interface AnnotationDimension {
  readonly name: string;
  readonly scale: number;
  /** "m", "s", or "" for a number without a unit. */
  readonly unit: string;
}

export interface AnnotationInfo {
  readonly type: AnnotationType;
  readonly dimensions: readonly AnnotationDimension[];
  /** Also where the grids of the spatial index begin. */
  readonly lowerBound: readonly number[];
  readonly upperBound: readonly number[];
  readonly properties: readonly AnnotationProperty[];
  readonly relationships: readonly AnnotationRelationship[];
  readonly byId: AnnotationIndex | undefined;
  readonly spatial: readonly AnnotationLevel[];
}

const MOST_DIMENSIONS = 64;
const MOST_LEVELS = 1024;

const index = { key: text({ max: 4096 }), sharding: orNull(object) };
const typeName: Verify<string> = choice(TYPES);
const propertyType: Verify<string> = choice(PROPERTY_TYPES);
const document = record({
  "@type": choice([ANNOTATIONS_TYPE]),
  dimensions: object,
  lower_bound: list(number(), { max: MOST_DIMENSIONS }),
  upper_bound: list(number(), { max: MOST_DIMENSIONS }),
  annotation_type: typeName,
  properties: orNull(
    list(
      record({
        id: text({ max: 1024 }),
        type: propertyType,
        description: orNull(text()),
        enum_values: orNull(list(number(), { max: 65_536 })),
        enum_labels: orNull(list(text(), { max: 65_536 })),
      }),
      { max: 4096 },
    ),
  ),
  relationships: orNull(list(record({ ...index, id: text({ max: 1024 }) }), { max: 4096 })),
  by_id: orNull(record(index)),
  spatial: orNull(
    list(
      record({
        ...index,
        grid_shape: list(integer({ min: 1 }), { max: MOST_DIMENSIONS }),
        chunk_size: list(number(), { max: MOST_DIMENSIONS }),
        limit: optional(orNull(number())),
      }),
      { max: MOST_LEVELS },
    ),
  ),
});

/** Takes either case of names, as Neuroglancer's own writer uses lower case. @throws InfoError naming the field. */
export function parseAnnotationInfo(json: unknown, where: string): AnnotationInfo {
  const place = placeOf(where);
  const found = document(json, place);
  const dimensions = dimensionsOf(found.dimensions, inside(place, "dimensions"));
  const rank = dimensions.length;
  const ofRank = (values: readonly number[], at: Place): readonly number[] =>
    values.length === rank ? values : reject(at, `${rank} numbers, one for each dimension`, values);
  const at = (key: string, i: number, member: string): Place => inside(inside(inside(place, key), i), member);
  const properties = (found.properties ?? []).map((p, i): AnnotationProperty => {
    const { enum_values: values, enum_labels: labels } = p;
    if ((values ?? []).length !== (labels ?? []).length)
      reject(at("properties", i, "enum_labels"), "as many as enum_values", labels);
    return {
      id: p.id,
      type: p.type.toLowerCase() as PropertyType,
      description: p.description ?? undefined,
      enumValues: values ?? undefined,
      enumLabels: labels ?? undefined,
    };
  });
  const relationships = (found.relationships ?? []).map((r) => ({ id: r.id, ...indexOf(r, where) }));
  distinct(properties, inside(place, "properties"));
  distinct(relationships, inside(place, "relationships"));
  return {
    type: found.annotation_type.toUpperCase() as AnnotationType,
    dimensions,
    lowerBound: ofRank(found.lower_bound, inside(place, "lower_bound")),
    upperBound: ofRank(found.upper_bound, inside(place, "upper_bound")),
    properties,
    relationships,
    byId: found.by_id ? indexOf(found.by_id, where) : undefined,
    spatial: (found.spatial ?? []).map((level, i) => ({
      ...indexOf(level, where),
      gridShape: ofRank(level.grid_shape, at("spatial", i, "grid_shape")),
      chunkSize: ofRank(level.chunk_size, at("spatial", i, "chunk_size")),
      limit: level.limit ?? undefined,
    })),
  };
}

/** The label of a value of a property that has an enumeration; undefined if it names none. */
export function enumLabel(property: AnnotationProperty, value: number): string | undefined {
  const at = property.enumValues?.indexOf(value) ?? -1;
  return at < 0 ? undefined : property.enumLabels?.[at];
}

function indexOf(found: { key: string; sharding?: JsonObject | null }, where: string): AnnotationIndex {
  const { key, sharding } = found;
  return {
    key: key.replace(/\/+$/, ""),
    sharding: sharding ? parseSharding(sharding, where) : undefined,
  };
}

function dimensionsOf(found: JsonObject, place: Place): AnnotationDimension[] {
  const names = Object.keys(found);
  if (names.length < 1 || names.length > MOST_DIMENSIONS)
    reject(place, `1 to ${MOST_DIMENSIONS} dimensions`, `${names.length}`);
  return names.map((name) => {
    const value = found[name];
    if (!Array.isArray(value) || value.length !== 2)
      return reject(inside(place, name), "[scale, unit]", value);
    const [scale, unit] = value;
    if (typeof scale !== "number" || !(scale > 0) || typeof unit !== "string")
      return reject(inside(place, name), "a scale above 0 and a unit", value);
    return { name, scale, unit };
  });
}

function distinct(items: readonly { readonly id: string }[], place: Place): void {
  const ids = new Set<string>();
  for (const [i, { id }] of items.entries()) {
    if (ids.has(id) || id === "__proto__") reject(inside(inside(place, i), "id"), "an id of its own", id);
    ids.add(id);
  }
}

/** One of these words, in either case. */
function choice(words: readonly string[]): Verify<string> {
  const known = new Set(words.map((w) => w.toLowerCase()));
  return (value, place) =>
    typeof value === "string" && known.has(value.toLowerCase())
      ? value
      : reject(place, words.join(", "), value);
}
