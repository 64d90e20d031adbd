/**
 * fpzip (https://github.com/LLNL/fpzip): float32 and float64, lossless or with fewer bits a voxel; and kempressed,
 * CloudVolume's use of it. Streams are byte for byte those of the fpzip package that CloudVolume writes with.
 */
import { EncodingError } from "../../base/errors.js";
import type { Codec } from "../codec.js";
import { lazyCodec } from "../lazy.js";
import { checkFloats } from "./check.js";

/** `fpzip_precision` is the number of bits kept: 0 (all), 2 to 32, or even 4 to 64 for float64. 0 unless told. */
export const fpzip: Codec = lazyCodec(
  {
    name: "fpzip",
    contentType: "image/x.fpzip",
    gzipByDefault: false,
    check: (spec) => checkFloats("fpzip", spec, EncodingError),
  },
  async () => (await import("./stream.js")).fpzip,
);

/**
 * Voxels plus 2, coded with channels as the third axis and slices as the fourth. Adding and taking away 2 rounds:
 * small float32 voxels come back within about 2.4e-7.
 */
export const kempressed: Codec = lazyCodec(
  {
    name: "kempressed",
    contentType: "image/x.kempressed",
    gzipByDefault: false,
    check: (spec) => checkFloats("kempressed", spec, EncodingError),
  },
  async () => (await import("./stream.js")).kempressed,
);
