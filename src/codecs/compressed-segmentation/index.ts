/**
 * Labels in blocks, each with a table of its labels and packed indices into it
 * (https://github.com/google/neuroglancer/tree/master/src/sliceview/compressed_segmentation).
 */
import { EncodingError } from "../../base/errors.js";
import type { Codec } from "../codec.js";
import { decode, readVoxel } from "./decode.js";
import { encode } from "./encode.js";
import { contains, labels, remap } from "./labels.js";
import { checkedBlock, fits } from "./layout.js";

export { readVoxel } from "./decode.js";
export { contains, labels, remap } from "./labels.js";

/** uint32 and uint64, any block size up to 2^24 voxels, any number of channels. */
export const compressedSegmentation: Codec = {
  name: "compressed_segmentation",
  contentType: "image/x.compressed_segmentation",
  gzipByDefault: true,
  check(spec) {
    checkedBlock(spec, EncodingError);
  },
  decode,
  fits,
  encode,
  labels,
  contains,
  readVoxel,
  remap,
};
