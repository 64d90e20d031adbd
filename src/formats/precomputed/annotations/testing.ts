/** Random schemas and annotations for tests. */
import { type AnnotationInfo, type AnnotationType, type PropertyType, parseAnnotationInfo } from "./info.js";
import type { Annotation } from "./layout.js";

type Random = (below: number) => number;

export const TYPES: readonly AnnotationType[] = [
  "POINT",
  "LINE",
  "AXIS_ALIGNED_BOUNDING_BOX",
  "ELLIPSOID",
  "POLYLINE",
];
const PROPERTIES: readonly PropertyType[] = [
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

/** An info document of 1 to 5 dimensions, up to 8 properties in any order, up to 3 relationships. */
export function randomInfoJson(rng: Random, type: AnnotationType): object {
  const rank = 1 + rng(5);
  const each = <T>(make: (i: number) => T): T[] => Array.from({ length: rank }, (_, i) => make(i));
  return {
    "@type": "neuroglancer_annotations_v1",
    dimensions: Object.fromEntries(each((i) => ["xyztc"[i], i === 3 ? [0.5, "s"] : [8e-9, "m"]])),
    lower_bound: each(() => -50),
    upper_bound: each(() => 150),
    annotation_type: rng(2) === 0 ? type : type.toLowerCase(),
    properties: Array.from({ length: rng(9) }, (_, i) => ({ id: `p${i}`, type: PROPERTIES[rng(9)] })),
    relationships: Array.from({ length: rng(4) }, (_, i) => ({ id: `r${i}`, key: `rel/${i}` })),
    by_id: { key: "by_id" },
    spatial: [
      { key: "s0", grid_shape: each(() => 1), chunk_size: each(() => 200), limit: 10 },
      {
        key: "s1",
        grid_shape: each((i) => (i === 0 ? 2 : 1)),
        chunk_size: each((i) => (i === 0 ? 100 : 200)),
      },
    ],
  };
}

export function randomInfo(rng: Random, type: AnnotationType): AnnotationInfo {
  return parseAnnotationInfo(randomInfoJson(rng, type), "info");
}

export function randomAnnotation(
  rng: Random,
  info: Pick<AnnotationInfo, "type" | "dimensions" | "properties" | "relationships">,
  id: bigint,
): Annotation {
  const rank = info.dimensions.length;
  const points = info.type === "POINT" ? 1 : info.type === "POLYLINE" ? rng(6) : 2;
  const relationships = Object.fromEntries(
    info.relationships.map((r) => [r.id, Array.from({ length: rng(4) }, () => BigInt(rng(2 ** 31)) << 20n)]),
  );
  return {
    id,
    geometry: Float32Array.from({ length: rank * points }, () => rng(2000) / 10 - 50),
    properties: Object.fromEntries(info.properties.map((p) => [p.id, randomValue(rng, p.type)])),
    relationships,
  };
}

function randomValue(rng: Random, type: PropertyType): number | number[] {
  if (type === "rgb" || type === "rgba") return Array.from(type, () => rng(256));
  if (type === "float32") return Math.fround(rng(1e9) / 1e5 - 3000);
  const bits = Number(/\d+/.exec(type)?.[0]);
  return rng(2 ** bits) - (type.startsWith("u") ? 0 : 2 ** (bits - 1));
}
