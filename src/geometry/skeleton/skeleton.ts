/** A stick figure: vertices, edges between them, and values for each vertex. */
import type { BboxLike } from "../../base/bbox.js";
import { type DataType, dataTypeOf, type TypedArray } from "../../base/dtype.js";
import { ArgumentError } from "../../base/errors.js";
import type { ViewedObject, Viewer, ViewerOptions } from "../viewer/view.node.js";
import { chunkSkeleton } from "./chunk.js";
import { componentsOf } from "./components.js";
import { type ConsolidateOptions, consolidate, removeDisconnectedVertices } from "./consolidate.js";
import { crop } from "./crop.js";
import { type DecodeSkeletonOptions, decodeSkeleton } from "./decode.js";
import { downsample } from "./downsample.js";
import { encodeSkeleton } from "./encode.js";
import { areEqual, areEquivalent } from "./equivalent.js";
import { branches, cableLength, terminals } from "./measure.js";
import { simpleMerge } from "./merge.js";
import {
  blankAttribute,
  checkLengths,
  DEFAULT_ATTRIBUTES,
  IDENTITY,
  pickVertices,
  type SkeletonParts,
  type VertexAttribute,
} from "./parts.js";
import { jointPaths, rootPaths } from "./paths.js";
import { averageSmoothing, type SmoothOptions } from "./smooth.js";
import { readSwc } from "./swc-read.js";
import { type SwcOptions, writeSwc } from "./swc-write.js";
import { toPhysicalSpace, toVoxelSpace } from "./transform.js";

export interface SkeletonOptions {
  readonly id?: number | bigint | undefined;
  /** x, y, z after one another, or a list of points. */
  readonly vertices?: Float32Array | readonly (readonly number[])[] | undefined;
  /** Pairs of vertex numbers after one another, or a list of pairs. */
  readonly edges?: Uint32Array | readonly (readonly number[])[] | undefined;
  /** Sets the attribute `radius`. Default -1: unknown. */
  readonly radii?: Float32Array | readonly number[] | undefined;
  /** Sets the attribute `vertex_types` (SWC's). Default 0. */
  readonly vertexTypes?: Uint8Array | readonly number[] | undefined;
  /** All attributes, in the order in which they are stored. Default: radius and vertex_types. */
  readonly attributes?: readonly VertexAttribute[] | undefined;
  /** Default "voxel". */
  readonly space?: string | undefined;
  /** 12 numbers in rows of 4, voxel to physical. Default: the identity. */
  readonly transform?: ArrayLike<number> | readonly (readonly number[])[] | undefined;
}

/** Steps along a skeleton: as vertex numbers, or as their coordinates. */
export interface Path {
  readonly indices: Uint32Array;
  /** x, y, z of each. */
  readonly vertices: Float32Array;
}

export class Skeleton implements SkeletonParts {
  id: bigint | undefined;
  space: string;
  vertices: Float32Array;
  edges: Uint32Array;
  attributes: readonly VertexAttribute[];
  transform: Float32Array;

  /** Arrays are kept, not copied. @throws ArgumentError for lengths that do not fit. */
  constructor(options: SkeletonOptions | SkeletonParts = {}) {
    const { id, vertices, edges, space = "voxel", transform = IDENTITY } = options;
    this.id = id === undefined ? undefined : BigInt(id);
    this.space = space;
    this.vertices = vertices instanceof Float32Array ? vertices : Float32Array.from((vertices ?? []).flat());
    this.edges = edges instanceof Uint32Array ? edges : Uint32Array.from((edges ?? []).flat());
    this.transform = Float32Array.from(Array.from(transform as ArrayLike<number>).flat());
    const count = this.vertices.length / 3;
    this.attributes = options.attributes ?? DEFAULT_ATTRIBUTES.map((spec) => blankAttribute(spec, count));
    const { radii, vertexTypes } = options as SkeletonOptions;
    if (radii !== undefined) this.radii = Float32Array.from(radii);
    if (vertexTypes !== undefined) this.vertexTypes = Uint8Array.from(vertexTypes);
    checkLengths(this);
  }

  /** The precomputed encoding, read. @throws SkeletonDecodeError. */
  static fromPrecomputed(
    bytes: Uint8Array,
    {
      id,
      ...options
    }: Omit<DecodeSkeletonOptions, "id"> & { readonly id?: number | bigint | undefined } = {},
  ): Skeleton {
    return new Skeleton(decodeSkeleton(bytes, { ...options, id: id === undefined ? undefined : BigInt(id) }));
  }

  /** @throws SkeletonDecodeError. */
  static fromSwc(text: string): Skeleton {
    return new Skeleton(readSwc(text));
  }

  /** Points one after another, joined by edges. */
  static fromPath(vertices: Float32Array | readonly (readonly number[])[]): Skeleton {
    const count = vertices instanceof Float32Array ? vertices.length / 3 : vertices.length;
    const edges = Array.from({ length: Math.max(0, count - 1) }, (_, i) => [i, i + 1]);
    return new Skeleton({ vertices, edges });
  }

  /**
   * Skeletons beside each other, without edges between them. Id, space and transform are the first one's.
   * @throws SkeletonAttributeMixingError unless all have the same attributes in the same order.
   */
  static simpleMerge(skeletons: readonly SkeletonParts[]): Skeleton {
    const merged = simpleMerge(skeletons);
    return merged === undefined ? new Skeleton() : new Skeleton(merged);
  }

  /** Whether two skeletons are the same in form, whatever the order of vertices and edges. */
  static equivalent(a: SkeletonParts, b: SkeletonParts): boolean {
    return areEquivalent(a, b);
  }

  /** Whether id, vertices, edges and attributes are equal, in order. */
  equals(other: SkeletonParts): boolean {
    return areEqual(this, other);
  }

  /** Whether there are no vertices. */
  empty(): boolean {
    return this.vertices.length === 0;
  }

  get numVertices(): number {
    return this.vertices.length / 3;
  }
  get numEdges(): number {
    return this.edges.length / 2;
  }

  // ---- attributes ----
  /** An attribute's values; undefined if there is none of that name. */
  attribute(id: string): TypedArray | undefined {
    return this.attributes.find((a) => a.id === id)?.data;
  }

  /** Adds an attribute, or replaces it in its place. @throws ArgumentError unless there are values for every vertex. */
  setAttribute(id: string, data: TypedArray, options: { readonly dataType?: DataType } = {}): void {
    const numComponents = this.numVertices === 0 ? 1 : data.length / this.numVertices;
    if (!Number.isInteger(numComponents) || (numComponents === 0 && this.numVertices > 0))
      throw new ArgumentError("An attribute has values for every vertex", {
        where: id,
        expected: `a multiple of ${this.numVertices} values`,
        got: String(data.length),
      });
    const made = { id, dataType: options.dataType ?? dataTypeOf(data), numComponents, data };
    const known = this.attributes.some((a) => a.id === id);
    this.attributes = known
      ? this.attributes.map((a) => (a.id === id ? made : a))
      : [...this.attributes, made];
  }

  /** The distance to the surface, if there is an attribute `radius`. */
  get radii(): Float32Array | undefined {
    const data = this.attribute("radius");
    return data instanceof Float32Array ? data : undefined;
  }
  set radii(data: Float32Array) {
    this.setAttribute("radius", data);
  }

  /** SWC's types of vertices, if there is an attribute `vertex_types`. */
  get vertexTypes(): Uint8Array | undefined {
    const data = this.attribute("vertex_types");
    return data instanceof Uint8Array ? data : undefined;
  }
  set vertexTypes(data: Uint8Array) {
    this.setAttribute("vertex_types", data);
  }

  // ---- files ----
  /** The precomputed encoding: vertices as they are, whatever their space. @throws SkeletonEncodeError. */
  toPrecomputed(): Uint8Array {
    return encodeSkeleton(this);
  }

  /** SWC text, but for the date byte for byte as osteoid writes it. */
  toSwc(options: SwcOptions = {}): string {
    return writeSwc(this, options);
  }

  // ---- new skeletons; this one stays as it is ----
  clone(): Skeleton {
    return new Skeleton({
      ...this,
      vertices: this.vertices.slice(),
      edges: this.edges.slice(),
      attributes: this.attributes.map((a) => ({ ...a, data: a.data.slice() })),
    });
  }

  /** In physical coordinates. @throws SkeletonTransformError if the space is neither voxel nor physical. */
  physicalSpace(): Skeleton {
    return this.#copy(toPhysicalSpace(this));
  }

  /** In voxel coordinates. @throws SkeletonTransformError, also for a transform without an inverse. */
  voxelSpace(): Skeleton {
    return this.#copy(toVoxelSpace(this));
  }

  /** Equal vertices and edges merged, loops dropped, vertices sorted. */
  consolidate(options: ConsolidateOptions = {}): Skeleton {
    return this.#copy(consolidate(this, options));
  }

  removeDisconnectedVertices(): Skeleton {
    return this.#copy(removeDisconnectedVertices(this));
  }

  /** What lies within a box of this skeleton's space, faces included; consolidated. */
  crop(bbox: BboxLike): Skeleton {
    return this.#copy(crop(this, bbox));
  }

  /** Both as one, consolidated. @throws SkeletonAttributeMixingError. */
  merge(other: SkeletonParts): Skeleton {
    return Skeleton.simpleMerge([this, other]).consolidate();
  }

  /** Every `factor`-th vertex; ends and branch points stay. @throws ArgumentError unless it is an integer from 1. */
  downsample(factor: number): Skeleton {
    return this.#copy(downsample(this, factor));
  }

  /** A moving average over `n` vertices; ends and branch points stay. @throws ArgumentError if it leaves the radius. */
  averageSmoothing(n: number, options: SmoothOptions = {}): Skeleton {
    return this.#copy(averageSmoothing(this, n, options));
  }

  components(): Skeleton[] {
    return componentsOf(this).map(({ parts }) => this.#copy(parts));
  }

  /** Cut at the planes of a grid. @throws ArgumentError unless the chunk size is three numbers above 0. */
  chunk(
    chunkSize: readonly number[],
    origin?: readonly number[],
  ): { readonly cell: readonly [number, number, number]; readonly skeleton: Skeleton }[] {
    return chunkSkeleton(this, chunkSize, origin).map(({ cell, parts }) => ({
      cell,
      skeleton: new Skeleton(parts),
    }));
  }

  // ---- what it is like ----
  /** Shows it in the browser, on a page of this machine alone; `close()` of the result ends that. In Node. */
  async viewer(options: ViewerOptions = {}): Promise<Viewer> {
    const { viewObjects } = await import("../viewer/view.node.js");
    return await viewObjects([viewedSkeleton(this)], options);
  }

  /** The length of all edges in physical space. */
  cableLength(): number {
    return cableLength(this);
  }
  /** The vertices with one edge, ascending. */
  terminals(): Uint32Array {
    return terminals(this);
  }
  /** The vertices with three edges or more, ascending. */
  branches(): Uint32Array {
    return branches(this);
  }
  /** The ways from every end to the root of its component: the vertex most steps away from its first one. */
  paths(): Path[] {
    return this.#paths(rootPaths(this));
  }
  /** The ways between neighbouring ends and branch points. */
  interjointPaths(): Path[] {
    return this.#paths(jointPaths(this));
  }

  toString(): string {
    const { id, numVertices, numEdges, space } = this;
    const attributes = this.attributes.map((a) => `${a.id}: ${a.dataType} x ${a.numComponents}`).join(", ");
    return `Skeleton(${id ?? "without id"}, ${numVertices} vertices, ${numEdges} edges, ${attributes}, ${space})`;
  }

  #paths(paths: readonly Uint32Array[]): Path[] {
    return paths.map((indices) => ({ indices, vertices: pickVertices(this.vertices, indices) }));
  }

  /** A skeleton of its own, even where nothing changed. */
  #copy(parts: SkeletonParts): Skeleton {
    const made = new Skeleton(parts);
    if (made.vertices === this.vertices) made.vertices = made.vertices.slice();
    if (made.edges === this.edges) made.edges = made.edges.slice();
    made.attributes = made.attributes.map((a) =>
      this.attributes.some((own) => own.data === a.data) ? { ...a, data: a.data.slice() } : a,
    );
    return made;
  }
}

/** What the viewer draws of a skeleton. */
export function viewedSkeleton({
  id,
  vertices,
  edges,
}: Pick<SkeletonParts, "id" | "vertices" | "edges">): ViewedObject {
  return { name: id === undefined ? "skeleton" : String(id), kind: "skeleton", vertices, indices: edges };
}
