/** Annotations out of the files of the three indices. */
import { DecodingError } from "../../../base/errors.js";
import { setOwn } from "../../../base/json.js";
import type { PropertyType } from "./info.js";
import type { Annotation, RecordLayout } from "./layout.js";

type Values = Record<string, number | readonly number[]>;

/** A place in the bytes of a file, that does not leave them. */
class Reader {
  readonly view: DataView;
  readonly where: string;
  at = 0;

  constructor(bytes: Uint8Array, where: string) {
    this.where = where;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.view.byteLength - this.at;
  }

  /** Moves on. @returns where it was. @throws DecodingError if less than that is left. */
  take(bytes: number, what: string): number {
    const { at } = this;
    if (bytes > this.left) throw this.wrong(what, `${bytes} bytes from ${at} on`, `${this.left} bytes`);
    this.at += bytes;
    return at;
  }

  end(): void {
    if (this.left > 0) throw this.wrong("Bytes after the end", `${this.at} bytes`, `${this.view.byteLength}`);
  }

  wrong(what: string, expected: string, got: string): DecodingError {
    return new DecodingError(`Not annotations of this layer: ${what}`, { where: this.where, expected, got });
  }
}

/** The file of one annotation of the index by id. @throws DecodingError for anything but exactly one. */
export function decodeAnnotation(
  layout: RecordLayout,
  id: bigint,
  bytes: Uint8Array,
  where: string,
): Annotation {
  const reader = new Reader(bytes, where);
  const geometry = readGeometry(reader, layout);
  const properties = readProperties(reader, layout);
  const relationships: Record<string, readonly bigint[]> = {};
  for (const name of layout.relationships) {
    const count = reader.view.getUint32(reader.take(4, "a list of related ids"), true);
    const start = reader.take(8 * count, "related ids");
    setOwn(
      relationships,
      name,
      Array.from({ length: count }, (_, i) => reader.view.getBigUint64(start + 8 * i, true)),
    );
  }
  reader.end();
  return { id, geometry, properties, relationships };
}

/** Tells whether an annotation is wanted, from its id and geometry. */
export type Wanted = (geometry: Float32Array, id: bigint) => boolean;

/**
 * The annotations of a file of an index by relationship or place, without their relationships. Those that `wanted` refuses
 * cost no more than their geometry. @throws DecodingError.
 */
export function decodeAnnotations(
  layout: RecordLayout,
  bytes: Uint8Array,
  where: string,
  wanted: Wanted = () => true,
): Annotation[] {
  const reader = new Reader(bytes, where);
  const start = reader.take(8, "the number of annotations");
  const [low, high] = [reader.view.getUint32(start, true), reader.view.getUint32(start + 4, true)];
  const count = low + high * 2 ** 32;
  const least = smallest(layout) + 8;
  if (count * least > reader.left)
    throw reader.wrong(
      "the number of annotations",
      `at most ${Math.floor(reader.left / least)}`,
      String(count),
    );
  const records: { readonly geometry: Float32Array; readonly at: number }[] = [];
  for (let i = 0; i < count; i++) {
    const geometry = readGeometry(reader, layout);
    records.push({ geometry, at: reader.take(layout.propertyBytes, "properties") });
  }
  const ids = reader.take(8 * count, "ids");
  reader.end();
  const out: Annotation[] = [];
  records.forEach(({ geometry, at }, i) => {
    const id = reader.view.getBigUint64(ids + 8 * i, true);
    if (!wanted(geometry, id)) return;
    reader.at = at;
    out.push({ id, geometry, properties: readProperties(reader, layout) });
  });
  return out;
}

function smallest({ points, rank, propertyBytes }: RecordLayout): number {
  return (points === undefined ? 4 : 4 * rank * points) + propertyBytes;
}

function readGeometry(reader: Reader, { points, rank }: RecordLayout): Float32Array {
  const { view } = reader;
  const count = points ?? view.getUint32(reader.take(4, "the number of points"), true);
  const start = reader.take(4 * rank * count, "points");
  const out = new Float32Array(rank * count);
  for (let i = 0; i < out.length; i++) out[i] = view.getFloat32(start + 4 * i, true);
  return out;
}

function readProperties(reader: Reader, { fields, propertyBytes }: RecordLayout): Values {
  const start = reader.take(propertyBytes, "properties");
  const out: Values = {};
  for (const { id, type, offset } of fields) out[id] = READ[type](reader.view, start + offset);
  return out;
}

const READ: Readonly<Record<PropertyType, (view: DataView, at: number) => number | readonly number[]>> = {
  uint8: (view, at) => view.getUint8(at),
  int8: (view, at) => view.getInt8(at),
  uint16: (view, at) => view.getUint16(at, true),
  int16: (view, at) => view.getInt16(at, true),
  uint32: (view, at) => view.getUint32(at, true),
  int32: (view, at) => view.getInt32(at, true),
  float32: (view, at) => view.getFloat32(at, true),
  rgb: (view, at) => [0, 1, 2].map((i) => view.getUint8(at + i)),
  rgba: (view, at) => [0, 1, 2, 3].map((i) => view.getUint8(at + i)),
};
