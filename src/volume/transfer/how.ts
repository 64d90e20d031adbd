/** What becomes of the chunks of a transfer. */
import type { Box6 } from "../../base/bbox.js";
import { chunkCount, type Grid } from "../../grid/grid.js";
import { isForeign, type ScaleLayout } from "../layout.js";

/**
 * `copied`: stored bytes, as they are. `recompressed`: JPEG files as JPEG XL files or back, without loss and without
 * decoding them; chunks that hold none are encoded from their voxels. `from voxels`: all are.
 */
export type TransferHow = "copied" | "recompressed" | "from voxels";

/** Fields of a scale that change what an encoding writes. */
const FIELDS = /^(jpeg|png|jxl|fpzip|zfpc)_/;
const LOSSLESS = 100;

export function howOf(from: ScaleLayout, to: ScaleLayout, box: Box6): TransferHow {
  if (!isSameChunks(from, to, box)) return "from voxels";
  if (recompressedTo(from, to) !== undefined) return "recompressed";
  const same = from.encoding === to.encoding && String(settingsOf(from)) === String(settingsOf(to));
  return same ? "copied" : "from voxels";
}

function isSameChunks(from: ScaleLayout, to: ScaleLayout, box: Box6): boolean {
  return (
    !isForeign(from) &&
    !isForeign(to) &&
    from.dtype === to.dtype &&
    String(from.blockSize) === String(to.blockSize) &&
    isSameGrid(from.grid, to.grid) &&
    chunkCount(from.grid, box) === chunkCount(to.grid, box)
  );
}

/**
 * The encoding that chunks are recompressed to; undefined if they are not. As in CloudVolume: between jpeg and jxl, at a
 * quality of 100 or more, which is also what none (or 0) means here.
 */
export function recompressedTo(from: ScaleLayout, to: ScaleLayout): "jpeg" | "jxl" | undefined {
  const pair = `${from.encoding} ${to.encoding}`;
  if (pair !== "jpeg jxl" && pair !== "jxl jpeg") return undefined;
  const quality = to.params[`${to.encoding}_quality`];
  const lossless = quality === undefined || quality === null || quality === 0 || Number(quality) >= LOSSLESS;
  return lossless ? (to.encoding as "jpeg" | "jxl") : undefined;
}

/** How chunks are encoded that cannot be recompressed: without loss where the encoding can. */
export function withoutLoss(to: ScaleLayout): ScaleLayout {
  return to.encoding === "jxl" ? { ...to, params: { ...to.params, jxl_quality: LOSSLESS } } : to;
}

function isSameGrid(a: Grid, b: Grid): boolean {
  return String([a.offset, a.size, a.chunk]) === String([b.offset, b.size, b.chunk]);
}

function settingsOf({ params }: ScaleLayout): string {
  return JSON.stringify(
    Object.entries(params)
      .filter(([key]) => FIELDS.test(key))
      .sort(),
  );
}
