/**
 * JPEG: uint8 of 1 (gray) or 3 (RGB) channels. Files are byte for byte those of libjpeg-turbo, and so of
 * CloudVolume's simplejpeg; Precomputed: https://github.com/google/neuroglancer, volume.md, "jpeg encoding".
 */
import { type CloudVolumeError, DecodingError, EncodingError } from "../../base/errors.js";
import { placeDense } from "../../base/place.js";
import type { Region, Workspace } from "../../base/workspace.js";
import type { ChunkSpec, Codec, CodecUse, Placement } from "../codec.js";
import { checkImage, chunkImage, levelOf, passes, placePixels, toPixels, toPlanes } from "../image.js";
import { withBaseline } from "./baseline.js";
import type { encodeBaseline } from "./encode.js";
import type { JpegEngine, WantedBlocks } from "./engine.js";
import { type JpegHeader, readJpegHeader } from "./header.js";
import { loadTurbo } from "./turbo.js";

export { withBaseline } from "./baseline.js";
export type { JpegEngine, JpegImage } from "./engine.js";
export type { JpegHeader } from "./header.js";
export { loadTurbo } from "./turbo.js";

/** libjpeg's own limit; the format's is 65535. */
const MAX_SIDE = 65500;

/** Encodes planes of samples, one behind the other and 7 readable bytes behind the last. */
export type JpegEncoder = typeof encodeBaseline;

/**
 * The codec over a JPEG implementation of choice, which also encodes unless there is an encoder for planes. `jpeg_quality` 0 to
 * 100, 85 unless told.
 */
export function jpegCodec(
  loadEngine: () => Promise<JpegEngine>,
  loadEncoder?: () => Promise<JpegEncoder>,
): Codec {
  const [engine, encoder] = [loadedOnce(loadEngine), loadedOnce(loadEncoder)];
  return {
    name: "jpeg",
    contentType: "image/jpeg",
    gzipByDefault: false,
    check(spec) {
      checkSpec(spec, EncodingError);
    },
    async load(use?: CodecUse) {
      const engineToo = use !== "encode" || loadEncoder === undefined;
      await Promise.all([engineToo && engine.load(), use !== "decode" && encoder.load()]);
    },
    decode(ws, source, spec, target) {
      checkSpec(spec, DecodingError);
      const header = checkedHeader(ws, source, spec);
      const loaded = ready(engine.loaded(), DecodingError);
      const planes = loaded.decodePlanes?.(ws, source, header, wantedBlocks(header, spec, target));
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
      const components = spec.shape[3] === 1 ? 1 : 3;
      const image = { ...size, components, quality } as const;
      if (loadEncoder !== undefined) {
        const encodePlanes = ready(encoder.loaded(), EncodingError);
        return encodePlanes(ws, toPlanes(source, spec), image);
      }
      const { ptr, length } = toPixels(ws, source, spec);
      return ready(engine.loaded(), EncodingError).encode(ws.bytes().subarray(ptr, ptr + length), image);
    },
  };
}

export const jpeg: Codec = jpegCodec(
  async () => withBaseline(await loadTurbo()),
  async () => (await import("./encode.js")).encodeBaseline,
);

/** What is loaded at the first wish; after a failure anew. */
function loadedOnce<T>(load?: () => Promise<T>): { load(): Promise<void>; loaded(): T | undefined } {
  let loading: Promise<void> | undefined;
  let value: T | undefined;
  return {
    async load() {
      loading ??= load?.().then(
        (loaded) => {
          value = loaded;
        },
        (error: unknown) => {
          loading = undefined;
          throw error;
        },
      );
      await loading;
    },
    loaded: () => value,
  };
}

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

/** The blocks in which a part of a chunk lies; all of them in images that are not as wide as the chunk. */
function wantedBlocks(
  { width, height }: JpegHeader,
  { shape: [sx, sy] }: ChunkSpec,
  { from: [x, y, z], size: [nx, ny, nz] }: Placement,
): WantedBlocks {
  const rows = new Uint8Array(Math.ceil(height / 8));
  if (width !== sx) return { rows: rows.fill(1), left: 0, right: Math.ceil(width / 8) };
  for (let slice = z; slice < z + nz; slice++) {
    const top = y + sy * slice;
    rows.fill(1, top >> 3, ((top + ny - 1) >> 3) + 1);
  }
  return { rows, left: x >> 3, right: ((x + nx - 1) >> 3) + 1 };
}

function ready<T>(loaded: T | undefined, Failed: Failure): T {
  if (loaded === undefined)
    throw new Failed("The jpeg codec is not loaded", { fix: "Await its load() first." });
  return loaded;
}
