/** Damaged annotations, their info, and the info of segment properties. */
import { encodeJson, parseJson } from "../../src/base/json.js";
import { decodeAnnotation, decodeAnnotations } from "../../src/formats/precomputed/annotations/decode.js";
import { encodeAnnotation, encodeAnnotations } from "../../src/formats/precomputed/annotations/encode.js";
import { boundsOf, intersects } from "../../src/formats/precomputed/annotations/geometry.js";
import { type AnnotationInfo, parseAnnotationInfo } from "../../src/formats/precomputed/annotations/info.js";
import { type Annotation, recordLayout } from "../../src/formats/precomputed/annotations/layout.js";
import {
  randomAnnotation,
  randomInfo,
  randomInfoJson,
  TYPES,
} from "../../src/formats/precomputed/annotations/testing.js";
import { SegmentProperties } from "../../src/formats/precomputed/segment-properties/segment-properties.js";
import { random } from "../generators/random.js";
import type { Seed, Target } from "./target.js";

export function annotationTargets(): Target[] {
  const rng = random(47);
  const infos = Array.from({ length: 25 }, (_, i) => randomInfo(rng, TYPES[i % TYPES.length]!));
  const some = (info: AnnotationInfo, n: number): Annotation[] =>
    Array.from({ length: n }, (_, i) => randomAnnotation(rng, info, BigInt(i) << 30n));
  return [
    { name: "annotation", seeds: infos.map((info) => single(info, some(info, 1)[0]!)) },
    { name: "annotation-list", seeds: infos.map((info, i) => several(info, some(info, i))) },
    { name: "annotation-info", seeds: TYPES.map((type) => document(randomInfoJson(rng, type))) },
    { name: "segment-properties", seeds: [properties()] },
  ];
}

function single(info: AnnotationInfo, annotation: Annotation): Seed {
  const layout = recordLayout(info);
  return {
    bytes: encodeAnnotation(layout, annotation),
    run: (bytes) => use(info, [decodeAnnotation(layout, 7n, bytes, "by_id/7")]),
  };
}

function several(info: AnnotationInfo, annotations: readonly Annotation[]): Seed {
  const layout = recordLayout(info);
  return {
    bytes: encodeAnnotations(layout, annotations),
    run: (bytes) => use(info, decodeAnnotations(layout, bytes, "spatial/0")),
  };
}

/** Whatever is accepted has its shape, and can be looked at. */
function use(info: AnnotationInfo, found: readonly Annotation[]): string | undefined {
  const rank = info.dimensions.length;
  const box = { lower: info.lowerBound, upper: info.upperBound };
  for (const { geometry, properties } of found) {
    if (geometry.length % rank !== 0) return "a part of a point";
    if (Object.keys(properties).length !== info.properties.length) return "a property is missing";
    boundsOf(info.type, rank, geometry);
    intersects(info.type, geometry, box);
  }
  return undefined;
}

function document(json: object): Seed {
  return {
    bytes: encodeJson(json),
    run: (bytes) => {
      const info = parseAnnotationInfo(parseJson(bytes), "info");
      return recordLayout(info).propertyBytes % 4 === 0 ? undefined : "no padding";
    },
  };
}

function properties(): Seed {
  const made = SegmentProperties.from({
    ids: [1, 2, 2n ** 64n - 1n],
    label: ["a", "b", "c"],
    tags: [["axon"], [], ["axon", "soma"]],
    strings: { kind: ["x", "y", "z"] },
    numbers: { n: { dataType: "int16", values: [1, -2, 3] } },
  });
  return {
    bytes: encodeJson(made.toJson()),
    run: (bytes) => {
      const found = SegmentProperties.parse(parseJson(bytes), "info");
      const rows = found.query({}).map((id) => found.get(id));
      return rows.includes(undefined) ? "a segment without a row" : undefined;
    },
  };
}
