/**
 * zfpc (https://github.com/seung-lab/zfpc), a container of zfp streams: float32, float64, int32 and int64, exactly or
 * with a limit on size or error. Byte for byte what the zfpc package writes; unlike it, every type is read as it is.
 */
import { EncodingError } from "../../base/errors.js";
import type { Codec } from "../codec.js";
import { lazyCodec } from "../lazy.js";
import { checkZfpc } from "./check.js";

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
