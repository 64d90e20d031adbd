import type { Random } from "../../src/codecs/testing-chunks.js";

/** One parser or decoder of bytes from outside. */
export interface Target {
  readonly name: string;
  /** Valid inputs to start from. */
  readonly seeds: readonly Seed[];
  /** A damaged copy. Default: bytes changed anywhere. */
  readonly mutate?: (bytes: Uint8Array, random: Random) => Uint8Array;
}

export interface Seed {
  readonly bytes: Uint8Array;
  /** Decodes. Throws a typed error, or returns; a string says what else went wrong (e.g. memory overwritten). */
  readonly run: (bytes: Uint8Array) => string | undefined | Promise<string | undefined>;
}

export interface Report {
  readonly name: string;
  executions: number;
  accepted: number;
  /** Refusals by class of error. */
  readonly refused: Map<string, number>;
  readonly violations: { readonly what: string; readonly bytes: Uint8Array }[];
  milliseconds: number;
  slowest: number;
}
