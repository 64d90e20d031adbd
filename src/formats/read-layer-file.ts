/** Reading the JSON files at a layer's root. */
import type { Abortable } from "../base/abort.js";
import { MAX_JSON_BYTES } from "../base/json-parse.js";
import { decompress } from "../compression/decompress.js";
import type { Store } from "../stores/store.js";

export interface LayerFile {
  /** Decompressed; at most {@link MAX_JSON_BYTES}. */
  readonly bytes: Uint8Array;
  readonly version: string | undefined;
}

/** @returns undefined for a missing file. @throws DecompressionError, and what the store throws. */
export async function readLayerFile(
  store: Store,
  key: string,
  { signal }: Abortable = {},
): Promise<LayerFile | undefined> {
  const stored = await store.read(key, { signal });
  if (stored === undefined) return undefined;
  const limits = { limit: MAX_JSON_BYTES, where: store.url(key), signal };
  const bytes = await decompress(stored.compression, stored.bytes, limits);
  return { bytes, version: stored.version };
}
