/** Meshes in Wavefront's OBJ format: see README.md. */
export { decodeObj } from "./decode.js";
export { encodeObj } from "./encode.js";
