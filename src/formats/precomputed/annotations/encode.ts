/** Annotations as the files of the three indices hold them. */
import { EncodingError } from "../../../base/errors.js";
import type { PropertyType } from "./info.js";
import type { Annotation, RecordLayout } from "./layout.js";

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

type Whole = Exclude<PropertyType, "rgb" | "rgba" | "float32">;
const RANGES: Readonly<Record<Whole, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65_535],
  int16: [-32_768, 32_767],
  uint32: [0, 2 ** 32 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

function writeProperty(
  view: DataView,
  at: number,
  type: PropertyType,
  value: number | readonly number[] | undefined,
  wrong: () => EncodingError,
): void {
  if (type === "rgb" || type === "rgba") {
    if (typeof value !== "object" || value.length !== type.length) throw wrong();
    value.forEach((part, i) => {
      writeProperty(view, at + i, "uint8", part, wrong);
    });
    return;
  }
  if (typeof value !== "number") throw wrong();
  if (type === "float32") {
    view.setFloat32(at, value, true);
    return;
  }
  const [least, most] = RANGES[type];
  if (!Number.isInteger(value) || value < least || value > most) throw wrong();
  WRITE[type](view, at, value);
}

const WRITE: Readonly<Record<Whole, (view: DataView, at: number, value: number) => void>> = {
  uint8: (view, at, value) => view.setUint8(at, value),
  int8: (view, at, value) => view.setInt8(at, value),
  uint16: (view, at, value) => view.setUint16(at, value, true),
  int16: (view, at, value) => view.setInt16(at, value, true),
  uint32: (view, at, value) => view.setUint32(at, value, true),
  int32: (view, at, value) => view.setInt32(at, value, true),
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
