/** CloudVolume's chunk encoders and decoders, one chunk at a time. */
import type { DataType } from "../../src/base/dtype.js";
import { startJudge } from "./originals.js";

export interface ChunkJudge {
  /** Asks test/parity/chunk_judge.py; bytes in, bytes out. Rejects with what the package said. */
  ask(operation: ChunkOperation, question: ChunkQuestion): Promise<Buffer>;
}

export type ChunkOperation =
  | "encode"
  | "decode"
  | "zfp_encode"
  | "zfp_decode"
  | "jxl_encode"
  | "jxl_decode"
  | "jpeg_encode"
  | "jpeg_to_jxl"
  | "jxl_to_jpeg"
  | "compresso_encode"
  | "crackle_encode"
  | "crackle_check"
  | "labels"
  | "remap";

export interface ChunkQuestion {
  readonly encoding?: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** For encoding. */
  readonly voxels?: Uint8Array;
  /** For decoding. */
  readonly bytes?: Uint8Array;
  /** As the package names them. */
  readonly params?: Readonly<Record<string, unknown>>;
  readonly block_size?: readonly number[] | undefined;
  /** For `remap`: labels, and whether others are kept. */
  readonly mapping?: Readonly<Record<string, string>>;
  readonly keep?: boolean;
}

/** Starts the judge; it ends with the test file. */
export function startChunkJudge(): ChunkJudge {
  const judge = startJudge("test/parity/chunk_judge.py");
  const base64 = (bytes: Uint8Array | undefined): string | undefined =>
    bytes === undefined ? undefined : Buffer.from(bytes).toString("base64");
  return {
    async ask(operation, question) {
      const { voxels, bytes, ...rest } = question;
      const answer = await judge.ask(operation, { ...rest, voxels: base64(voxels), bytes: base64(bytes) });
      return Buffer.from(answer, "base64");
    },
  };
}
