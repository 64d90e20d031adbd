/** The golden datasets: layers that the real Python tools wrote, with their truth. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Box6 } from "../../src/base/bbox.js";
import { parseNpy } from "../../src/base/npy.js";
import { fortranStride, type StridedArray } from "../../src/base/strided.js";
import { leaveOut } from "./left-out.js";
import { bytesOf } from "./voxels.js";

export interface GoldenTruth {
  readonly file?: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly sha256_F: string;
  readonly sha256_F_of_box?: string;
}

export interface GoldenMip {
  readonly mip: number;
  readonly key: string;
  readonly truth: GoldenTruth;
  readonly removed_files?: readonly string[];
  /** Where there are chunks, if not everywhere. */
  readonly box_with_data?: Box6;
  readonly small_sample?: {
    readonly at: readonly number[];
    readonly at_in_box?: readonly number[];
    readonly size: readonly number[];
    readonly values_F: readonly number[];
  };
}

export interface GoldenEntry {
  readonly path: string;
  readonly kind: string;
  readonly encoding: string;
  readonly dtype: string;
  readonly mips: readonly GoldenMip[];
  readonly check: string;
  readonly lossless?: boolean;
  readonly fill_missing?: boolean;
  readonly background_color?: number;
  readonly delete_black_uploads?: boolean;
}

/** Where the golden data lies: `CLOUDVOLUME_GOLDEN`, else beside the repository; undefined if it is not there. */
export const goldenRoot: string | undefined = findGolden();

function findGolden(): string | undefined {
  const root = resolve(process.env.CLOUDVOLUME_GOLDEN ?? "../shared/data");
  return existsSync(join(root, "manifest.json")) ? root : undefined;
}

/** The entries of these kinds; none, and a note, without the data. */
export function goldenEntries(kinds: readonly string[], what: string): GoldenEntry[] {
  if (goldenRoot === undefined) {
    leaveOut(what, "no golden data (set CLOUDVOLUME_GOLDEN)");
    return [];
  }
  const manifest = JSON.parse(readFileSync(join(goldenRoot, "manifest.json"), "utf8"));
  return (manifest.entries as GoldenEntry[]).filter((e) => kinds.includes(e.kind));
}

export function goldenPath(path: string): string {
  return join(goldenRoot ?? "", path);
}

/** The truth of a mip, or undefined where only its checksum is known. */
export function goldenTruth(truth: GoldenTruth): StridedArray | undefined {
  if (truth.file === undefined) return undefined;
  const array = parseNpy(gunzipSync(readFileSync(goldenPath(truth.file))));
  if (array.stride.join() !== fortranStride(array.shape).join())
    throw new Error(`${truth.file} is not in Fortran order`);
  return array;
}

export function sha256(array: StridedArray): string {
  return createHash("sha256").update(bytesOf(array.data)).digest("hex");
}
