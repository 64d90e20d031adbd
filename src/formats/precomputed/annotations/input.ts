/** Annotations as callers and text files give them. */
import { EncodingError } from "../../../base/errors.js";
import { type SegmentId, type SegmentIds, toSegmentId } from "../../../base/segment-ids.js";
import { show } from "../../../base/show.js";
import type { AnnotationProperty } from "./info.js";
import type { Annotation, RecordLayout } from "./layout.js";
import { isStorable } from "./property-values.js";
import type { CheckedSchema } from "./schema.js";

export type PropertyInput = number | readonly number[] | string;

/** An annotation to be written. An {@link Annotation} is one, too. */
export interface AnnotationInput {
  /** Default: how many came before it. */
  readonly id?: SegmentId | undefined;
  /** Points one after the other, or a list of points, as in {@link Annotation}. Stored as float32. */
  readonly geometry: ArrayLike<number> | readonly ArrayLike<number>[];
  /** A value for each property: numbers; lists or `#rrggbb[aa]` for colors; labels where a property has an enumeration. */
  readonly properties?: Readonly<Record<string, PropertyInput>> | undefined;
  /** Ids by relationship; none for those that are left out. */
  readonly relationships?: Readonly<Record<string, SegmentIds>> | undefined;
  /** What messages call it, e.g. `synapses.csv, line 7`. Default: its id and its place. */
  readonly where?: string | undefined;
}

/**
 * Checks an annotation by its schema. `place` counts from 0.
 * @throws EncodingError for what cannot be stored, naming the annotation and the member.
 */
export function toAnnotation(
  { properties: wanted, relationships: related }: CheckedSchema,
  layout: RecordLayout,
  input: AnnotationInput,
  place: number,
): Annotation {
  const fail = (member: string, expected: string, got: unknown): never => {
    const { id } = input;
    const where = input.where ?? `annotation number ${place + 1}${id === undefined ? "" : `, id ${id}`}`;
    throw new EncodingError("An annotation cannot be stored", {
      where: `${where}, ${member}`,
      expected,
      got: typeof got === "string" ? JSON.stringify(got) : show(got),
    });
  };
  const { properties = {}, relationships = {} } = input;
  checkMembers("properties", properties, layout.fields, fail);
  checkMembers("relationships", relationships, related, fail);
  const values: Record<string, number | readonly number[]> = {};
  for (const property of wanted) {
    const { id, type } = property;
    const given = Object.hasOwn(properties, id) ? properties[id] : undefined;
    const value = propertyValue(property, given);
    if (!isStorable(type, value)) fail(id, expectedOf(property), given);
    else values[id] = value;
  }
  const lists: Record<string, readonly bigint[]> = {};
  for (const { id } of related) {
    const given = Object.hasOwn(relationships, id) ? relationships[id] : undefined;
    lists[id] = given === undefined ? [] : idsOf(given, (got) => fail(id, "ids from 0 to 2^64 - 1", got));
  }
  return {
    id: idOf(input.id ?? place, (got) => fail("id", "a whole number from 0 to 2^64 - 1", got)),
    geometry: geometryOf(layout, input.geometry, fail),
    properties: values,
    relationships: lists,
  };
}

type Fail = (member: string, expected: string, got: unknown) => never;

function checkMembers(
  what: string,
  given: object,
  known: readonly { readonly id: string }[],
  fail: Fail,
): void {
  for (const name of Object.keys(given))
    if (!known.some(({ id }) => id === name))
      fail(what, known.map(({ id }) => id).join(", ") || "none", name);
}

function geometryOf(
  { points, rank, type }: RecordLayout,
  given: AnnotationInput["geometry"],
  fail: Fail,
): Float32Array {
  const flat =
    typeof given[0] === "object"
      ? Array.from(given as ArrayLike<ArrayLike<number>>).flatMap((p) => Array.from(p))
      : (given as ArrayLike<number>);
  const fits =
    points === undefined
      ? flat.length % rank === 0 && flat.length >= 2 * rank
      : flat.length === points * rank;
  if (!fits)
    fail(
      "geometry",
      `${points ?? "2 or more"} points of ${rank} numbers (${type})`,
      `${flat.length} numbers`,
    );
  const out = Float32Array.from(flat);
  const wrong = out.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) fail("geometry", "finite numbers in the range of float32", flat[wrong]);
  if (type === "ELLIPSOID" && out.subarray(rank).some((radius) => radius < 0))
    fail("geometry", "radii of 0 or more", Array.from(out.subarray(rank)));
  return out;
}

function propertyValue({ type, enumValues, enumLabels }: AnnotationProperty, given: unknown): unknown {
  if (typeof given !== "string") return given;
  if (type !== "rgb" && type !== "rgba") return enumValues?.[enumLabels?.indexOf(given) ?? -1];
  const digits = new RegExp(`^#?((?:[0-9a-f]{2}){${type.length}})$`, "i").exec(given)?.[1];
  return digits?.match(/../g)?.map((pair) => Number.parseInt(pair, 16));
}

function expectedOf({ type, enumLabels }: AnnotationProperty): string {
  if (type === "rgb" || type === "rgba")
    return `${type.length} numbers from 0 to 255, or #${type === "rgb" ? "rrggbb" : "rrggbbaa"}`;
  const labels = enumLabels?.slice(0, 20).join(", ");
  return `a value of type ${type}${labels ? `, or one of ${labels}` : ""}`;
}

function idsOf(given: SegmentIds, fail: (got: unknown) => never): bigint[] {
  if (typeof given !== "object" || given === null || !(Symbol.iterator in given))
    return [idOf(given as SegmentId, fail)];
  const ids: bigint[] = [];
  for (const id of given) ids.push(idOf(id, fail));
  return ids;
}

function idOf(id: SegmentId, fail: (got: unknown) => never): bigint {
  try {
    return toSegmentId(id);
  } catch {
    return fail(id);
  }
}
