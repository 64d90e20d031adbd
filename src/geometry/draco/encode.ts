import { ArgumentError, describe, EncodingError } from "../../base/errors.js";
import type { MeshData } from "../mesh/data.js";
import { startDraco } from "./modules.js";

/** Positions rounded to `2 ** bits` values of equal distance, from `origin` to `origin + range`. */
export interface Quantization {
  readonly bits: number;
  readonly range: number;
  readonly origin: readonly number[];
}

export interface DracoOptions {
  /** 0 (fast) to 10 (small). Default 7. */
  readonly compressionLevel?: number;
  /**
   * `"integers"`: positions are whole numbers from 0 on, and stored as such. A number of bits: rounded within the mesh's own
   * box. Default: 14 bits.
   */
  readonly positions?: "integers" | number | Quantization;
  /** Vertices and triangles keep their order, at the price of size. Default false. */
  readonly preserveOrder?: boolean;
}

interface Disposable {
  readonly ptr: number;
}
interface Output extends Disposable {
  size(): number;
  GetValue(i: number): number;
}
interface Encoder extends Disposable {
  SetSpeedOptions(encoding: number, decoding: number): void;
  SetEncodingMethod(method: number): void;
  SetAttributeQuantization(type: number, bits: number): void;
  SetAttributeExplicitQuantization(
    type: number,
    bits: number,
    axes: number,
    origin: readonly number[],
    range: number,
  ): void;
  EncodeMeshToDracoBuffer(mesh: Disposable, to: Output): number;
}
interface Builder extends Disposable {
  AddFacesToMesh(mesh: Disposable, count: number, faces: Uint32Array): boolean;
  AddFloatAttributeToMesh(
    mesh: Disposable,
    type: number,
    count: number,
    axes: number,
    values: Float32Array,
  ): number;
  AddInt32AttributeToMesh(
    mesh: Disposable,
    type: number,
    count: number,
    axes: number,
    values: Int32Array,
  ): number;
}
interface Module {
  readonly HEAPU8: Uint8Array;
  readonly Encoder: new () => Encoder;
  readonly MeshBuilder: new () => Builder;
  readonly Mesh: new () => Disposable;
  readonly DracoInt8Array: new () => Output;
  readonly POSITION: number;
  readonly MESH_SEQUENTIAL_ENCODING: number;
  readonly MESH_EDGEBREAKER_ENCODING: number;
  destroy(object: Disposable): void;
}

let kept: Module | undefined;

/**
 * Encodes a triangle mesh: for the same settings DracoPy's bytes. Unless `preserveOrder` is set, Draco orders
 * vertices and triangles anew, and leaves out vertices of no triangle and triangles without area in indices.
 * @throws EncodingError for a mesh without triangles, ArgumentError for settings out of range.
 */
export async function encodeDraco(mesh: MeshData, options: DracoOptions = {}): Promise<Uint8Array> {
  checkOptions(options);
  if (mesh.vertices.length === 0 || mesh.faces.length === 0)
    throw new EncodingError("A mesh without triangles has no Draco form");
  const module = kept ?? ((await startDraco("encoder")) as Module);
  kept = undefined;
  try {
    const bytes = encode(module, mesh, options);
    kept = module;
    return bytes;
  } catch (error) {
    if (error instanceof EncodingError) throw error;
    throw new EncodingError("Draco failed", { got: describe(error), cause: error });
  }
}

function checkOptions({ compressionLevel = 7, positions = 14 }: DracoOptions): void {
  const refuse = (where: string, expected: string, got: number): never => {
    throw new ArgumentError("Wrong setting of Draco", { where, expected, got: String(got) });
  };
  if (!Number.isInteger(compressionLevel) || compressionLevel < 0 || compressionLevel > 10)
    refuse("compressionLevel", "an integer from 0 to 10", compressionLevel);
  if (positions === "integers") return;
  const bits = typeof positions === "number" ? positions : positions.bits;
  if (!Number.isInteger(bits) || bits < 1 || bits > 30)
    refuse("positions", "an integer from 1 to 30 bits", bits);
  if (typeof positions === "object" && !(positions.range > 0))
    refuse("positions.range", "a number above 0", positions.range);
}

function encode(draco: Module, { vertices, faces }: MeshData, options: DracoOptions): Uint8Array {
  const { compressionLevel = 7, positions = 14, preserveOrder = false } = options;
  const owned: Disposable[] = [];
  const own = <T extends Disposable>(object: T): T => {
    owned.push(object);
    return object;
  };
  try {
    const mesh = own(new draco.Mesh());
    const builder = own(new draco.MeshBuilder());
    const encoder = own(new draco.Encoder());
    const count = vertices.length / 3;
    builder.AddFacesToMesh(mesh, faces.length / 3, faces);
    if (positions === "integers")
      builder.AddInt32AttributeToMesh(mesh, draco.POSITION, count, 3, new Int32Array(vertices));
    else builder.AddFloatAttributeToMesh(mesh, draco.POSITION, count, 3, vertices);
    encoder.SetSpeedOptions(10 - compressionLevel, 10 - compressionLevel);
    encoder.SetEncodingMethod(
      preserveOrder ? draco.MESH_SEQUENTIAL_ENCODING : draco.MESH_EDGEBREAKER_ENCODING,
    );
    if (typeof positions === "number") encoder.SetAttributeQuantization(draco.POSITION, positions);
    else if (positions !== "integers") {
      const { bits, origin, range } = positions;
      encoder.SetAttributeExplicitQuantization(draco.POSITION, bits, 3, origin, range);
    }
    const output = own(new draco.DracoInt8Array());
    const length = encoder.EncodeMeshToDracoBuffer(mesh, output);
    if (length <= 0) throw new EncodingError("Draco cannot encode this mesh");
    return copyOut(draco, output, length);
  } finally {
    for (const object of owned.reverse()) draco.destroy(object);
  }
}

/** The bytes of Draco's vector: its object begins with the address of its data. */
function copyOut(draco: Module, output: Output, length: number): Uint8Array {
  const view = new DataView(draco.HEAPU8.buffer);
  const at = view.getUint32(output.ptr, true);
  const out = draco.HEAPU8.slice(at, at + length);
  const ends = [0, length - 1].every((i) => out[i] === (output.GetValue(i) & 0xff));
  return ends ? out : Uint8Array.from({ length }, (_, i) => output.GetValue(i) & 0xff);
}
