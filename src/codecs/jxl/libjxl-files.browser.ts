import type { LibjxlFiles } from "./engine.js";

/** The decoder's script and module, as modules of their own in the bundle. */
export async function installedLibjxl(): Promise<LibjxlFiles> {
  const [{ default: wasm }, { default: factory }] = await Promise.all([
    import("icodec/jxl-dec.wasm"),
    import("icodec/jxl-dec.js"),
  ]);
  return { factory, wasm };
}
