/** The JSON files at a layer's root. Reading them stands apart, for those who never write. */
import type { Abortable } from "../base/abort.js";
import { ReadOnlyException } from "../base/errors.js";
import { encodeJson } from "../base/json.js";
import type { Store } from "../stores/store.js";
import { NO_CACHE } from "./cdn-cache.js";

export { type LayerFile, readLayerFile } from "./read-layer-file.js";

export interface WriteFileOptions extends Abortable {
  /** The version to be replaced; null: there must be no file. Undefined: whatever is there. */
  readonly ifVersion?: string | null | undefined;
}

export interface CommitOptions extends Abortable {
  /** Write even over what others have written since the file was read here. Default false: ConflictError. */
  readonly overwrite?: boolean | undefined;
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
