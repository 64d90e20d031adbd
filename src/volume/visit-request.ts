/** What is asked of a visit of chunks, and what it shows. */
import type { Region, Workspace } from "../base/workspace.js";
import type { Codec } from "../codecs/codec.js";
import type { PerChunk } from "../grid/grid.js";
import type { ChunkRead } from "../grid/plan.js";
import type { ScaleLayout } from "./layout.js";
import type { ProgressListener } from "./progress.js";

export interface VisitRequest {
  readonly layout: ScaleLayout;
  readonly chunks: PerChunk<ChunkRead>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

export interface VisitedChunk {
  /** Narrower than the one asked for where only some of its planes were read, wider where it was stored padded. */
  readonly chunk: ChunkRead;
  readonly workspace: Workspace;
  readonly codec: Codec;
  /** The encoded bytes, valid until the function returns; undefined: the chunk is not stored. */
  readonly encoded: Region | undefined;
  /** The chunk's address, for messages. */
  readonly where: string;
}
