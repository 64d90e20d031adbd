/** Skeletons in files: SWC, JSON, and the precomputed encoding. */
import { extname } from "node:path";
import {
  ArgumentError,
  type AttributeSpec,
  arrayType,
  parseJson,
  Skeleton,
  SkeletonDecodeError,
  type SkeletonInfo,
  type VertexAttribute,
} from "../../../src/node.js";

/** The document of `--json` and `.json`: points and pairs; attributes of several numbers as lists of lists. */
export function skeletonJson({ id, vertices, edges, attributes }: Skeleton): object {
  const plain = (v: number | bigint): number | string => (typeof v === "bigint" ? String(v) : v);
  return {
    id: id === undefined ? null : String(id),
    vertices: groups(Array.from(vertices), 3),
    edges: groups(Array.from(edges), 2),
    attributes: Object.fromEntries(
      attributes.map(({ id: name, numComponents, data }) => {
        const values = Array.from(data as ArrayLike<number | bigint>, plain);
        return [name, numComponents === 1 ? values : groups(values, numComponents)];
      }),
    ),
  };
}

function groups<T>(values: readonly T[], size: number): T[][] {
  const out: T[][] = [];
  for (let at = 0; at < values.length; at += size) out.push(values.slice(at, at + size));
  return out;
}

/** A skeleton from a file, with the attributes that the layer lists. @throws SkeletonDecodeError, ArgumentError. */
export function parseSkeleton(file: string, bytes: Uint8Array, info: SkeletonInfo, id: bigint): Skeleton {
  const specs = (info.vertex_attributes ?? []).map(
    (a): AttributeSpec => ({ id: a.id, dataType: a.data_type, numComponents: a.num_components }),
  );
  const ending = file === "-" ? ".swc" : extname(file).toLowerCase();
  if (ending === ".json") return fromJson(bytes, specs, id, file);
  if (ending !== ".swc") return Skeleton.fromPrecomputed(bytes, { id, vertexAttributes: specs, where: file });
  const skeleton = Skeleton.fromSwc(new TextDecoder().decode(bytes));
  skeleton.id = id;
  skeleton.space = "physical";
  // Every SWC file has radii and types; where the layer has no place for them and they say nothing, they are left out.
  const blank: Readonly<Record<string, number>> = { radius: -1, vertex_types: 0 };
  skeleton.attributes = skeleton.attributes.filter(
    (a) =>
      specs.some((s) => s.id === a.id) || !Array.from(a.data as Float32Array).every((v) => v === blank[a.id]),
  );
  return skeleton;
}

function fromJson(bytes: Uint8Array, specs: readonly AttributeSpec[], id: bigint, where: string): Skeleton {
  const found = parseJson(bytes, { where, maxBytes: 2 ** 30, error: SkeletonDecodeError });
  const document = found as { vertices?: unknown; edges?: unknown; attributes?: Record<string, unknown> };
  if (typeof found !== "object" || found === null || Array.isArray(found)) throw wrong(where);
  const attributes = Object.entries(document.attributes ?? {}).map(([name, values]): VertexAttribute => {
    const spec = specs.find((s) => s.id === name);
    if (spec === undefined)
      throw new ArgumentError(`The layer has no attribute ${JSON.stringify(name)}`, {
        where,
        expected: specs.map((s) => s.id).join(", ") || "none",
      });
    const flat = numbers(values, where);
    const data = new (arrayType(spec.dataType))(flat.length);
    const big = data instanceof BigUint64Array || data instanceof BigInt64Array;
    flat.forEach((value, i) => {
      data[i] = big ? BigInt(value) : Number(value);
    });
    return { ...spec, data };
  });
  return new Skeleton({
    id,
    space: "physical",
    vertices: Float32Array.from(numbers(document.vertices, where), Number),
    edges: Uint32Array.from(numbers(document.edges, where), Number),
    attributes,
  });
}

/** Numbers in nested lists; digits for those that a double cannot hold, null for NaN. */
function numbers(value: unknown, where: string): (number | string)[] {
  if (!Array.isArray(value)) throw wrong(where);
  return value.flat(1).map((v: unknown) => {
    if (v === null) return Number.NaN;
    if (typeof v === "number" || (typeof v === "string" && /^-?\d{1,20}$/.test(v))) return v;
    throw wrong(where);
  });
}

function wrong(where: string): SkeletonDecodeError {
  return new SkeletonDecodeError("Not a skeleton in JSON", {
    where,
    expected: "{vertices: [[x, y, z]…], edges: [[a, b]…], attributes: {name: […]}}",
  });
}
