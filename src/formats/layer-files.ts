/** The JSON files at a layer's root. */
import type { Abortable } from "../base/abort.js";
import { ReadOnlyException } from "../base/errors.js";
import { encodeJson, MAX_JSON_BYTES } from "../base/json.js";
import { decompress } from "../compression/index.js";
import type { Store } from "../stores/store.js";
import { NO_CACHE } from "./cdn-cache.js";

export interface LayerFile {
  /** Decompressed; at most {@link MAX_JSON_BYTES}. */
  readonly bytes: Uint8Array;
  readonly version: string | undefined;
}

export interface WriteFileOptions extends Abortable {
  /** The version to be replaced; null: there must be no file. Undefined: whatever is there. */
  readonly ifVersion?: string | null | undefined;
}

export interface CommitOptions extends Abortable {
  /** Write even over what others have written since the file was read here. Default false: ConflictError. */
  readonly overwrite?: boolean | undefined;
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

/**
 * Writes JSON byte for byte as CloudVolume does: keys sorted, two spaces, ASCII, not compressed, not cached.
 * @returns its version, where the storage tells it. @throws ReadOnlyException where the storage cannot be written, ConflictError if `ifVersion` no longer holds.
 */
export async function writeLayerFile(
  store: Store,
  key: string,
  value: unknown,
  { signal, ifVersion }: WriteFileOptions = {},
): Promise<string | undefined> {
  if (store.write === undefined) {
    throw new ReadOnlyException("This storage cannot be written", { where: store.url(key) });
  }
  let version: string | undefined;
  await store.write(key, encodeJson(value, { indent: 2, sortKeys: true }), {
    contentType: "application/json",
    cacheControl: NO_CACHE,
    signal,
    onVersion: (told) => {
      version = told;
    },
    ...(ifVersion === undefined ? {} : { ifVersion }),
  });
  return version;
}
