/** The package's decoder, which its own entry hides behind one without a limit. */
declare module "brotli/dec/streams.js" {
  export class BrotliInput {
    constructor(bytes: Uint8Array);
    readonly pos: number;
  }
}
declare module "brotli/dec/decode.js" {
  import type { BrotliInput } from "brotli/dec/streams.js";

  export interface BrotliTarget {
    readonly pos: number;
    readonly buffer: { readonly length: number };
    write(piece: Uint8Array, count: number): void;
  }
  /** @throws Error for damaged data, and what `write` throws. */
  export function BrotliDecompress(source: BrotliInput, target: BrotliTarget): void;
}
