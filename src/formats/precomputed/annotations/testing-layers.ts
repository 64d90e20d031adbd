/** Random layers of annotations for property-based tests. */
import fc from "fast-check";
import type { AnnotationBox } from "./geometry.js";
import type { AnnotationType, PropertyType } from "./info.js";
import type { Annotation } from "./layout.js";
import type { AnnotationSchema } from "./schema.js";
import { TYPES } from "./testing.js";

export interface RandomLayer {
  readonly schema: AnnotationSchema;
  readonly annotations: readonly Annotation[];
  readonly boxes: readonly AnnotationBox[];
  readonly options: {
    readonly sharded: boolean;
    readonly limit: number;
    readonly seed: number;
    readonly compress: boolean | undefined;
  };
}

const PROPERTY_TYPES: readonly PropertyType[] = [
  "rgb",
  "rgba",
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "float32",
];
const UNITS = ["m", "s", ""];

export function layerArbitrary(): fc.Arbitrary<RandomLayer> {
  const schema = fc.record({
    type: fc.constantFrom(...TYPES),
    rank: fc.integer({ min: 1, max: 4 }),
    units: fc.array(fc.constantFrom(...UNITS), { minLength: 4, maxLength: 4 }),
    properties: fc.array(fc.constantFrom(...PROPERTY_TYPES), { maxLength: 6 }),
    relationships: fc.integer({ min: 0, max: 3 }),
  });
  return schema.chain(({ type, rank, units, properties, relationships }) =>
    fc.record({
      schema: fc.constant({
        type,
        dimensions: Object.fromEntries(
          Array.from({ length: rank }, (_, i) => ["xyzt"[i]!, [(i + 1) / 4, units[i]!] as const]),
        ),
        properties: properties.map((of, i) => ({ id: `p${i}`, type: of })),
        relationships: Array.from({ length: relationships }, (_, i) => `r${i}`),
      }),
      annotations: annotations(type, rank, properties, relationships),
      boxes: fc.array(box(rank), { maxLength: 4 }),
      options: fc.record({
        sharded: fc.boolean(),
        limit: fc.integer({ min: 1, max: 20 }),
        seed: fc.nat(),
        compress: fc.constantFrom(undefined, true, false),
      }),
    }),
  );
}

/** Mostly small whole numbers, which lie on the borders of cells. */
const coordinate: fc.Arbitrary<number> = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -20, max: 40 }) },
  { weight: 1, arbitrary: fc.float({ min: -100, max: 1000, noNaN: true }) },
);
const id = fc.oneof(fc.bigInt({ min: 0n, max: 300n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const object = fc.oneof(fc.bigInt({ min: 0n, max: 5n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));

function annotations(
  type: AnnotationType,
  rank: number,
  properties: readonly PropertyType[],
  relationships: number,
): fc.Arbitrary<Annotation[]> {
  const points = type === "POINT" ? [1, 1] : type === "POLYLINE" ? [2, 5] : [2, 2];
  const geometry = fc
    .array(fc.array(coordinate, { minLength: rank, maxLength: rank }), {
      minLength: points[0]!,
      maxLength: points[1]!,
    })
    .map((all) =>
      Float32Array.from(
        all.flatMap((point, i) => (type === "ELLIPSOID" && i === 1 ? point.map(Math.abs) : point)),
        (v) => v + 0,
      ),
    );
  const values = fc.tuple(...properties.map(value));
  const lists = fc.tuple(...Array.from({ length: relationships }, () => fc.array(object, { maxLength: 3 })));
  const one = fc.record({ id, geometry, values, lists }).map((a) => ({
    id: a.id,
    geometry: a.geometry,
    properties: Object.fromEntries(a.values.map((v, i) => [`p${i}`, v])),
    relationships: Object.fromEntries(a.lists.map((list, i) => [`r${i}`, list])),
  }));
  return fc.uniqueArray(one, { maxLength: 80, selector: (a) => a.id });
}

function value(type: PropertyType): fc.Arbitrary<number | readonly number[]> {
  const byte = fc.integer({ min: 0, max: 255 });
  if (type === "rgb" || type === "rgba")
    return fc.array(byte, { minLength: type.length, maxLength: type.length });
  if (type === "float32") return fc.float();
  const bits = Number(/\d+/.exec(type)?.[0]);
  const low = type.startsWith("u") ? 0 : -(2 ** (bits - 1));
  return fc.integer({ min: low, max: low + 2 ** bits - 1 });
}

function box(rank: number): fc.Arbitrary<AnnotationBox> {
  const corner = fc.array(coordinate, { minLength: rank, maxLength: rank });
  return fc.tuple(corner, corner).map(([a, b]) => ({
    lower: a.map((v, i) => Math.min(v, b[i]!)),
    upper: a.map((v, i) => Math.max(v, b[i]!)),
  }));
}
