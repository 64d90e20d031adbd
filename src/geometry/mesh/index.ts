/** Triangle meshes as values: see README.md. */
export { concatenate } from "./concatenate.js";
export { consolidate } from "./consolidate.js";
export type { Coordinates, MeshData } from "./data.js";
export { type BoundaryOptions, onChunkBoundary } from "./deduplicate.js";
export { Mesh, type MeshEncoding, type MeshInit, type Rows } from "./mesh.js";
export { decodeFragment, encodeFragment } from "./precomputed.js";
export type { ThreeGeometry, ThreeModule } from "./three.js";
export { type Affine, IDENTITY, invert, isIdentity, transformPoints } from "./transform.js";
