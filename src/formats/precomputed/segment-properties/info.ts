/** The info document of segment properties. Source: Neuroglancer's `precomputed/segment_properties.md`. */
import type { JsonObject } from "../../../base/json.js";
import {
  inside,
  list,
  object,
  oneOf,
  orNull,
  type Place,
  placeOf,
  record,
  reject,
  text,
  type Verify,
} from "../../../base/verify.js";

export const SEGMENT_PROPERTIES_TYPE = "neuroglancer_segment_properties";

export type SegmentPropertyDataType = "uint8" | "int8" | "uint16" | "int16" | "uint32" | "int32" | "float32";

interface Column {
  readonly id: string;
  readonly description?: string | undefined;
}
export interface TextColumn extends Column {
  readonly type: "label" | "description" | "string";
  readonly values: readonly string[];
}
export interface NumberColumn extends Column {
  readonly type: "number";
  readonly dataType: SegmentPropertyDataType;
  readonly values: readonly number[];
}
export interface TagsColumn extends Column {
  readonly type: "tags";
  readonly tags: readonly string[];
  readonly tagDescriptions?: readonly string[] | undefined;
  /** For each segment, places in `tags`, ascending. */
  readonly values: readonly (readonly number[])[];
}
export type SegmentPropertyColumn = TextColumn | NumberColumn | TagsColumn;

export interface SegmentPropertyTable {
  readonly ids: readonly bigint[];
  readonly columns: readonly SegmentPropertyColumn[];
}

/** The least and the most that whole numbers of a data type can be. */
const RANGES: Readonly<Record<SegmentPropertyDataType, readonly [number, number] | undefined>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65_535],
  int16: [-32_768, 32_767],
  uint32: [0, 2 ** 32 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  float32: undefined,
};

const KINDS = ["label", "description", "string", "tags", "number"] as const;
const DATA_TYPES = Object.keys(RANGES) as SegmentPropertyDataType[];
const column = record({
  id: text({ max: 4096 }),
  type: oneOf(KINDS),
  description: orNull(text()),
  tags: orNull(list(text({ max: 4096 }), { max: 1 << 20 })),
  tag_descriptions: orNull(list(text())),
  data_type: orNull(oneOf(DATA_TYPES)),
});
const document = record({ "@type": oneOf([SEGMENT_PROPERTIES_TYPE]), inline: orNull(object) });

/**
 * Verifies a whole document: as many values as ids, each id once, tags within their list.
 * @throws InfoError naming the field.
 */
export function parseSegmentProperties(json: unknown, where: string): SegmentPropertyTable {
  const root = placeOf(where);
  const { inline } = document(json, root);
  if (!inline) return { ids: [], columns: [] };
  const place = inside(root, "inline");
  const ids = arrayAt(inline, "ids", place).map((id, i) => {
    const digits = typeof id === "number" && Number.isSafeInteger(id) ? String(id) : id;
    const isId = typeof digits === "string" && /^\d{1,20}$/.test(digits) && BigInt(digits) < 2n ** 64n;
    return isId ? BigInt(digits) : reject(inside(inside(place, "ids"), i), "digits of a 64-bit number", id);
  });
  const known = new Set<bigint>();
  ids.forEach((id, i) => {
    if (known.has(id)) reject(inside(inside(place, "ids"), i), "each id once", String(id));
    known.add(id);
  });
  const found = arrayAt(inline, "properties", place);
  const columns = found.map((each, i) => columnOf(each, ids.length, inside(inside(place, "properties"), i)));
  checkColumns(columns, inside(place, "properties"));
  return { ids, columns };
}

/** What holds between columns: at most one of the kinds that are unique, and names that tell the others apart. */
export function checkColumns(columns: readonly SegmentPropertyColumn[], place: Place): void {
  const names = new Set<string>();
  for (const [i, { id, type }] of columns.entries()) {
    const unique = type === "label" || type === "description" || type === "tags";
    const name = unique ? `one property of type ${type}` : `the name ${JSON.stringify(id)} for one property`;
    if (names.has(name)) reject(inside(place, i), `at most ${name}`, id);
    names.add(name);
  }
}

function columnOf(json: unknown, count: number, place: Place): SegmentPropertyColumn {
  const found = column(json, place);
  const { id, type } = found;
  const values = arrayAt(found, "values", place);
  if (values.length !== count)
    reject(inside(place, "values"), `${count} values, one for each id`, values.length);
  const each = <T>(verify: Verify<T>): T[] =>
    values.map((value, i) => verify(value, inside(inside(place, "values"), i)));
  const base = { id, ...(found.description ? { description: found.description } : {}) };
  if (type === "number") {
    const dataType = found.data_type ?? reject(inside(place, "data_type"), DATA_TYPES.join(", "), undefined);
    return { ...base, type, dataType, values: each(numberOf(dataType)) };
  }
  if (type !== "tags") return { ...base, type, values: each(words) };
  const tags = found.tags ?? reject(inside(place, "tags"), "an array of tags", undefined);
  const { tag_descriptions: told } = found;
  if (told && told.length !== tags.length)
    reject(inside(place, "tag_descriptions"), "as many as tags", told.length);
  const lists = each(indices(tags.length));
  return { ...base, type, tags, ...(told ? { tagDescriptions: told } : {}), values: lists };
}

const words: Verify<string> = (value, place) =>
  typeof value === "string" ? value : reject(place, "a string", value);

/** Takes NaN for float32, as Python writes it; null stands for it, too. */
function numberOf(dataType: SegmentPropertyDataType): Verify<number> {
  const range = RANGES[dataType];
  return (value, place) => {
    if (range === undefined) {
      if (value === null) return Number.NaN;
      return typeof value === "number" ? value : reject(place, "a number", value);
    }
    const [least, most] = range;
    return Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? (value as number)
      : reject(place, `a whole number from ${least} to ${most}`, value);
  };
}

function indices(count: number): Verify<number[]> {
  return (value, place) => {
    const fits =
      Array.isArray(value) && value.every((n) => Number.isInteger(n) && n >= 0 && (n as number) < count);
    return fits ? (value as number[]) : reject(place, `an array of whole numbers below ${count}`, value);
  };
}

function arrayAt(found: JsonObject, key: string, place: Place): readonly unknown[] {
  const value = Object.hasOwn(found, key) ? found[key] : undefined;
  return Array.isArray(value) ? value : reject(inside(place, key), "an array", value);
}

/** The document as it is stored. */
export function segmentPropertiesJson({ ids, columns }: SegmentPropertyTable): JsonObject {
  const properties = columns.map((c): JsonObject => {
    const base = { id: c.id, type: c.type, ...(c.description ? { description: c.description } : {}) };
    if (c.type === "number") return { ...base, data_type: c.dataType, values: [...c.values] };
    if (c.type !== "tags") return { ...base, values: [...c.values] };
    return {
      id: c.id,
      type: c.type,
      tags: [...c.tags],
      ...(c.tagDescriptions ? { tag_descriptions: [...c.tagDescriptions] } : {}),
      values: c.values.map((v) => [...v]),
    };
  });
  return { "@type": SEGMENT_PROPERTIES_TYPE, inline: { ids: ids.map(String), properties } };
}
