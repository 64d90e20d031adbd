/** The codec's functions by themselves; they work without a volume. */
export { decode, readVoxel } from "./decode.js";
export { type CrackleOptions, encode } from "./encode.js";
export { contains, labels } from "./labels.js";
export { remap } from "./remap.js";
