import { Bbox } from "../../base/bbox.js";
import { ArgumentError } from "../../base/errors.js";
import { type DecodeOptions, decodeDraco } from "../draco/decode.js";
import { type DracoOptions, encodeDraco } from "../draco/encode.js";
import { decodeObj } from "../obj/decode.js";
import { encodeObj } from "../obj/encode.js";
import { decodePly } from "../ply/decode.js";
import { encodePly } from "../ply/encode.js";
import type { Viewer, ViewerOptions } from "../viewer/view.node.js";
import { concatenate } from "./concatenate.js";
import { consolidate } from "./consolidate.js";
import { crop } from "./crop.js";
import type { MeshData } from "./data.js";
import { type BoundaryOptions, deduplicate, onChunkBoundary } from "./deduplicate.js";
import { edges, triangles } from "./edges.js";
import { vertexNormals } from "./normals.js";
import { checkIndices, decodeFragment, encodeFragment } from "./precomputed.js";
import { bufferGeometry, type ThreeGeometry, type ThreeModule } from "./three.js";
import { type Affine, transformPoints } from "./transform.js";

export type MeshEncoding = "precomputed" | "draco";
/** Flat or nested numbers, as users have them. */
export type Rows = ArrayLike<number> | readonly (readonly number[])[];

export interface MeshInit {
  readonly vertices: Rows;
  readonly faces: Rows;
  readonly normals?: Rows | undefined;
  readonly segid?: bigint | number | undefined;
  readonly encodingType?: MeshEncoding | undefined;
}

/**
 * A triangle mesh: flat typed arrays, as WebGL and three.js take them, and CloudVolume's methods by their names in
 * camel case. Methods give new meshes and leave this one as it is.
 *
 * ```ts
 * import { Mesh } from "cloudvolume";
 * const mesh = new Mesh({ vertices: [[0, 0, 0], [1, 0, 0], [0, 1, 0]], faces: [[0, 1, 2]] });
 * console.log(mesh.length, mesh.faceCount, mesh.triangle(0)); // 3 1 [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
 * ```
 */
export class Mesh implements Required<MeshData> {
  readonly vertices: Float32Array;
  readonly faces: Uint32Array;
  readonly normals: Float32Array;
  /** The segment it belongs to. */
  segid: bigint | undefined;
  /** What it was decoded from. */
  readonly encodingType: MeshEncoding | undefined;

  /** Typed arrays of the right kind are taken without a copy. @throws ArgumentError for arrays that are no mesh. */
  constructor({ vertices, faces, normals, segid, encodingType }: MeshInit) {
    this.vertices = flat(vertices, Float32Array, "vertices");
    this.faces = flat(faces, Uint32Array, "faces");
    this.normals = normals === undefined ? new Float32Array(0) : flat(normals, Float32Array, "normals");
    this.segid = segid === undefined ? undefined : BigInt(segid);
    this.encodingType = encodingType;
  }

  /** The number of vertices. */
  get length(): number {
    return this.vertices.length / 3;
  }
  get vertexCount(): number {
    return this.length;
  }
  get faceCount(): number {
    return this.faces.length / 3;
  }
  /** Bytes of its arrays. */
  get byteLength(): number {
    return this.vertices.byteLength + this.faces.byteLength + this.normals.byteLength;
  }
  /** Whether it has no vertex or no triangle. */
  get empty(): boolean {
    return this.vertices.length === 0 || this.faces.length === 0;
  }
  /** The smallest box around the vertices; undefined for none. */
  get bounds(): Bbox | undefined {
    if (this.vertices.length === 0) return undefined;
    const min = [Infinity, Infinity, Infinity];
    const max = [-Infinity, -Infinity, -Infinity];
    this.vertices.forEach((value, i) => {
      min[i % 3] = Math.min(min[i % 3]!, value);
      max[i % 3] = Math.max(max[i % 3]!, value);
    });
    return new Bbox(min, max);
  }

  /** x, y, z of a vertex. @throws ArgumentError for a number that is none. */
  vertex(i: number): [number, number, number] {
    return row(this.vertices, i, "vertex");
  }
  /** The three vertices of a triangle, by their numbers. */
  face(i: number): [number, number, number] {
    return row(this.faces, i, "face");
  }
  /** The corners of a triangle. */
  triangle(i: number): [[number, number, number], [number, number, number], [number, number, number]] {
    const [a, b, c] = this.face(i);
    return [this.vertex(a), this.vertex(b), this.vertex(c)];
  }
  /** The corners of all triangles: nine numbers each. */
  triangles(): Float32Array {
    return triangles(this);
  }
  /** Pairs of vertices, the lower one first: three a triangle, so that shared edges come several times. */
  edges(): Uint32Array {
    return edges(this);
  }

  clone(): Mesh {
    const copy = {
      vertices: this.vertices.slice(),
      faces: this.faces.slice(),
      normals: this.normals.slice(),
    };
    return this.#with(copy);
  }

  /** Whether vertices, triangles and normals are the same, in the same order. */
  equals(other: MeshData): boolean {
    const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => {
      if (a.length !== b.length) return false;
      for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
      return true;
    };
    return (
      same(this.vertices, other.vertices) &&
      same(this.faces, other.faces) &&
      same(this.normals, other.normals ?? [])
    );
  }

  /** One mesh of several, one behind the other; vertices stay as they are. */
  static concatenate(meshes: readonly Mesh[], { segid }: { readonly segid?: bigint | number } = {}): Mesh {
    const kinds = new Set(meshes.map((mesh) => mesh.encodingType));
    return new Mesh({
      ...concatenate(meshes),
      segid,
      encodingType: kinds.size === 1 ? [...kinds][0] : undefined,
    });
  }

  /** Equal vertices once, sorted; equal triangles once, sorted; without normals. CloudVolume's result, to the bit. */
  consolidate(): Mesh {
    if (this.empty) return new Mesh({ vertices: [], faces: [] });
    return this.#with(consolidate(this.vertices, this.faces));
  }

  /** Unifies marked vertices that lie on the same point exactly twice. `mayMerge`: 1 for each vertex that may be. */
  deduplicateVertices(mayMerge: Uint8Array | readonly boolean[]): Mesh {
    if (mayMerge.length !== this.length)
      throw new ArgumentError("A mark is needed for each vertex", {
        expected: String(this.length),
        got: String(mayMerge.length),
      });
    return this.#with(deduplicate(this, Uint8Array.from(mayMerge, Number)));
  }

  /** Unifies the vertices that two chunks share on their border. Units are the mesh's. */
  deduplicateChunkBoundaries(chunkSize: readonly number[], options: BoundaryOptions = {}): Mesh {
    return this.#with(deduplicate(this, onChunkBoundary(this.vertices, chunkSize, options)));
  }

  /** The triangles whose corners all lie in a box, its borders included. */
  crop(box: Bbox | readonly number[]): Mesh {
    const { minpt, maxpt } = box instanceof Bbox ? box : Bbox.fromList(box);
    return this.#with(crop(this, [...minpt], [...maxpt]));
  }

  /** Vertices transformed by 12 numbers (three rows of four); without normals. */
  transform(matrix: Affine): Mesh {
    return this.#with({
      vertices: new Float32Array(transformPoints(this.vertices, matrix)),
      faces: this.faces,
    });
  }

  /** The same mesh with normals computed from its triangles. */
  computeNormals(): Mesh {
    return this.#with({ vertices: this.vertices, faces: this.faces, normals: vertexNormals(this) });
  }

  /** A three.js `BufferGeometry` on this mesh's arrays, without a copy. `three`: the module. */
  toBufferGeometry<G extends ThreeGeometry, A>(three: ThreeModule<G, A>): G {
    return bufferGeometry(this, three);
  }

  /** Writes a file: PLY if its name ends in `.ply`, else OBJ. In Node. @throws StorageError. */
  async save(path: string): Promise<void> {
    const { writeMeshFile } = await import("./file.node.js");
    await writeMeshFile(path, isPly(path) ? this.toPly() : this.toObj());
  }

  /** Reads a file: PLY if its name ends in `.ply`, else OBJ. In Node. @throws MissingError, StorageError, MeshDecodeError. */
  static async load(path: string, segid?: bigint | number): Promise<Mesh> {
    const { readMeshFile } = await import("./file.node.js");
    const bytes = await readMeshFile(path);
    return isPly(path) ? Mesh.fromPly(bytes, segid) : Mesh.fromObj(bytes, segid);
  }

  /** Shows it in the browser, on a page of this machine alone; `close()` of the result ends that. In Node. */
  async viewer(options: ViewerOptions = {}): Promise<Viewer> {
    const { viewObjects } = await import("../viewer/view.node.js");
    const { vertices, faces, segid } = this;
    const name = segid === undefined ? "mesh" : String(segid);
    return await viewObjects([{ name, kind: "mesh", vertices, indices: faces }], options);
  }

  /** Reads a legacy fragment. @throws MeshDecodeError. */
  static fromPrecomputed(bytes: Uint8Array, segid?: bigint | number): Mesh {
    return new Mesh({ ...decodeFragment(bytes), segid, encodingType: "precomputed" });
  }
  toPrecomputed(): Uint8Array<ArrayBuffer> {
    return encodeFragment(this);
  }
  /** @throws MeshDecodeError. */
  static fromObj(text: string | Uint8Array, segid?: bigint | number): Mesh {
    return new Mesh({ ...decodeObj(text), segid, encodingType: "precomputed" });
  }
  toObj(): Uint8Array<ArrayBuffer> {
    return encodeObj(this);
  }
  /** @throws MeshDecodeError. */
  static fromPly(bytes: Uint8Array, segid?: bigint | number): Mesh {
    return new Mesh({ ...decodePly(bytes), segid, encodingType: "precomputed" });
  }
  toPly(): Uint8Array<ArrayBuffer> {
    return encodePly(this);
  }
  /** Loads Draco the first time. @throws MeshDecodeError. */
  static async fromDraco(
    bytes: Uint8Array,
    segid?: bigint | number,
    options: DecodeOptions = {},
  ): Promise<Mesh> {
    const { vertices, faces } = await decodeDraco(bytes, options);
    return new Mesh({ vertices, faces, segid, encodingType: "draco" });
  }
  /** Loads Draco the first time. @throws EncodingError for a mesh without triangles. */
  async toDraco(options: DracoOptions = {}): Promise<Uint8Array> {
    return await encodeDraco(this, options);
  }

  #with(data: MeshData): Mesh {
    return new Mesh({ ...data, segid: this.segid, encodingType: this.encodingType });
  }

  /** @throws MeshDecodeError for a triangle that names a vertex which is not there. */
  validate(): void {
    checkIndices(this);
  }
}

function isPly(path: string): boolean {
  return /\.ply$/i.test(path);
}

function row(array: Float32Array | Uint32Array, i: number, what: string): [number, number, number] {
  const count = array.length / 3;
  if (!Number.isInteger(i) || i < 0 || i >= count)
    throw new ArgumentError(`There is no such ${what}`, { expected: `0 to ${count - 1}`, got: String(i) });
  return [array[3 * i]!, array[3 * i + 1]!, array[3 * i + 2]!];
}

function flat<A extends Float32Array | Uint32Array>(
  rows: Rows,
  type: new (values: ArrayLike<number>) => A,
  where: string,
): A {
  const array =
    rows instanceof type ? rows : new type(Array.isArray(rows) ? rows.flat() : (rows as ArrayLike<number>));
  if (array.length % 3 === 0) return array;
  throw new ArgumentError("Not rows of three numbers", { where, got: `${array.length} numbers` });
}
