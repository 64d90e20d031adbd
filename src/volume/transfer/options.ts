/** What a user may ask of a transfer. */
import type { Slices } from "../../base/slicing.js";
import type { ArrayOptions } from "../../formats/new-level.js";
import type { ShardingChoice } from "../../formats/precomputed/sharding.js";
import type { CompressSetting } from "../settings.js";
import type { OperationOptions } from "../volume-io.js";

export interface TransferOptions extends OperationOptions {
  /** What to transfer. Default: the whole level. */
  readonly bbox?: Slices | undefined;
  /**
   * `"auto"` (default): chunks that are copied keep their compression, others get that of their encoding. Into shards:
   * whether their data are gzipped, instead of as the source's are.
   */
  readonly compress?: CompressSetting | "auto";
  readonly compressLevel?: number | undefined;
  /** Chunks are encoded anew. Default: the destination's if it exists, else the source's. */
  readonly encoding?: string | undefined;
  /** Quality or level of that encoding. */
  readonly encodingLevel?: number | undefined;
  readonly encodingEffort?: number | undefined;
  /** Voxels of a chunk of a new level. Default: the source's. */
  readonly chunkSize?: readonly number[] | undefined;
  /** Into shards or not. Default: as the destination is if it exists, else as the source. */
  readonly sharded?: ShardingChoice | undefined;
  /** Zarr and N5: how the chunks of a new layer or level are stored. Default: see `ArrayOptions`; the fill value is the source's. */
  readonly array?: ArrayOptions | undefined;
  /** Chunks that the source lacks are left out; else EmptyFileException. Default: the volume's setting. */
  readonly fillMissing?: boolean | undefined;
  /** Goes on where the same transfer was interrupted. Default true. */
  readonly resume?: boolean | undefined;
}
