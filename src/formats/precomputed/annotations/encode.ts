/** Annotations as the files of the three indices hold them. */
import { EncodingError } from "../../../base/errors.js";
import type { PropertyType } from "./info.js";
import type { Annotation, RecordLayout } from "./layout.js";
import { isStorable } from "./property-values.js";

/** The file of one annotation in the index by id. @throws EncodingError for values that the layout cannot hold. */
export function encodeAnnotation(layout: RecordLayout, annotation: Annotation): Uint8Array {
  const lists = layout.relationships.map((name) => related(annotation, name));
  const length = recordBytes(layout, annotation) + lists.reduce((sum, ids) => sum + 4 + 8 * ids.length, 0);
  const out = new Uint8Array(length);
  const view = new DataView(out.buffer);
  let at = writeRecord(layout, annotation, view, 0);
  for (const ids of lists) {
    view.setUint32(at, ids.length, true);
    ids.forEach((id, i) => {
      writeId(view, at + 4 + 8 * i, id, annotation);
    });
    at += 4 + 8 * ids.length;
  }
  return out;
}

/** The file of several in an index by relationship or place, in their order. @throws EncodingError. */
export function encodeAnnotations(layout: RecordLayout, annotations: readonly Annotation[]): Uint8Array {
  const records = annotations.reduce((sum, a) => sum + recordBytes(layout, a), 0);
  const out = new Uint8Array(8 + records + 8 * annotations.length);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(annotations.length), true);
  let at = 8;
  for (const annotation of annotations) at = writeRecord(layout, annotation, view, at);
  for (const [i, annotation] of annotations.entries()) writeId(view, at + 8 * i, annotation.id, annotation);
  return out;
}

/** Bytes of geometry, properties and padding. */
function recordBytes({ points, propertyBytes }: RecordLayout, { geometry }: Annotation): number {
  return (points === undefined ? 4 : 0) + 4 * geometry.length + propertyBytes;
}

/** @returns where the record ends. */
function writeRecord(layout: RecordLayout, annotation: Annotation, view: DataView, start: number): number {
  const { points, rank, type, fields } = layout;
  const { geometry, properties } = annotation;
  const fits = points === undefined ? geometry.length % rank === 0 : geometry.length === points * rank;
  if (!fits)
    throw refused(annotation, `${points ?? "whole"} points of ${rank} numbers (${type})`, geometry.length);
  let at = start;
  if (points === undefined) {
    view.setUint32(at, geometry.length / rank, true);
    at += 4;
  }
  geometry.forEach((value, i) => {
    view.setFloat32(at + 4 * i, value, true);
  });
  at += 4 * geometry.length;
  for (const field of fields) {
    const value = Object.hasOwn(properties, field.id) ? properties[field.id] : undefined;
    writeProperty(view, at + field.offset, field.type, value, () =>
      refused(annotation, `a value of type ${field.type} for ${field.id}`, value),
    );
  }
  return at + layout.propertyBytes;
}

function writeProperty(
  view: DataView,
  at: number,
  type: PropertyType,
  value: number | readonly number[] | undefined,
  wrong: () => EncodingError,
): void {
  if (!isStorable(type, value)) throw wrong();
  if (type !== "rgb" && type !== "rgba") WRITE[type](view, at, value as number);
  else
    (value as readonly number[]).forEach((part, i) => {
      view.setUint8(at + i, part);
    });
}

type Single = Exclude<PropertyType, "rgb" | "rgba">;
const WRITE: Readonly<Record<Single, (view: DataView, at: number, value: number) => void>> = {
  uint8: (view, at, value) => view.setUint8(at, value),
  int8: (view, at, value) => view.setInt8(at, value),
  uint16: (view, at, value) => view.setUint16(at, value, true),
  int16: (view, at, value) => view.setInt16(at, value, true),
  uint32: (view, at, value) => view.setUint32(at, value, true),
  int32: (view, at, value) => view.setInt32(at, value, true),
  float32: (view, at, value) => view.setFloat32(at, value, true),
};

function related({ relationships = {} }: Annotation, name: string): readonly bigint[] {
  return Object.hasOwn(relationships, name) ? (relationships[name] ?? []) : [];
}

function writeId(view: DataView, at: number, id: bigint, annotation: Annotation): void {
  if (id < 0n || id >= 2n ** 64n) throw refused(annotation, "ids from 0 to 2^64 - 1", id);
  view.setBigUint64(at, id, true);
}

function refused({ id }: Annotation, expected: string, got: unknown): EncodingError {
  return new EncodingError("An annotation cannot be stored", {
    where: `annotation ${id}`,
    expected,
    got: String(got),
  });
}
