/** What every form of a mesh has: flat arrays, as WebGL takes them. */
export interface MeshData {
  /** x, y, z of vertex 0, of vertex 1, … */
  readonly vertices: Float32Array;
  /** The three vertices of triangle 0, of triangle 1, … */
  readonly faces: Uint32Array;
  /** x, y, z of each vertex's normal; empty where there are none. */
  readonly normals?: Float32Array;
}

/** Coordinates before they are rounded to float32. */
export type Coordinates = Float32Array | Float64Array;
