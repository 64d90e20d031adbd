/** Meshes in Draco's format: see README.md. */
export { type DracoMesh, decodeDraco, isDraco } from "./decode.js";
export { type DracoOptions, encodeDraco, type Quantization } from "./encode.js";
