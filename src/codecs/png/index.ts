/**
 * PNG (https://www.w3.org/TR/png-3/): uint8 and uint16 of 1 to 4 channels, as gray, gray + alpha, RGB, RGBA.
 * Channels lie side by side in the file and apart in the volume (CloudVolume 12 mixes them up when reading).
 */
import { type CloudVolumeError, DecodingError, EncodingError } from "../../base/errors.js";
import type { ChunkSpec, Codec } from "../codec.js";
import { decodePng } from "./decode.js";
import type { encodePng } from "./encode.js";

let encoder: typeof encodePng | undefined;

/** `png_level` 0 to 9 is the level of deflate, 9 unless told. */
export const png: Codec = {
  name: "png",
  contentType: "image/png",
  gzipByDefault: false,
  check(spec) {
    checkSpec(spec, EncodingError);
  },
  async load(use) {
    if (use !== "decode") encoder ??= (await import("./encode.js")).encodePng;
  },
  decode(workspace, source, spec, target) {
    checkSpec(spec, DecodingError);
    decodePng(workspace, source, spec, target);
  },
  encode(workspace, source, spec) {
    checkSpec(spec, EncodingError);
    if (encoder === undefined)
      throw new EncodingError("The png codec is not loaded for writing", { fix: "Await its load() first." });
    return encoder(workspace, source, spec);
  },
};

function checkSpec(
  { dtype, shape }: ChunkSpec,
  Failed: new (what: string, facts?: object) => CloudVolumeError,
): void {
  if (dtype !== "uint8" && dtype !== "uint16")
    throw new Failed("png holds uint8 and uint16 only", { got: dtype, fix: "Use raw." });
  const channels = shape[3];
  if (channels < 1 || channels > 4)
    throw new Failed("png holds 1 to 4 channels", { got: `${channels}`, fix: "Use raw." });
}
