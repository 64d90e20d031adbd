/** How a volume reads and writes: the options at opening, all of them settable later. */
import type { Voxel } from "../base/dtype.js";
import { ArgumentError } from "../base/errors.js";
import type { Timestamp } from "../formats/graphene/timestamp.js";
import type { ProgressListener } from "./progress.js";

/** `null`, `undefined`: the rule of the encoding; `true`: gzip; `false`, `""`: none. Source: CloudVolume `compress`. */
export type CompressSetting =
  | boolean
  | null
  | undefined
  | ""
  | "none"
  | "gzip"
  | "br"
  | "zstd"
  | "xz"
  | "lzma"
  | "bz2";
/** `true`: an hour, `false`: no-cache, a number: seconds, a string: the header itself. Source: CloudVolume `cdn_cache`. */
export type CdnCacheSetting = boolean | number | string | null | undefined;
/** `true`: a bar on standard error; a function: told after every chunk or so. */
export type ProgressSetting = boolean | ProgressListener;

export interface VolumeSettings {
  /** Reading outside of the volume is an error (true) or gives the background. Default true. */
  bounded: boolean;
  /** Requests are cut to the volume's bounds. Default false. */
  autocrop: boolean;
  /** Missing chunks are read as the background; else EmptyVolumeException. Default false. */
  fillMissing: boolean;
  /** The value of what is not stored. Default 0. */
  backgroundColor: Voxel;
  /** Chunks of nothing but background are deleted instead of written. Default false. */
  deleteBlackUploads: boolean;
  /** Boxes that cut chunks may be written: the cut chunks are read, painted and written again (not atomic). Default false. */
  nonAlignedWrites: boolean;
  /** With nonAlignedWrites: cut chunks are made anew from the background instead of read. Default false. */
  overwritePartialChunks: boolean;
  /** Compression of written chunks. */
  compress: CompressSetting;
  /** gzip 0-9, br 0-11, zstd 1-22; undefined: the compression's default. */
  compressLevel: number | undefined;
  /** The Cache-Control header of written chunks. Default true. */
  cdnCache: CdnCacheSetting;
  /** Show or report progress. Default false. */
  progress: ProgressSetting;
  /** Accepted for CloudVolume's users; reading never blocks on threads here, so it changes nothing. */
  greenThreads: boolean;
  /** Accepted for CloudVolume's users; decoding uses the threads of `parallel`. */
  codecThreads: number;
  /** Graphene: reading gives roots in place of supervoxels. Default false. */
  agglomerate: boolean;
  /** Graphene: the state of the graph at this time. Default: now. */
  timestamp: Timestamp | undefined;
}

export const DEFAULT_SETTINGS: Readonly<VolumeSettings> = {
  bounded: true,
  autocrop: false,
  fillMissing: false,
  backgroundColor: 0,
  deleteBlackUploads: false,
  nonAlignedWrites: false,
  overwritePartialChunks: false,
  compress: undefined,
  compressLevel: undefined,
  cdnCache: true,
  progress: false,
  greenThreads: false,
  codecThreads: 1,
  agglomerate: false,
  timestamp: undefined,
};

/** The settings among the options, over the defaults. */
export function settingsFrom(options: Partial<VolumeSettings>): VolumeSettings {
  const out: Record<string, unknown> = { ...DEFAULT_SETTINGS };
  for (const key of Object.keys(DEFAULT_SETTINGS)) {
    const value = (options as Record<string, unknown>)[key];
    if (value !== undefined) out[key] = value;
  }
  return out as unknown as VolumeSettings;
}

/**
 * `parallel` as a number of threads: `true` and 0 mean every core. @throws ArgumentError for anything else
 * that is no positive integer.
 */
export function parseParallel(value: number | boolean | undefined, cores: number): number {
  if (value === undefined || value === true || value === 0) return cores;
  if (value === false) return 1;
  if (Number.isInteger(value) && value > 0) return value;
  throw new ArgumentError("Wrong number of threads", {
    where: "parallel",
    expected: "a positive integer, or true or 0 for every core",
    got: String(value),
  });
}

/** @throws ArgumentError for settings that contradict each other. */
export function checkSettings({ overwritePartialChunks, nonAlignedWrites }: VolumeSettings): void {
  if (!overwritePartialChunks || nonAlignedWrites) return;
  throw new ArgumentError("overwritePartialChunks needs nonAlignedWrites (non_aligned_writes)", {
    where: "overwritePartialChunks",
    fix: "Pass nonAlignedWrites: true as well, or neither.",
  });
}
