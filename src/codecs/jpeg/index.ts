/**
 * JPEG: uint8 of 1 (gray) or 3 (RGB) channels. Files are byte for byte those of libjpeg-turbo, and so of
 * CloudVolume's simplejpeg; Precomputed: https://github.com/google/neuroglancer, volume.md, "jpeg encoding".
 */
import { type CloudVolumeError, DecodingError, EncodingError } from "../../base/errors.js";
import { placeDense } from "../../base/place.js";
import type { Region, Workspace } from "../../base/workspace.js";
import type { ChunkSpec, Codec } from "../codec.js";
import { checkImage, chunkImage, levelOf, passes, placePixels, toPixels } from "../image.js";
import { withBaseline } from "./baseline.js";
import type { JpegEngine } from "./engine.js";
import { type JpegHeader, readJpegHeader } from "./header.js";
import { loadTurbo } from "./turbo.js";

export { withBaseline } from "./baseline.js";
export type { JpegEngine, JpegImage } from "./engine.js";
export type { JpegHeader } from "./header.js";
export { loadTurbo } from "./turbo.js";

/** libjpeg's own limit; the format's is 65535. */
const MAX_SIDE = 65500;

/** The codec over a JPEG implementation of choice. `jpeg_quality` 0 to 100, 85 unless told. */
export function jpegCodec(loadEngine: () => Promise<JpegEngine>): Codec {
  let loading: Promise<void> | undefined;
  let engine: JpegEngine | undefined;
  return {
    name: "jpeg",
    contentType: "image/jpeg",
    gzipByDefault: false,
    check(spec) {
      checkSpec(spec, EncodingError);
    },
    load() {
      loading ??= loadEngine().then(
        (loaded) => {
          engine = loaded;
        },
        (error: unknown) => {
          loading = undefined;
          throw error;
        },
      );
      return loading;
    },
    decode(ws, source, spec, target) {
      checkSpec(spec, DecodingError);
      const header = checkedHeader(ws, source, spec);
      const loaded = ready(engine, DecodingError);
      const planes = loaded.decodePlanes?.(ws, source, header);
      if (planes !== undefined) return placeDense(ws, planes, spec.shape, 1, target);
      const pixels = loaded.decode(ws.bytes().subarray(source.ptr, source.ptr + source.length), header);
      const region: Region = ws.scratch("image.pixels", pixels.length);
      ws.bytes().set(pixels, region.ptr);
      placePixels(ws, region, spec, target);
    },
    fits: (ws, source, spec) => passes(() => checkedHeader(ws, source, spec)),
    encode(ws, source, spec) {
      checkSpec(spec, EncodingError);
      const quality = levelOf(spec, "jpeg_quality", [0, 100], 85);
      const size = chunkImage(spec.shape, MAX_SIDE);
      const { ptr, length } = toPixels(ws, source, spec);
      const pixels = ws.bytes().subarray(ptr, ptr + length);
      const components = spec.shape[3] === 1 ? 1 : 3;
      return ready(engine, EncodingError).encode(pixels, { ...size, components, quality });
    },
  };
}

export const jpeg: Codec = jpegCodec(async () => withBaseline(await loadTurbo()));

type Failure = new (what: string, facts?: object) => CloudVolumeError;

function checkSpec({ dtype, shape }: ChunkSpec, Failed: Failure): void {
  if (dtype !== "uint8") throw new Failed("jpeg holds uint8 only", { got: dtype, fix: "Use raw or png." });
  if (shape[3] !== 1 && shape[3] !== 3)
    throw new Failed("jpeg holds 1 or 3 channels", { got: `${shape[3]}`, fix: "Use raw or png." });
}

/** @throws DecodingError for an image of another size. */
function checkedHeader(ws: Workspace, { ptr, length }: Region, spec: ChunkSpec): JpegHeader {
  const header = readJpegHeader(ws.bytes().subarray(ptr, ptr + length));
  checkImage("jpeg", header, header.components, spec);
  return header;
}

function ready(engine: JpegEngine | undefined, Failed: Failure): JpegEngine {
  if (engine === undefined)
    throw new Failed("The jpeg codec is not loaded", { fix: "Await its load() first." });
  return engine;
}
