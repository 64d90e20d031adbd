/** What a layer of annotations that is to be written holds. */
import { ArgumentError } from "../../../base/errors.js";
import { type JsonObject, setOwn } from "../../../base/json.js";
import { object, placeOf } from "../../../base/verify.js";
import { shardingJson } from "../../../shards/neuroglancer-uint64/index.js";
import {
  ANNOTATIONS_TYPE,
  type AnnotationDimension,
  type AnnotationIndex,
  type AnnotationInfo,
  type AnnotationProperty,
  type AnnotationType,
  type PropertyType,
  parseAnnotationInfo,
} from "./info.js";
import { propertyGroup } from "./layout.js";

export interface AnnotationPropertySchema {
  /** A lower-case letter, then letters, digits and underscores. */
  readonly id: string;
  readonly type: PropertyType;
  readonly description?: string | undefined;
  /** Values that have names, and the names. */
  readonly enumValues?: readonly number[] | undefined;
  readonly enumLabels?: readonly string[] | undefined;
}

/** An {@link AnnotationInfo} is one, too. */
export interface AnnotationSchema {
  /** In either case. */
  readonly type: AnnotationType | Lowercase<AnnotationType>;
  /** In the order of coordinates: `{x: [8e-9, "m"], y: [8, "nm"], t: [1, "s"], c: [1, ""]}`. */
  readonly dimensions:
    | Readonly<Record<string, readonly [scale: number, unit: string]>>
    | readonly AnnotationDimension[];
  readonly properties?: readonly AnnotationPropertySchema[] | undefined;
  /** What annotations are related to: `["pre", "post"]`. */
  readonly relationships?: readonly (string | { readonly id: string })[] | undefined;
}

/** A schema that was checked. */
export interface CheckedSchema
  extends Pick<AnnotationInfo, "type" | "dimensions" | "properties" | "relationships"> {}

const BASE_UNITS = ["m", "s", "rad/s", "Hz"];
const PREFIXES: Readonly<Record<string, number>> = {
  Y: 24,
  Z: 21,
  E: 18,
  P: 15,
  T: 12,
  G: 9,
  M: 6,
  k: 3,
  h: 2,
  "": 0,
  c: -2,
  m: -3,
  u: -6,
  µ: -6,
  n: -9,
  p: -12,
  f: -15,
  a: -18,
  z: -21,
  y: -24,
};
const RULES = {
  dimension: [/^[a-zA-Z_][a-zA-Z0-9_]*['^]?$/, "a letter or _, then letters, digits and _"],
  property: [/^[a-z][a-zA-Z0-9_]*$/, "a lower-case letter, then letters, digits and _"],
  relationship: [/^[^\p{Cc}]{1,200}$/u, "1 to 200 characters"],
} as const;

/**
 * Checks a schema by what Neuroglancer takes. Properties come in the order in which they are stored, so that readers that
 * follow the info find them, too. @throws ArgumentError, InfoError naming what is wrong.
 */
export function checkSchema(schema: AnnotationSchema): CheckedSchema {
  const { properties = [], relationships = [] } = schema;
  const dimensions = dimensionsOf(schema.dimensions);
  for (const { id } of properties) checkName("property", id);
  const names = relationships.map((r) => (typeof r === "string" ? r : r.id));
  for (const id of names) checkName("relationship", id);
  const keys = keysOf(names);
  const json: JsonObject = {
    "@type": ANNOTATIONS_TYPE,
    annotation_type: schema.type,
    dimensions: dimensionsJson(dimensions),
    lower_bound: dimensions.map(() => 0),
    upper_bound: dimensions.map(() => 1),
    properties: properties.map(propertyJson),
    relationships: names.map((id, i) => ({ id, key: keys[i]! })),
  };
  const info = parseAnnotationInfo(json, "schema of annotations");
  for (const property of info.properties) checkEnum(property);
  return {
    ...info,
    properties: [...info.properties].sort((a, b) => storedPlace(a.type) - storedPlace(b.type)),
  };
}

/**
 * 4 bytes, 2, then 1; uint32 first of all, as Neuroglancer 2.41's Python reader takes them for aligned to 3 bytes, which the
 * first one is.
 */
function storedPlace(type: PropertyType): number {
  return type === "uint32" ? 0 : 5 - propertyGroup(type);
}

/** The schema in an info document, of which only type, dimensions, properties and relationships count. @throws InfoError. */
export function parseAnnotationSchema(json: unknown, where: string): AnnotationSchema {
  const found = object(json, placeOf(where));
  const rank = Object.keys(Object(found.dimensions)).length;
  const { dimensions, annotation_type, properties, relationships } = found;
  const related = (Array.isArray(relationships) ? relationships : []).map((r) => ({
    ...Object(r),
    key: "",
    sharding: null,
  }));
  return parseAnnotationInfo(
    {
      "@type": ANNOTATIONS_TYPE,
      ...{ dimensions, annotation_type, properties, relationships: related },
      lower_bound: Array(rank).fill(0),
      upper_bound: Array(rank).fill(1),
    },
    where,
  );
}

/** The info document. Its dimensions are in their order. */
export function annotationInfoJson(info: AnnotationInfo): JsonObject {
  return {
    "@type": ANNOTATIONS_TYPE,
    dimensions: dimensionsJson(info.dimensions),
    lower_bound: [...info.lowerBound],
    upper_bound: [...info.upperBound],
    annotation_type: info.type,
    properties: info.properties.map(propertyJson),
    relationships: info.relationships.map((r) => ({ id: r.id, ...indexJson(r) })),
    ...(info.byId && { by_id: indexJson(info.byId) }),
    spatial: info.spatial.map((level) => ({
      ...indexJson(level),
      grid_shape: [...level.gridShape],
      chunk_size: [...level.chunkSize],
      ...(level.limit !== undefined && { limit: level.limit }),
    })),
  };
}

function indexJson({ key, sharding }: AnnotationIndex): JsonObject {
  return { key, ...(sharding && { sharding: shardingJson(sharding) }) };
}

function dimensionsJson(dimensions: readonly AnnotationDimension[]): JsonObject {
  const json: JsonObject = {};
  for (const { name, scale, unit } of dimensions) setOwn(json, name, [scale, unit]);
  return json;
}

function propertyJson(property: AnnotationPropertySchema | AnnotationProperty): JsonObject {
  const { id, type, description, enumValues, enumLabels } = property;
  return {
    id,
    type,
    ...(description !== undefined && { description }),
    ...(enumValues && { enum_values: [...enumValues] }),
    ...(enumLabels && { enum_labels: [...enumLabels] }),
  };
}

function dimensionsOf(given: AnnotationSchema["dimensions"]): AnnotationDimension[] {
  const list = Array.isArray(given)
    ? (given as readonly AnnotationDimension[])
    : Object.entries(given).map(([name, [scale, unit]]) => ({ name, scale, unit }));
  const names = new Set<string>();
  return list.map(({ name, scale, unit }) => {
    checkName("dimension", name);
    if (names.has(name)) throw new ArgumentError("A dimension is given twice", { where: name });
    names.add(name);
    return { name, ...inBaseUnits(name, scale, unit) };
  });
}

/** In units without a prefix: `[8, "nm"]` is `[8e-9, "m"]`. */
function inBaseUnits(name: string, scale: number, unit: string): { scale: number; unit: string } {
  if (unit === "" || BASE_UNITS.includes(unit)) return { scale, unit };
  const base = BASE_UNITS.find((u) => unit.endsWith(u) && Object.hasOwn(PREFIXES, unit.slice(0, -u.length)));
  if (base === undefined)
    throw new ArgumentError("Not a unit that Neuroglancer knows", {
      where: `dimension ${name}`,
      expected: `"", ${BASE_UNITS.join(", ")}, or one with a prefix: nm, ms`,
      got: JSON.stringify(unit),
    });
  const exponent = PREFIXES[unit.slice(0, -base.length)]!;
  // Digits and exponent instead of a product, which would round.
  const exact = Number(`${scale}e${exponent}`);
  return { scale: Number.isNaN(exact) ? scale * 10 ** exponent : exact, unit: base };
}

function checkName(what: keyof typeof RULES, name: string): void {
  const [pattern, expected] = RULES[what];
  if (pattern.test(name) && name !== "__proto__") return;
  throw new ArgumentError(`Not a name of a ${what}`, { expected, got: JSON.stringify(name) });
}

/** Names of folders: what a path cannot have is `_`; each is its own, whatever storage thinks of case. */
function keysOf(relationships: readonly string[]): string[] {
  const taken = new Set<string>();
  return relationships.map((id) => {
    const plain = `rel_${id.replace(/[^a-zA-Z0-9_-]/g, "_")}`;
    let key = plain;
    for (let n = 2; taken.has(key.toLowerCase()); n++) key = `${plain}_${n}`;
    taken.add(key.toLowerCase());
    return key;
  });
}

function checkEnum({ id, type, enumValues }: AnnotationProperty): void {
  if (enumValues === undefined || (type !== "rgb" && type !== "rgba")) return;
  throw new ArgumentError("A color has no named values", { where: `property ${id}` });
}
