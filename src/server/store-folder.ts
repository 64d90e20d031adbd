/** Files of a store as they lie there: packed ones unpacked, or sent as they are to readers that unpack them. */
import { decompress } from "../compression/index.js";
import { isPlainKey } from "../stores/keys.js";
import type { Store, Stored } from "../stores/store.js";
import type { FileQuery, Folder, ServedFile } from "./site.js";

/** Most bytes of a file that has to be unpacked here. */
const LIMIT = 2 ** 31;

export function storeFolder(store: Store): Folder {
  return {
    async get(key, query) {
      return isPlainKey(key) ? await storedFile(store, key, query) : undefined;
    },
  };
}

/** The file of a key that may lead out of the layer, as those of infos do: it is up to the caller that no reader chose it. */
export async function storedFile(
  store: Store,
  key: string,
  query: FileQuery,
): Promise<ServedFile | undefined> {
  const { range, accepts, isHead, signal } = query;
  if (isHead === true) {
    const stat = await store.stat(key, { signal });
    if (stat === undefined) return undefined;
    const { compression, size, version } = stat;
    if (compression === "none") return { bytes: undefined, size, version };
    if (isCoding(compression) && accepts?.has(compression))
      return { bytes: undefined, size, version, coding: compression };
  }
  const stored = await store.read(key, { signal, range });
  if (stored === undefined) return undefined;
  if (range === undefined) return await wholeOf(store, key, stored, query);
  if (stored.compression === "none") return partOf(stored, range);
  // Parts of what is packed are no parts of the file.
  const whole = await store.read(key, { signal });
  return whole && (await wholeOf(store, key, whole, query));
}

function partOf(
  { bytes, totalSize, version }: Stored,
  range: NonNullable<FileQuery["range"]>,
): ServedFile | undefined {
  const start = "suffixLength" in range ? (totalSize ?? bytes.length) - bytes.length : range.offset;
  return { bytes, size: totalSize, start, version };
}

async function wholeOf(
  store: Store,
  key: string,
  { bytes, compression, version }: Stored,
  { accepts, signal }: FileQuery,
): Promise<ServedFile> {
  if (isCoding(compression) && accepts?.has(compression))
    return { bytes, size: bytes.length, version, coding: compression };
  const where = store.url(key);
  const content = await decompress(compression, bytes, { limit: LIMIT, where, signal });
  return { bytes: content, size: content.length, version };
}

function isCoding(compression: Stored["compression"]): compression is "gzip" | "br" {
  return compression === "gzip" || compression === "br";
}
