import type { Region, Workspace } from "../../base/workspace.js";
import type { JpegHeader } from "./header.js";

/** What decodes and encodes JPEG for the codec. Synchronous; a failing call leaves it usable. */
export interface JpegEngine {
  /**
   * Pixels of a file whose header was read before: rows from the top, `components` bytes a pixel (gray or RGB).
   * @throws on anything libjpeg warns of: data cut short or corrupt is never filled up.
   */
  decode(jpeg: Uint8Array, header: JpegHeader): Uint8Array;
  /**
   * A faster way for some files: the same pixels, but all of one channel before those of the next, in the workspace. `source` must
   * be followed by 8 readable bytes. What is not `wanted` may hold anything, and what lies behind it in the file is not looked
   * at. @returns undefined for files that are left to `decode`.
   */
  readonly decodePlanes?: (
    ws: Workspace,
    source: Region,
    header: JpegHeader,
    wanted: WantedBlocks,
  ) => Region | undefined;
  /** A baseline file, colour as YCbCr without subsampling (4:4:4). */
  encode(pixels: Uint8Array, image: JpegImage): Uint8Array;
}

/** The blocks of 8 x 8 pixels that are to be decoded. */
export interface WantedBlocks {
  /** For each row of blocks, whether any of it is. */
  readonly rows: Uint8Array;
  /** The first of those rows' blocks, and the one behind the last. */
  readonly left: number;
  readonly right: number;
}

export interface JpegImage {
  readonly width: number;
  readonly height: number;
  readonly components: 1 | 3;
  /** 0 to 100. */
  readonly quality: number;
}
