/** What a transfer is to do, once source and destination are known. */
import type { Box6 } from "../../base/bbox.js";
import type { Voxel } from "../../base/dtype.js";
import type { Compression } from "../../compression/compression.js";
import type { VolumeContext } from "../context.js";
import type { StoragePolicy } from "../encode.js";
import type { ScaleLayout } from "../layout.js";

/** One end of a transfer. */
export interface TransferEnd {
  readonly context: VolumeContext;
  readonly layout: ScaleLayout;
}

export interface TransferRequest {
  readonly from: TransferEnd;
  readonly to: TransferEnd;
  /** In both grids; aligned to the destination's. */
  readonly box: Box6;
  readonly fillMissing: boolean;
  readonly background: Voxel;
  /** How the destination stores chunks. */
  readonly policy: StoragePolicy;
  /** Stored bytes are copied with this compression; undefined: with the one they have. */
  readonly compression: Compression | undefined;
  readonly parallel: number;
  readonly signal?: AbortSignal | undefined;
}

/** A piece of a transfer that is done as a whole, or done again after a crash. */
export interface TransferUnit {
  /** Chunks of the destination. */
  readonly chunks: number;
  readonly run: () => Promise<void>;
}
