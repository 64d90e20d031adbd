/**
 * npz, an encoding of old layers: a .npy file (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html)
 * as a zlib stream (RFC 1950). Not NumPy's own .npz, which is a zip archive.
 */
import { type CloudVolumeError, EncodingError } from "../../base/errors.js";
import type { ChunkSpec, Codec } from "../codec.js";
import { lazyCodec } from "../lazy.js";

/** Holds every data type and any number of channels. */
export const npz: Codec = lazyCodec(
  {
    name: "npz",
    contentType: "application/octet-stream",
    gzipByDefault: false,
    check() {},
  },
  async () => {
    const [{ decodeNpz }, { encodeNpz }] = await Promise.all([import("./decode.js"), import("./encode.js")]);
    return { decode: decodeNpz, encode: encodeNpz };
  },
);

/**
 * Floats from 0 to 1, stored as npz of uint8: times 255, cut to whole numbers, modulo 256. As in CloudVolume this
 * is written only: what comes back are no floats, so they are read as uint8 with the encoding npz.
 */
export const npzUint8: Codec = lazyCodec(
  {
    name: "npz_uint8",
    contentType: "application/octet-stream",
    gzipByDefault: false,
    check: (spec) => checkFloats(spec, EncodingError),
  },
  async () => {
    const [{ refuseDecode }, { encodeNpzUint8 }] = await Promise.all([
      import("./decode.js"),
      import("./encode.js"),
    ]);
    return {
      decode: refuseDecode,
      encode(workspace, source, spec) {
        checkFloats(spec, EncodingError);
        return encodeNpzUint8(workspace, source, spec);
      },
    };
  },
);

function checkFloats(
  { dtype }: ChunkSpec,
  Failed: new (what: string, facts?: object) => CloudVolumeError,
): void {
  if (dtype !== "float32" && dtype !== "float64")
    throw new Failed("npz_uint8 takes float32 and float64 only", { got: dtype, fix: "Use npz." });
}
