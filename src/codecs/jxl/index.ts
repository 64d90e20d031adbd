/**
 * JPEG XL (ISO/IEC 18181): uint8 and uint16 of 1, 3 and 4 channels, as gray, RGB and RGBA, lossy and lossless.
 * Precomputed: https://github.com/google/neuroglancer, volume.md, "jxl encoding".
 */
import { type CloudVolumeError, DecodingError, EncodingError } from "../../base/errors.js";
import type { ChunkSpec, Codec } from "../codec.js";
import type { JxlDecoder, JxlEncoder } from "./engine.js";

export type { Codestream } from "./codestream.js";
export type { JxlDecoder, JxlEncoder, JxlImage, JxlSettings } from "./engine.js";

export interface JxlParts {
  /** Default: libjxl. */
  readonly loadDecoder?: () => Promise<JxlDecoder>;
  /** Default: libjxl, in wasm-vips. */
  readonly loadEncoder?: () => Promise<JxlEncoder>;
}

/**
 * The codec over implementations of choice. `jxl_quality` 85 unless told, 100 or more is lossless; `jxl_effort` 1 to
 * 9, 5 unless told; `jxl_decodingspeed` 0 to 4, 0 unless told. `load("decode")` spares the encoder, which is heavy.
 */
export function jxlCodec({ loadDecoder, loadEncoder }: JxlParts = {}): Codec {
  const chunks = once(() => import("./chunks.js"));
  const decoder = once(loadDecoder ?? (async () => (await import("./libjxl.js")).loadLibjxl()));
  const encoder = once(loadEncoder ?? (async () => (await import("./vips.js")).loadVips()));
  return {
    name: "jxl",
    contentType: "image/jxl",
    gzipByDefault: false,
    check(spec) {
      checkSpec(spec, EncodingError);
    },
    async load(use) {
      if (encoder.loaded?.broken) encoder.drop();
      await Promise.all([
        chunks.load(),
        use === "encode" ? undefined : decoder.load(),
        use === "decode" ? undefined : encoder.load(),
      ]);
    },
    decode(workspace, source, spec, target) {
      checkSpec(spec, DecodingError);
      const engine = ready(decoder.loaded, DecodingError);
      ready(chunks.loaded, DecodingError).decodeJxl(workspace, source, spec, target, engine);
    },
    fits(workspace, source, spec) {
      return chunks.loaded?.fitsJxl(workspace, source, spec) ?? false;
    },
    encode(workspace, source, spec) {
      checkSpec(spec, EncodingError);
      const engine = ready(encoder.loaded, EncodingError);
      return ready(chunks.loaded, EncodingError).encodeJxl(workspace, source, spec, engine);
    },
  };
}

export const jxl: Codec = jxlCodec();

type Failure = new (what: string, facts?: object) => CloudVolumeError;

function checkSpec({ dtype, shape }: ChunkSpec, Failed: Failure): void {
  if (dtype !== "uint8" && dtype !== "uint16")
    throw new Failed("jxl holds uint8 and uint16 only", { got: dtype, fix: "Use raw." });
  if (![1, 3, 4].includes(shape[3]))
    throw new Failed("jxl holds 1, 3 or 4 channels", { got: `${shape[3]}`, fix: "Use raw or png." });
}

function ready<Part>(part: Part | undefined, Failed: Failure): Part {
  if (part === undefined) throw new Failed("The jxl codec is not loaded", { fix: "Await its load() first." });
  return part;
}

interface Once<Part> {
  readonly loaded: Part | undefined;
  load(): Promise<void>;
  drop(): void;
}

/** What is loaded at most once; a failed load is tried again. */
function once<Part>(bring: () => Promise<Part>): Once<Part> {
  let loading: Promise<void> | undefined;
  let loaded: Part | undefined;
  return {
    get loaded() {
      return loaded;
    },
    load() {
      loading ??= bring().then(
        (part) => {
          loaded = part;
        },
        (error: unknown) => {
          loading = undefined;
          throw error;
        },
      );
      return loading;
    },
    drop() {
      loading = undefined;
      loaded = undefined;
    },
  };
}
