/** From a stored object to an entry of a cache. */
import { CloudVolumeError } from "../base/errors.js";
import type { Compression } from "../compression/compression.js";
import {
  compress,
  compressSync,
  decompress,
  decompressSync,
  isSyncCompression,
  isSyncDecompression,
} from "../compression/index.js";
import { placeFor } from "../stores/ranges.js";
import type { Entry, Stored } from "../stores/store.js";

/** Content above this is kept as it is stored: what is compressed a thousandfold is not unpacked for a cache. */
const MOST_CONTENT = 512 << 20;

/** Whether entries of this compression can be made on the calling thread. */
export function isSyncTarget(wanted: Compression | undefined): boolean {
  return wanted === undefined || isSyncCompression(wanted);
}

/** The version of a copy is not that of the object. */
export function withoutVersion({ bytes, compression, totalSize }: Stored): Stored {
  return { bytes, compression, totalSize };
}

/** Asked for a place of the caller's: the bytes lie there, too. */
export function placed(stored: Stored, into: (length: number) => Uint8Array, where: string): Stored {
  const bytes = placeFor(stored.bytes.length, into, where);
  bytes.set(stored.bytes);
  return { ...stored, bytes };
}

/** The object in the compression of the cache; as it is where that cannot be, and undefined if it is damaged. */
export async function transcode(
  wanted: Compression | undefined,
  entry: Entry,
  where: string,
): Promise<Entry | undefined> {
  const { bytes, compression } = entry;
  if (bytes.length === 0) return undefined;
  if (wanted === undefined || wanted === compression) return entry;
  try {
    const content = await decompress(compression, bytes, { limit: MOST_CONTENT, where });
    return { bytes: await compress(wanted, content), compression: wanted };
  } catch (error) {
    if (error instanceof CloudVolumeError) return undefined;
    throw error;
  }
}

export function transcodeSync(
  wanted: Compression | undefined,
  entry: Entry,
  where: string,
): Entry | undefined {
  const { bytes, compression } = entry;
  if (bytes.length === 0) return undefined;
  if (wanted === undefined || wanted === compression) return entry;
  if (!isSyncDecompression(compression) || !isSyncCompression(wanted)) return entry;
  try {
    const content = decompressSync(compression, bytes, { limit: MOST_CONTENT, where });
    return { bytes: compressSync(wanted, content), compression: wanted };
  } catch (error) {
    if (error instanceof CloudVolumeError) return undefined;
    throw error;
  }
}
