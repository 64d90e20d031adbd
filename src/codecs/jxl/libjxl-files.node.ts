import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { LibjxlFiles } from "./engine.js";

/** The decoder's script and module: beside the built library, else (in its source) out of the package icodec. */
export async function installedLibjxl(): Promise<LibjxlFiles> {
  const beside = new URL("./libjxl/jxl-dec.wasm", import.meta.url);
  const url = existsSync(beside)
    ? beside
    : pathToFileURL(createRequire(import.meta.url).resolve("icodec/jxl-dec.wasm"));
  const [wasm, { default: factory }] = await Promise.all([
    readFile(url),
    import(new URL("./jxl-dec.js", url).href) as Promise<{ default: LibjxlFiles["factory"] }>,
  ]);
  return { factory, wasm };
}
