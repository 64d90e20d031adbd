import { DecodingError } from "../../base/errors.js";
import type { Vec4 } from "../../base/strided.js";
import type { ChunkSpec } from "../codec.js";
import { checkImage } from "../image.js";
import { cutShort } from "./bits.js";
import { codestreamOf } from "./container.js";
import { type FrameHeader, readFrameHeader } from "./frame-header.js";
import { type ImageHeader, readImageHeader } from "./image-header.js";

/** A codestream whose headers, from the first to the last frame's, were read. */
export interface Codestream {
  readonly bytes: Uint8Array;
  readonly image: ImageHeader;
  readonly layout: Layout;
  /** All frames; only {@link shownFrames} are pictures of their own. */
  readonly frames: readonly FrameHeader[];
}

/** Frames beside each shown one: layers, sources of repeated patches, coarser versions. */
const MAX_HIDDEN = 16;
/** Pixels of all frames, in images. */
const MAX_IMAGES = 4;
/** What is always allowed: frames of patches may be larger than a tiny image. */
const FREE_PIXELS = 2 ** 16;

/**
 * How the pixels hold the chunk: its channels side by side, one frame for each (CloudVolume's three), or, as
 * CloudVolume's encoder takes chunks of three channels that are at most 4 voxels wide, the voxels along x side by
 * side and the channels below each other.
 */
export type Layout = "interleaved" | "frames" | "rows";

function layoutOf({ animated, channels, width, height }: ImageHeader, [x, y, z, c]: Vec4): Layout {
  if (animated && channels === 1 && c > 1) return "frames";
  const rows = c === 3 && channels === x && width === y * z && height === 3 && !animated;
  return rows && (x !== 3 || width !== x) ? "rows" : "interleaved";
}

/**
 * Reads the headers of a JPEG XL file and compares them with the chunk, before anything is decoded.
 * @throws DecodingError also for a file that ends early, or has more frames or pixels than the chunk can need.
 */
export function readCodestream(file: Uint8Array, spec: ChunkSpec): Codestream {
  const bytes = codestreamOf(file);
  const image = readImageHeader(bytes);
  const layout = layoutOf(image, spec.shape);
  const planes = layout === "frames" ? spec.shape[3] : 1;
  if (layout !== "rows") checkImage("jxl", image, image.channels * planes, spec);
  const bits = spec.dtype === "uint16" ? 16 : 8;
  if (image.bits !== bits)
    throw new DecodingError("A jxl image has another bit depth than the volume", {
      expected: `${bits} bits`,
      got: `${image.bits}`,
    });
  const frames = readFrames(bytes, image, planes);
  const shown = frames.filter(isShown).length;
  if (shown !== planes)
    throw new DecodingError("A jxl file has another number of frames than the chunk needs", {
      expected: `${planes}`,
      got: `${shown}`,
    });
  return { bytes, image, frames, layout };
}

/** Whether a frame is a picture, not just a part of the next one. */
export function isShown({ last, duration }: FrameHeader): boolean {
  return last || duration > 0;
}

function readFrames(bytes: Uint8Array, image: ImageHeader, planes: number): FrameHeader[] {
  const frames: FrameHeader[] = [];
  const most = planes * (1 + MAX_HIDDEN);
  let pixels = planes * (MAX_IMAGES * image.width * image.height + FREE_PIXELS);
  for (let at = image.end; ; ) {
    const frame = readFrameHeader(bytes, at, image);
    frames.push(frame);
    pixels -= Math.max(frame.width * frame.height, frame.shownWidth * frame.shownHeight);
    if (frames.length > most || pixels < 0)
      throw new DecodingError("A jxl file has more or larger frames than the chunk needs", {
        expected: `at most ${most} frames, ${MAX_IMAGES} times the pixels`,
        got: `${frames.length} frames or more`,
      });
    at = frame.sections + frame.length;
    if (at > bytes.length) throw cutShort(bytes.length);
    if (frame.last) return frames;
  }
}
