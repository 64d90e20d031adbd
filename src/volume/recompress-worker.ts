/** A chunk of one encoding as one of another without loss, by a worker or on the calling thread. */
import { owned } from "../base/owned.js";
import { product, type Vec3 } from "../base/strided.js";
import type { Expected } from "../codecs/jxl/jpeg/index.js";
import { type ScaleLayout, storedShapes } from "./layout.js";

export interface RecompressJob {
  readonly bytes: Uint8Array;
  readonly to: "jpeg" | "jxl";
  readonly expected: Expected;
}

export interface Recompressed {
  /** Undefined: the chunk is none that can be turned so. */
  readonly bytes: Uint8Array | undefined;
  readonly transfer: readonly ArrayBuffer[];
}

/** The images that a destination takes for a chunk of this shape. */
export function expectedImages(to: ScaleLayout, shape: Vec3): Expected {
  return { pixels: storedShapes(to, shape).map(product), channels: to.channels };
}

/** @throws DecodingError for a damaged chunk. */
export async function recompress({ bytes, to, expected }: RecompressJob): Promise<Recompressed> {
  const { recompressJpeg, restoreJpeg } = await import("../codecs/jxl/jpeg/index.js");
  const turn = to === "jxl" ? recompressJpeg : restoreJpeg;
  const turned = turn(bytes, expected);
  if (turned === undefined) return { bytes: undefined, transfer: [] };
  const own = owned(turned);
  return { bytes: own, transfer: [own.buffer] };
}
