import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The WebAssembly of jxl-oxide, out of the installed package. */
export function oxideWasm(): Promise<Uint8Array<ArrayBuffer>> {
  const { resolve } = createRequire(import.meta.url);
  return readFile(join(dirname(resolve("jxl-oxide-wasm/package.json")), "jxl_oxide_wasm_bg.wasm"));
}
