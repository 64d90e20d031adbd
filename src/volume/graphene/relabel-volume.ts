/** A volume in memory with other labels. */
import type { Abortable } from "../../base/abort.js";
import type { Box6 } from "../../base/bbox.js";
import type { Compression } from "../../compression/compression.js";
import { compress, decompress } from "../../compression/index.js";
import { planRead } from "../../grid/plan.js";
import type { VolumeContext } from "../context.js";
import { encodedLimit, type ScaleLayout } from "../layout.js";
import { type ChunkFile, remapFiles } from "./remap-files.js";

/** Replaces the labels of the stored chunks that a box of an unsharded level touches by those that `mappingOf` gives. */
export async function relabelVolume(
  { store, runtime }: VolumeContext,
  layout: ScaleLayout,
  box: Box6,
  mappingOf: (labels: BigUint64Array) => Promise<ReadonlyMap<bigint, bigint>>,
  { signal }: Abortable,
): Promise<void> {
  const files: (ChunkFile & { readonly key: string; readonly compression: Compression })[] = [];
  for (const chunk of planRead(layout.grid, box)) {
    const key = `${layout.key}/${chunk.key}`;
    const stored = await store.read(key, { signal });
    if (stored === undefined) continue;
    // What can only be read is packed anew by something else.
    const compression = isWritten(stored.compression) ? stored.compression : "gzip";
    const limits = { limit: encodedLimit(layout, chunk.shape), where: store.url(key), signal };
    files.push({
      chunk,
      key,
      compression,
      bytes: await decompress(stored.compression, stored.bytes, limits),
    });
  }
  const remapped = await remapFiles(runtime, layout, files, mappingOf, { signal });
  for (const [i, { key, compression }] of files.entries())
    await store.write?.(key, await compress(compression, remapped[i]!, { signal }), { compression, signal });
}

function isWritten(compression: Compression): boolean {
  return compression !== "xz" && compression !== "bz2";
}
