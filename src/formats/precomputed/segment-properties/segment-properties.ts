/** Labels, descriptions, tags, strings and numbers of segments. */
import { ArgumentError } from "../../../base/errors.js";
import { type JsonObject, setOwn } from "../../../base/json.js";
import { type SegmentId, toSegmentId } from "../../../base/segment-ids.js";
import {
  parseSegmentProperties,
  type SegmentPropertyColumn,
  type SegmentPropertyDataType,
  type SegmentPropertyTable,
  segmentPropertiesJson,
  type TagsColumn,
} from "./info.js";

/** What is known of one segment. */
export interface SegmentPropertyValues {
  readonly label?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  /** Those of type `string` and `number`, by name. */
  readonly values: Readonly<Record<string, string | number>>;
}

/** Every condition has to hold. */
export interface SegmentQuery {
  /** All of these tags, in either case. */
  readonly tags?: readonly string[] | undefined;
  /** None of these tags. */
  readonly withoutTags?: readonly string[] | undefined;
  /** By name of a number: what it has to be at least and at most. */
  readonly numbers?:
    | Readonly<Record<string, { readonly min?: number | undefined; readonly max?: number | undefined }>>
    | undefined;
  /** A text within the label, description or a string, in either case. */
  readonly text?: string | undefined;
}

/** Columns from which properties are made: a value for each id. */
export interface SegmentPropertyInput {
  readonly ids: Iterable<SegmentId>;
  readonly label?: readonly string[] | undefined;
  readonly description?: readonly string[] | undefined;
  /** The tags of each segment. */
  readonly tags?: readonly (readonly string[])[] | undefined;
  readonly tagDescriptions?: Readonly<Record<string, string>> | undefined;
  readonly strings?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly numbers?:
    | Readonly<
        Record<
          string,
          {
            readonly dataType: SegmentPropertyDataType;
            readonly values: ArrayLike<number>;
            readonly description?: string | undefined;
          }
        >
      >
    | undefined;
}

/** A table with a row for each segment. Never changes. */
export class SegmentProperties {
  readonly #table: SegmentPropertyTable;
  readonly #rows: ReadonlyMap<bigint, number>;

  private constructor(table: SegmentPropertyTable) {
    this.#table = table;
    this.#rows = new Map(table.ids.map((id, i) => [id, i]));
  }

  /** From the document of an info file. @throws InfoError naming the field. */
  static parse(json: unknown, where: string): SegmentProperties {
    return new SegmentProperties(parseSegmentProperties(json, where));
  }

  /** From values. @throws InfoError for columns of another length than `ids` and for numbers out of range, ArgumentError. */
  static from(input: SegmentPropertyInput): SegmentProperties {
    const { label, description, strings = {}, numbers = {} } = input;
    const columns: SegmentPropertyColumn[] = [];
    if (label) columns.push({ id: "label", type: "label", values: label });
    if (description) columns.push({ id: "description", type: "description", values: description });
    if (input.tags) columns.push(tagsColumn(input.tags, input.tagDescriptions));
    for (const [id, values] of Object.entries(strings)) columns.push({ id, type: "string", values });
    for (const [id, { dataType, values, description: told }] of Object.entries(numbers))
      columns.push({ id, type: "number", dataType, description: told, values: Array.from(values) });
    const json = segmentPropertiesJson({ ids: Array.from(input.ids, toSegmentId), columns });
    return SegmentProperties.parse(json, "segment properties");
  }

  get ids(): readonly bigint[] {
    return this.#table.ids;
  }

  get columns(): readonly SegmentPropertyColumn[] {
    return this.#table.columns;
  }

  /** Every tag that segments may have. */
  get tags(): readonly string[] {
    return this.#tagsColumn?.tags ?? [];
  }

  /** What is known of a segment; undefined if nothing is. */
  get(id: SegmentId): SegmentPropertyValues | undefined {
    const row = this.#rows.get(toSegmentId(id));
    if (row === undefined) return undefined;
    const values: Record<string, string | number> = {};
    const out: { -readonly [K in keyof SegmentPropertyValues]: SegmentPropertyValues[K] } = { values };
    for (const column of this.#table.columns) {
      if (column.type === "tags") out.tags = column.values[row]!.map((tag) => column.tags[tag]!);
      else if (column.type === "label") out.label = column.values[row]!;
      else if (column.type === "description") out.description = column.values[row]!;
      else setOwn(values, column.id, column.values[row]!);
    }
    return out;
  }

  /** The segments for which every condition holds, in the order of `ids`. @throws ArgumentError for a tag or number that there is not. */
  query({ tags = [], withoutTags = [], numbers = {}, text }: SegmentQuery): bigint[] {
    const tests: ((row: number) => boolean)[] = [];
    for (const [wanted, isWanted] of [[tags, true] as const, [withoutTags, false] as const]) {
      for (const tag of wanted) {
        const { places, values } = this.#tag(tag);
        tests.push((row) => values[row]!.some((n) => places.has(n)) === isWanted);
      }
    }
    for (const [name, { min = -Infinity, max = Infinity }] of Object.entries(numbers)) {
      const column = this.#table.columns.find((c) => c.type === "number" && c.id === name);
      if (column?.type !== "number") throw this.#unknown("number", name, "number");
      tests.push((row) => column.values[row]! >= min && column.values[row]! <= max);
    }
    if (text !== undefined) {
      const part = text.toLowerCase();
      const texts = this.#table.columns.filter((c) => c.type !== "number" && c.type !== "tags");
      tests.push((row) => texts.some((c) => String(c.values[row]).toLowerCase().includes(part)));
    }
    return this.#table.ids.filter((_, row) => tests.every((test) => test(row)));
  }

  /** The document of an info file. */
  toJson(): JsonObject {
    return segmentPropertiesJson(this.#table);
  }

  get #tagsColumn(): TagsColumn | undefined {
    return this.#table.columns.find((c) => c.type === "tags");
  }

  #tag(tag: string): { readonly places: ReadonlySet<number>; readonly values: TagsColumn["values"] } {
    const column = this.#tagsColumn;
    const same = (column?.tags ?? []).flatMap((t, i) => (t.toLowerCase() === tag.toLowerCase() ? [i] : []));
    if (column === undefined || same.length === 0) throw this.#unknown("tag", tag, "tags");
    return { places: new Set(same), values: column.values };
  }

  #unknown(what: string, name: string, type: SegmentPropertyColumn["type"]): ArgumentError {
    const known = type === "tags" ? this.tags : this.columns.flatMap((c) => (c.type === type ? [c.id] : []));
    return new ArgumentError(`There is no ${what} ${JSON.stringify(name)}`, {
      expected: known.slice(0, 20).join(", ") || "none",
    });
  }
}

function tagsColumn(
  lists: readonly (readonly string[])[],
  told: Readonly<Record<string, string>> | undefined,
): TagsColumn {
  const tags = [...new Set(lists.flat())].sort();
  const wrong = tags.find((tag) => tag === "" || /\s/.test(tag) || tag.startsWith("#"));
  if (wrong !== undefined)
    throw new ArgumentError("Not a tag", {
      expected: "a word without spaces that does not begin with #",
      got: JSON.stringify(wrong),
    });
  const places = new Map(tags.map((tag, i) => [tag, i]));
  const values = lists.map((list) => [...new Set(list.map((tag) => places.get(tag)!))].sort((a, b) => a - b));
  const described = told && {
    tagDescriptions: tags.map((tag) => (Object.hasOwn(told, tag) ? told[tag]! : "")),
  };
  return { id: "tags", type: "tags", tags, ...described, values };
}
