/** Annotations out of CSV. */
import { DecodingError } from "../../../../base/errors.js";
import type { AnnotationInput, PropertyInput } from "../input.js";
import { type AnnotationSchema, type CheckedSchema, checkSchema } from "../schema.js";
import { type Line, linesOf, type TextSource } from "./lines.js";

export interface CsvOptions {
  /** What messages call the file. Default "CSV". */
  readonly name?: string | undefined;
  /** Between the fields of a line. Default ",". */
  readonly delimiter?: string | undefined;
}

/**
 * Annotations of a table with a line of titles. Columns in any order: `id` (may be missing); coordinates by their dimensions,
 * `x,y,z` for points, `x0,y0,z0,x1,y1,z1` for lines and boxes, `x,y,z,rx,ry,rz` for ellipsoids, `points` for polylines
 * (`1 2 3; 4 5 6`); each property by its id, with colors as `#rrggbb` and enumerations by value or label; relationships by
 * their ids, several objects with spaces between them.
 * @throws ArgumentError for a schema that cannot be, DecodingError naming line and column.
 */
export async function* annotationsFromCsv(
  source: TextSource,
  schema: AnnotationSchema,
  { name = "CSV", delimiter = "," }: CsvOptions = {},
): AsyncGenerator<AnnotationInput, void, undefined> {
  const checked = checkSchema(schema);
  let table: Table | undefined;
  for await (const { number, text } of recordsOf(linesOf(source, name), name)) {
    if (text.trim() === "") continue;
    const where = `${name}, line ${number}`;
    const fields = fieldsOf(text, delimiter, where);
    if (table === undefined) table = new Table(checked, fields, where);
    else yield table.annotation(fields, where);
  }
  if (table === undefined)
    throw new DecodingError("There is no line of titles", { where: name, expected: "the names of columns" });
}

/** Which column is what. */
class Table {
  readonly #titles: readonly string[];
  readonly #id: number;
  /** Columns of coordinates; one of `points` for polylines. */
  readonly #geometry: readonly number[];
  readonly #isPolyline: boolean;
  readonly #properties: readonly (readonly [id: string, column: number])[];
  readonly #relationships: readonly (readonly [id: string, column: number])[];

  constructor(schema: CheckedSchema, titles: readonly string[], where: string) {
    this.#titles = titles.map((title) => title.trim());
    const { dimensions, type, properties, relationships } = schema;
    this.#isPolyline = type === "POLYLINE";
    const coordinates = coordinateTitles(
      type,
      dimensions.map((d) => d.name),
    );
    const named = [...coordinates, ...properties.map((p) => p.id), ...relationships.map((r) => r.id)];
    const expected = ["id", ...named].join(", ");
    for (const title of [...named, ...this.#titles]) {
      const places = this.#titles.filter((other) => other === title).length;
      const wanted = ["id", ...named].filter((other) => other === title).length;
      if (places === 1 && wanted === 1) continue;
      const what =
        places === 0
          ? "A column is missing"
          : wanted === 0
            ? "A column is neither property nor relationship"
            : "Several columns have one name";
      throw new DecodingError(what, {
        where: `${where}, column ${JSON.stringify(title)}`,
        expected,
        got: this.#titles.join(", "),
      });
    }
    const at = (title: string): number => this.#titles.indexOf(title);
    this.#id = at("id");
    this.#geometry = coordinates.map(at);
    this.#properties = properties.map(({ id }) => [id, at(id)] as const);
    this.#relationships = relationships.map(({ id }) => [id, at(id)] as const);
  }

  annotation(fields: readonly string[], where: string): AnnotationInput {
    if (fields.length !== this.#titles.length)
      throw new DecodingError("A line has another number of fields than there are titles", {
        where,
        expected: `${this.#titles.length}`,
        got: `${fields.length}`,
      });
    const properties: Record<string, PropertyInput> = {};
    for (const [id, column] of this.#properties) properties[id] = propertyOf(fields[column]!);
    const relationships: Record<string, string[]> = {};
    for (const [id, column] of this.#relationships)
      relationships[id] = fields[column]!.split(/[\s;]+/).filter((word) => word !== "");
    const id = this.#id < 0 ? undefined : fields[this.#id]!.trim();
    return { id, geometry: this.#coordinates(fields, where), properties, relationships, where };
  }

  #coordinates(fields: readonly string[], where: string): number[] {
    const texts = this.#isPolyline
      ? fields[this.#geometry[0]!]!.split(/[\s;]+/).filter((word) => word !== "")
      : this.#geometry.map((column) => fields[column]!);
    return texts.map((text, i) => {
      const value = numberOf(text);
      if (value !== undefined) return value;
      const column = this.#geometry[this.#isPolyline ? 0 : i]!;
      throw new DecodingError("Not a coordinate", {
        where: `${where}, column ${column + 1} (${this.#titles[column]})`,
        expected: "a number",
        got: JSON.stringify(text),
      });
    });
  }
}

function coordinateTitles(type: CheckedSchema["type"], dimensions: readonly string[]): string[] {
  if (type === "POLYLINE") return ["points"];
  if (type === "POINT") return [...dimensions];
  if (type === "ELLIPSOID") return [...dimensions, ...dimensions.map((name) => `r${name}`)];
  return ["0", "1"].flatMap((end) => dimensions.map((name) => name + end));
}

/** A number, or text for the schema to make something of. */
function propertyOf(field: string): PropertyInput {
  const text = field.trim();
  return numberOf(text) ?? text;
}

function numberOf(field: string): number | undefined {
  const text = field.trim();
  const value = text === "" ? Number.NaN : Number(text);
  return Number.isNaN(value) ? undefined : value;
}

/** Lines, joined where a field in quotes goes on in the next one. */
async function* recordsOf(lines: AsyncIterable<Line>, name: string): AsyncGenerator<Line, void, undefined> {
  let open: Line | undefined;
  for await (const line of lines) {
    const whole: Line =
      open === undefined ? line : { number: open.number, text: `${open.text}\n${line.text}` };
    open = isOpen(whole.text) ? whole : undefined;
    if (open === undefined) yield whole;
    else if (open.text.length > MOST_RECORD) break;
  }
  if (open !== undefined)
    throw new DecodingError("A field in quotes does not end", { where: `${name}, line ${open.number}` });
}

const MOST_RECORD = 64 << 20;

function isOpen(text: string): boolean {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes++;
  return quotes % 2 === 1;
}

/** Fields as RFC 4180 has them: in quotes where they hold delimiters, quotes doubled. */
function fieldsOf(text: string, delimiter: string, where: string): string[] {
  if (!text.includes('"')) return text.split(delimiter);
  const fields: string[] = [];
  for (let at = 0; ; ) {
    if (text[at] !== '"') {
      const end = text.indexOf(delimiter, at);
      fields.push(text.slice(at, end < 0 ? undefined : end));
      if (end < 0) return fields;
      at = end + delimiter.length;
      continue;
    }
    let end = text.indexOf('"', at + 1);
    while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
    const next = end + 1;
    if (end < 0 || (next < text.length && !text.startsWith(delimiter, next)))
      throw new DecodingError("Not a field in quotes", {
        where: `${where}, character ${(end < 0 ? at : next) + 1}`,
        expected: `${JSON.stringify(delimiter)} after the closing quote`,
      });
    fields.push(text.slice(at + 1, end).replaceAll('""', '"'));
    if (next >= text.length) return fields;
    at = next + delimiter.length;
  }
}
