/** Annotations out of JSON lines. */
import { CloudVolumeError, DecodingError } from "../../../../base/errors.js";
import { type JsonObject, literalOf, parseJson } from "../../../../base/json.js";
import type { SegmentId } from "../../../../base/segment-ids.js";
import { show } from "../../../../base/show.js";
import type { AnnotationInput, PropertyInput } from "../input.js";
import { linesOf, type TextSource } from "./lines.js";

/** Most of one line. */
const MOST = 256 << 20;
const MEMBERS = ["id", "type", "geometry", "properties", "relationships"];

/**
 * Annotations, one JSON object a line: `{"id": "7", "geometry": [[1, 2, 3]], "properties": {…}, "relationships": {"pre": ["8"]}}`,
 * as the command `annotations --json` prints them. Ids may be numbers of any size, too; `geometry` may be flat.
 * @throws DecodingError naming line and column, or line and member.
 */
export async function* annotationsFromJsonLines(
  source: TextSource,
  { name = "JSON lines" }: { readonly name?: string | undefined } = {},
): AsyncGenerator<AnnotationInput, void, undefined> {
  for await (const { number, text } of linesOf(source, name)) {
    if (text.trim() === "") continue;
    const where = `${name}, line ${number}`;
    const json = parsed(text, where);
    const reject = (member: string, expected: string, got: unknown): never => {
      throw new DecodingError("Not an annotation", {
        where: `${where}, ${member}`,
        expected,
        got: show(got),
      });
    };
    if (typeof json !== "object" || json === null || Array.isArray(json))
      return reject("column 1", "an object", json);
    const unknown = Object.keys(json).find((member) => !MEMBERS.includes(member));
    if (unknown !== undefined) reject("members", MEMBERS.join(", "), unknown);
    yield annotationOf(json as JsonObject, where, reject);
  }
}

type Reject = (member: string, expected: string, got: unknown) => never;

function annotationOf(json: JsonObject, where: string, reject: Reject): AnnotationInput {
  const { geometry, properties = {}, relationships = {} } = json;
  const isNumbers = (value: unknown): value is number[] =>
    Array.isArray(value) && value.every((v) => typeof v === "number");
  if (!isNumbers(geometry) && !(Array.isArray(geometry) && geometry.every(isNumbers)))
    return reject("geometry", "a list of numbers, or of points", geometry);
  const record = (member: string, value: unknown): JsonObject =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : reject(member, "an object", value);
  const related = Object.entries(record("relationships", relationships)).map(([key, given]) => {
    const ids = Array.isArray(given)
      ? given.map((id, i) => idOf(given, i, id))
      : given === null
        ? []
        : idOf(relationships as JsonObject, key, given);
    return [key, ids] as const;
  });
  return {
    id: json.id === undefined || json.id === null ? undefined : idOf(json, "id", json.id),
    geometry: geometry as number[] | number[][],
    properties: record("properties", properties) as Record<string, PropertyInput>,
    relationships: Object.fromEntries(related),
    where,
  };
}

/** An id as it was spelled: a double does not hold all of them. What is none is told later. */
function idOf(container: object, key: string | number, value: unknown): SegmentId {
  if (typeof value !== "number") return value as SegmentId;
  return literalOf(container, key, value) ?? String(value);
}

function parsed(text: string, where: string): unknown {
  try {
    return parseJson(text, { maxBytes: MOST, error: DecodingError });
  } catch (error) {
    if (!(error instanceof CloudVolumeError)) throw error;
    const { what, expected, got } = error;
    throw new DecodingError(what, {
      where: `${where}${error.where === undefined ? "" : `, ${error.where.replace(/^line 1, /, "")}`}`,
      ...(expected === undefined ? {} : { expected }),
      ...(got === undefined ? {} : { got }),
    });
  }
}
