/** Damaged annotations, their info, the info of segment properties, whole layers, and text that annotations are made of. */
import { encodeJson, parseJson } from "../../src/base/json.js";
import { decodeAnnotation, decodeAnnotations } from "../../src/formats/precomputed/annotations/decode.js";
import { encodeAnnotation, encodeAnnotations } from "../../src/formats/precomputed/annotations/encode.js";
import { boundsOf, intersects } from "../../src/formats/precomputed/annotations/geometry.js";
import { type AnnotationInfo, parseAnnotationInfo } from "../../src/formats/precomputed/annotations/info.js";
import { type Annotation, recordLayout } from "../../src/formats/precomputed/annotations/layout.js";
import {
  type AnnotationSchema,
  type CheckedSchema,
  checkSchema,
} from "../../src/formats/precomputed/annotations/schema.js";
import {
  randomAnnotation,
  randomInfo,
  randomInfoJson,
  TYPES,
} from "../../src/formats/precomputed/annotations/testing.js";
import { annotationsFromCsv } from "../../src/formats/precomputed/annotations/text/csv.js";
import { annotationsFromJsonLines } from "../../src/formats/precomputed/annotations/text/json-lines.js";
import { SegmentProperties } from "../../src/formats/precomputed/segment-properties/segment-properties.js";
import { memStore } from "../../src/stores/mem/index.js";
import { clipRange } from "../../src/stores/ranges.js";
import type { Store } from "../../src/stores/store.js";
import { Annotations } from "../../src/volume/annotations/annotations.js";
import type { AnnotationSource } from "../../src/volume/annotations/write/options.js";
import { writeLayer } from "../../src/volume/annotations/write/write.js";
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

/** CSV and JSON lines. */
export function annotationTextTargets(): Target[] {
  const schema: AnnotationSchema = {
    type: "POINT",
    dimensions: { x: [8, "nm"], y: [8, "nm"] },
    properties: [
      { id: "size", type: "float32" },
      { id: "color", type: "rgb" },
    ],
    relationships: ["pre"],
  };
  const csv =
    'id,x,y,size,color,pre\n7,1.5,2,"0.25",#010203,5 6\n8,-1,0,1e3,#ffffff,\n9,"1",2,3,"#000000","4"\n';
  const json = [7, 8, 9].map((id) =>
    JSON.stringify({
      id: String(id),
      geometry: [[id, 2]],
      properties: { size: 0.5, color: [1, 2, id] },
      relationships: { pre: ["5", 6] },
    }),
  );
  const text = (content: string, read: (bytes: Uint8Array) => AnnotationSource): Seed => ({
    bytes: new TextEncoder().encode(content),
    run: async (bytes) => {
      const store = memStore("mem://fuzz/annotation-text");
      const options = { spool: undefined, overwrite: true };
      const layer = await writeLayer(store, "", schema, read(bytes), options);
      return layer.info.byId === undefined ? "no index" : undefined;
    },
  });
  return [
    { name: "annotation-csv", seeds: [text(csv, (bytes) => annotationsFromCsv([bytes], schema))] },
    {
      name: "annotation-jsonl",
      seeds: [text(json.join("\n"), (bytes) => annotationsFromJsonLines([bytes]))],
    },
  ];
}

/** Layers of which one file is damaged, read by every index. */
export async function annotationLayerTargets(): Promise<Target[]> {
  const rng = random(48);
  const targets: Target[] = [];
  for (const sharded of [false, true]) {
    const seeds: Seed[] = [];
    for (const type of TYPES) {
      const schema = schemaOf(randomInfo(rng, type));
      const store = memStore(`mem://fuzz/annotation-layer-${type}-${sharded}`);
      const made = Array.from({ length: 30 }, (_, i) => wholeAnnotation(rng, schema, BigInt(i)));
      const options = { spool: undefined, sharded, limit: 5, overwrite: true, compress: type !== "LINE" };
      await writeLayer(store, "", schema, made, options);
      const keys: string[] = [];
      for await (const key of store.list?.("") ?? []) keys.push(key);
      for (const key of keys.filter((_, i) => sharded || i % 7 === 0 || !/by_id/.test(keys[i]!)))
        seeds.push(await fileOf(store, key));
    }
    targets.push({ name: sharded ? "annotation-layer-sharded" : "annotation-layer", seeds });
  }
  return targets;
}

/** One file of a layer. */
async function fileOf(store: Store, damaged: string): Promise<Seed> {
  const { bytes } = (await store.read(damaged))!;
  return {
    bytes,
    run: async (changed) => {
      const read: Store["read"] = async (key, how = {}) => {
        const found = await store.read(key, key === damaged ? {} : how);
        if (key !== damaged || found === undefined) return found;
        const range = how.range === undefined ? undefined : clipRange(how.range, changed.length, key);
        const part =
          range === undefined ? changed : changed.subarray(range.offset, range.offset + range.length);
        return { ...found, bytes: part.slice(), totalSize: changed.length };
      };
      const { readSync: _, ...others } = store;
      const layer = await Annotations.open({ ...others, read }, "");
      const { lowerBound, upperBound, relationships } = layer.info;
      for await (const annotation of layer.getAll()) {
        const wrong = use(layer.info, [annotation]);
        if (wrong !== undefined) return wrong;
      }
      await layer.getByBbox([...lowerBound, ...upperBound]);
      for (const { id } of relationships) await layer.getByRelationship(id, [0, 1, 2, 3]);
      await layer.getById(await layer.ids(), { allowMissing: true });
      return undefined;
    },
  };
}

function schemaOf({ type, dimensions, properties, relationships }: AnnotationInfo): CheckedSchema {
  return checkSchema({ type, dimensions, properties, relationships });
}

/** A random annotation that can be written: radii are not negative, polylines have two points. */
function wholeAnnotation(rng: (below: number) => number, schema: CheckedSchema, id: bigint): Annotation {
  const one = randomAnnotation(rng, schema, id);
  const rank = schema.dimensions.length;
  const relationships = Object.fromEntries(schema.relationships.map((r) => [r.id, [BigInt(rng(4))]]));
  if (schema.type === "ELLIPSOID")
    return { ...one, relationships, geometry: one.geometry.map((v, i) => (i < rank ? v : Math.abs(v))) };
  const isShort = schema.type === "POLYLINE" && one.geometry.length < 2 * rank;
  return { ...one, relationships, ...(isShort && { geometry: new Float32Array(2 * rank) }) };
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
