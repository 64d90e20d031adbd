// The block codecs and shuffles of Blosc 1. Each function reads and writes only the regions that it is given.
export { lz4Decode } from "./lz4-decode";
export { lz4Blocks } from "./lz4-blocks";
export { lz4Encode, lz4TableSize } from "./lz4-encode";
export { blosclzDecode } from "./blosclz";
export { shuffle, unshuffle } from "./shuffle";
export { bitShuffle, bitUnshuffle } from "./bits";
