import { describe, MeshDecodeError } from "../../base/errors.js";
import { startDraco } from "./modules.js";

export interface DracoMesh {
  /** Positions: as floats; quantized ones are restored, integers are themselves. */
  readonly vertices: Float32Array;
  readonly faces: Uint32Array;
  /** How positions were quantized, if they were. */
  readonly quantization?: {
    readonly bits: number;
    readonly range: number;
    readonly origin: readonly number[];
  };
}

export interface DecodeOptions {
  readonly where?: string | undefined;
  /** Leave quantized positions as the integers they were stored as. */
  readonly raw?: boolean;
}

/** What is used of the package's objects; they live on the WebAssembly heap until destroyed. */
interface Disposable {
  readonly ptr: number;
}
interface Attribute extends Disposable {
  size(): number;
  num_components(): number;
  data_type(): number;
}
interface Mesh extends Disposable {
  num_points(): number;
  num_faces(): number;
}
interface Decoder extends Disposable {
  GetEncodedGeometryType(bytes: Int8Array): number;
  SkipAttributeTransform(type: number): void;
  DecodeArrayToMesh(bytes: Int8Array, length: number, mesh: Mesh): { ok(): boolean; error_msg(): string };
  GetAttributeId(mesh: Mesh, type: number): number;
  GetAttribute(mesh: Mesh, id: number): Attribute;
  GetAttributeDataArrayForAllPoints(
    mesh: Mesh,
    attribute: Attribute,
    type: number,
    bytes: number,
    to: number,
  ): boolean;
  GetTrianglesUInt32Array(mesh: Mesh, bytes: number, to: number): boolean;
}
interface Transform extends Disposable {
  InitFromAttribute(attribute: Attribute): boolean;
  quantization_bits(): number;
  range(): number;
  min_value(axis: number): number;
}
interface Module {
  readonly HEAPU8: Uint8Array;
  readonly Decoder: new () => Decoder;
  readonly Mesh: new () => Mesh;
  readonly AttributeQuantizationTransform: new () => Transform;
  readonly TRIANGULAR_MESH: number;
  readonly POSITION: number;
  readonly DT_FLOAT32: number;
  readonly DT_INT32: number;
  _malloc(bytes: number): number;
  _free(at: number): void;
  destroy(object: Disposable): void;
}

/** An instance whose heap grew beyond this is not kept. */
const KEPT_HEAP = 256 << 20;
/** Files that an instance may refuse before it is dropped: what their decoding left behind is unknown. */
const MOST_REFUSALS = 32;
/** A mesh of more points or faces than this is refused: its arrays would not fit a WebAssembly memory. */
const MOST = 2 ** 27;

let kept: { readonly module: Module; refusals: number } | undefined;

/** Whether bytes begin as a Draco file does. */
export function isDraco(bytes: Uint8Array): boolean {
  return bytes.length >= 5 && [0x44, 0x52, 0x41, 0x43, 0x4f].every((letter, i) => bytes[i] === letter);
}

/**
 * Decodes a triangle mesh: DracoPy's vertices and faces, in its order. Loads Draco the first time. Costs the
 * decoding and one copy. @throws MeshDecodeError for anything that is no mesh with three finite coordinates a point.
 */
export async function decodeDraco(bytes: Uint8Array, options: DecodeOptions = {}): Promise<DracoMesh> {
  if (!isDraco(bytes)) throw damaged(options, 'no "DRACO" at the start');
  const decoder = kept ?? { module: (await startDraco("decoder")) as Module, refusals: 0 };
  kept = undefined;
  // Nothing below waits: no other decoding can take the instance meanwhile.
  try {
    const mesh = decode(decoder.module, bytes, options);
    keep(decoder);
    return mesh;
  } catch (error) {
    if (error instanceof MeshDecodeError) {
      decoder.refusals++;
      if (decoder.refusals < MOST_REFUSALS) keep(decoder);
      throw error;
    }
    throw damaged(options, describe(error), error);
  }
}

function keep(decoder: NonNullable<typeof kept>): void {
  if (decoder.module.HEAPU8.length <= KEPT_HEAP) kept = decoder;
}

function damaged({ where }: DecodeOptions, got: string, cause?: unknown): MeshDecodeError {
  return new MeshDecodeError("Not a Draco mesh", {
    ...(where === undefined ? {} : { where }),
    got,
    fix: "The data are damaged, or no mesh.",
    ...(cause === undefined ? {} : { cause }),
  });
}

function decode(draco: Module, bytes: Uint8Array, options: DecodeOptions): DracoMesh {
  const owned: Disposable[] = [];
  const own = <T extends Disposable>(object: T): T => {
    owned.push(object);
    return object;
  };
  try {
    const decoder = own(new draco.Decoder());
    const signed = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (decoder.GetEncodedGeometryType(signed) !== draco.TRIANGULAR_MESH)
      throw damaged(options, "no triangle mesh");
    // Quantized positions are asked for as they are: the transform tells how to restore them.
    decoder.SkipAttributeTransform(draco.POSITION);
    const mesh = own(new draco.Mesh());
    const status = decoder.DecodeArrayToMesh(signed, signed.length, mesh);
    if (!status.ok() || mesh.ptr === 0) throw damaged(options, status.error_msg());
    if (mesh.num_points() > MOST || mesh.num_faces() > MOST) throw damaged(options, "too many points");
    const id = decoder.GetAttributeId(mesh, draco.POSITION);
    if (id < 0) throw damaged(options, "no positions");
    const attribute = decoder.GetAttribute(mesh, id);
    if (attribute.num_components() !== 3)
      throw damaged(options, `positions of ${attribute.num_components()} coordinates`);
    const transform = own(new draco.AttributeQuantizationTransform());
    const quantized = transform.InitFromAttribute(attribute);
    const type = attribute.data_type() === draco.DT_FLOAT32 ? draco.DT_FLOAT32 : draco.DT_INT32;
    const values = 3 * mesh.num_points();
    const points = take(draco, 4 * values, options, (at) =>
      decoder.GetAttributeDataArrayForAllPoints(mesh, attribute, type, 4 * values, at),
    );
    const indices = 3 * mesh.num_faces();
    const faces = new Uint32Array(
      take(draco, 4 * indices, options, (at) => decoder.GetTrianglesUInt32Array(mesh, 4 * indices, at)),
    );
    checkFaces(faces, mesh.num_points(), options);
    if (type === draco.DT_FLOAT32) return { vertices: finite(new Float32Array(points), options), faces };
    const integers = new Int32Array(points);
    if (!quantized) return { vertices: new Float32Array(integers), faces };
    const quantization = {
      bits: transform.quantization_bits(),
      range: transform.range(),
      origin: [0, 1, 2].map((axis) => transform.min_value(axis)),
    };
    const vertices = options.raw === true ? new Float32Array(integers) : restore(integers, quantization);
    return { vertices: finite(vertices, options), faces, quantization };
  } finally {
    for (const object of owned.reverse()) draco.destroy(object);
  }
}

/** Lets Draco write `length` bytes, and takes a copy of them. */
function take(
  draco: Module,
  length: number,
  options: DecodeOptions,
  write: (at: number) => boolean,
): ArrayBuffer {
  if (length === 0) return new ArrayBuffer(0);
  const at = draco._malloc(length);
  if (at === 0) throw damaged(options, `${length} bytes, for which there is no memory`);
  try {
    if (!write(at)) throw damaged(options, "an array of another size than announced");
    return draco.HEAPU8.slice(at, at + length).buffer as ArrayBuffer;
  } finally {
    draco._free(at);
  }
}

/** Quantized positions as Draco restores them: in float32, step by step. */
function restore(
  integers: Int32Array,
  { bits, range, origin }: NonNullable<DracoMesh["quantization"]>,
): Float32Array {
  const step = Math.fround(Math.fround(range) / Math.fround(2 ** bits - 1));
  const out = new Float32Array(integers.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.fround(integers[i]! * step) + origin[i % 3]!;
  return out;
}

function checkFaces(faces: Uint32Array, points: number, options: DecodeOptions): void {
  for (const vertex of faces)
    if (vertex >= points) throw damaged(options, `a triangle with vertex ${vertex}`);
}

function finite(vertices: Float32Array, options: DecodeOptions): Float32Array {
  for (const value of vertices)
    if (!Number.isFinite(value)) throw damaged(options, `a coordinate of ${value}`);
  return vertices;
}
