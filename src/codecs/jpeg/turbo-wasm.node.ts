import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** The WebAssembly of libjpeg-turbo, out of the installed package. */
export function turboWasm(): Promise<Uint8Array<ArrayBuffer>> {
  const { resolve } = createRequire(import.meta.url);
  return readFile(resolve("@cornerstonejs/codec-libjpeg-turbo-8bit/wasm"));
}
