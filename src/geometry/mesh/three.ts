/** The way into three.js, whose attributes take a mesh's arrays as they are: nothing is copied. */
import type { MeshData } from "./data.js";

/** What is used of the module `three`. */
export interface ThreeModule<Geometry extends ThreeGeometry, Attribute> {
  readonly BufferGeometry: new () => Geometry;
  readonly BufferAttribute: new (array: Float32Array | Uint32Array, itemSize: number) => Attribute;
}

export interface ThreeGeometry {
  setAttribute(name: string, attribute: never): unknown;
  setIndex(index: never): unknown;
  computeVertexNormals(): void;
}

/**
 * A `BufferGeometry` on the mesh's own arrays. Normals are those of the mesh, else three.js computes them.
 *
 * ```ts no-run
 * import * as THREE from "three";
 * scene.add(new THREE.Mesh(mesh.toBufferGeometry(THREE), new THREE.MeshStandardMaterial()));
 * ```
 */
export function bufferGeometry<Geometry extends ThreeGeometry, Attribute>(
  { vertices, faces, normals }: MeshData,
  three: ThreeModule<Geometry, Attribute>,
): Geometry {
  const geometry = new three.BufferGeometry();
  const attribute = (array: Float32Array | Uint32Array, size: number): never =>
    new three.BufferAttribute(array, size) as never;
  geometry.setAttribute("position", attribute(vertices, 3));
  geometry.setIndex(attribute(faces, 1));
  if (normals !== undefined && normals.length === vertices.length && vertices.length > 0)
    geometry.setAttribute("normal", attribute(normals, 3));
  else geometry.computeVertexNormals();
  return geometry;
}
