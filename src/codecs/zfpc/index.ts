/**
 * zfpc (https://github.com/seung-lab/zfpc), a container of zfp streams: float32, float64, int32 and int64, exactly or
 * with a limit on size or error. Byte for byte what the zfpc package writes; unlike it, every type is read as it is.
 */
import { EncodingError } from "../../base/errors.js";
import type { StridedArray } from "../../base/strided.js";
import type { Codec } from "../codec.js";
import { lazyCodec } from "../lazy.js";
import { checkZfpc } from "./check.js";
import type { ZfpMode } from "./mode.js";

export type { ZfpMode } from "./mode.js";

/**
 * One of `zfpc_rate` (bits a voxel), `zfpc_precision` (bit planes) and `zfpc_tolerance` (absolute error) may be set
 * (-1: not set); none is lossless. `zfpc_correlated_dims` tells along which of x, y, z, channel voxels resemble each
 * other, all unless told.
 */
export const zfpc: Codec = lazyCodec(
  {
    name: "zfpc",
    contentType: "image/x.zfpc",
    gzipByDefault: false,
    check: (spec) => checkZfpc(spec, EncodingError),
  },
  async () => (await import("./stream.js")).zfpc,
);

/**
 * Decodes a bare zfp stream with its header, as zfpy writes them (zfp 0.5 to 1.0, codec version 5). The array is in C
 * order with the stream's last axis first, owns its memory, and has the stream's own type.
 * @throws DecodingError.
 */
export async function decodeZfpStream(bytes: Uint8Array): Promise<StridedArray> {
  return (await import("./bare.js")).decodeBare(bytes);
}

/**
 * Encodes an array of 1 to 4 axes and any strides as a zfp stream, byte for byte as `zfpy.compress_numpy`; exactly
 * unless a mode is given. @throws EncodingError for other types, several modes, or a mode that zfp lacks.
 */
export async function encodeZfpStream(array: StridedArray, mode: ZfpMode = {}): Promise<Uint8Array> {
  return (await import("./bare.js")).encodeBare(array, mode);
}
