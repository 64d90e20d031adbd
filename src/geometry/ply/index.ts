/** Meshes in the PLY format: see README.md. */
export { decodePly } from "./decode.js";
export { encodePly } from "./encode.js";
