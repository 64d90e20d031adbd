import { arrayType, bytesPerVoxel, type TypedArray } from "../../base/dtype.js";
import { SkeletonDecodeError } from "../../base/errors.js";
import {
  type AttributeSpec,
  blankAttribute,
  DEFAULT_ATTRIBUTES,
  IDENTITY,
  type SkeletonParts,
} from "./parts.js";

export interface DecodeSkeletonOptions {
  readonly id?: bigint | undefined;
  /** The attributes that follow the edges, as the info lists them. Default: radius and vertex_types. */
  readonly vertexAttributes?: readonly AttributeSpec[] | undefined;
  /** 12 numbers; default: the identity. */
  readonly transform?: ArrayLike<number> | undefined;
  /** For messages. */
  readonly where?: string | undefined;
}

const HEADER_BYTES = 8;

/**
 * Reads a precomputed skeleton, in voxel space. A file that ends after the edges has the default attributes without
 * information; bytes after the last attribute are let be, and so are edges to vertices that do not exist (CloudVolume
 * writes and reads both). Nothing is allocated before the length is known to fit.
 * @throws SkeletonDecodeError for a file that is too short.
 */
export function decodeSkeleton(bytes: Uint8Array, options: DecodeSkeletonOptions = {}): SkeletonParts {
  const { id, where = `skeleton ${id ?? "without id"}`, vertexAttributes = DEFAULT_ATTRIBUTES } = options;
  if (bytes.length < HEADER_BYTES) throw tooShort(where, HEADER_BYTES, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const vertices = view.getUint32(0, true);
  const edges = view.getUint32(4, true);
  const plain = HEADER_BYTES + 12 * vertices + 8 * edges;
  if (bytes.length < plain) throw tooShort(where, plain, bytes.length);
  const bare = bytes.length === plain;
  const ends = [HEADER_BYTES, HEADER_BYTES + 12 * vertices, plain];
  if (!bare) {
    for (const { dataType, numComponents } of vertexAttributes)
      ends.push(ends.at(-1)! + vertices * numComponents * bytesPerVoxel(dataType));
  }
  if (bytes.length < ends.at(-1)!) throw tooShort(where, ends.at(-1)!, bytes.length);
  const cut = <T extends TypedArray>(i: number, make: new (buffer: ArrayBuffer) => T): T =>
    new make(bytes.slice(ends[i]!, ends[i + 1]!).buffer as ArrayBuffer);
  const missing = vertices === 0 ? vertexAttributes : DEFAULT_ATTRIBUTES;
  return {
    id,
    space: "voxel",
    vertices: cut(0, Float32Array),
    edges: cut(1, Uint32Array),
    attributes: bare
      ? missing.map((spec) => blankAttribute(spec, vertices))
      : vertexAttributes.map(({ id: name, dataType, numComponents }, i) => ({
          id: name,
          dataType,
          numComponents,
          data: cut(i + 2, arrayType(dataType) as unknown as new (buffer: ArrayBuffer) => TypedArray),
        })),
    transform: Float32Array.from(options.transform ?? IDENTITY),
  };
}

function tooShort(where: string, needed: number, got: number): SkeletonDecodeError {
  return new SkeletonDecodeError("A skeleton file is too short", {
    where,
    expected: `at least ${needed} bytes`,
    got: `${got} bytes`,
    fix: "The file is cut, or its vertex_attributes are not those of the info.",
  });
}
