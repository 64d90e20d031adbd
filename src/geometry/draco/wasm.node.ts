import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** The WebAssembly of Draco's decoder or encoder, out of the installed package. */
export function installedWasm(part: "decoder" | "encoder"): Promise<Uint8Array<ArrayBuffer>> {
  const { resolve } = createRequire(import.meta.url);
  return readFile(resolve(`draco3d/draco_${part}.wasm`));
}
