import type { Abortable } from "../../base/abort.js";
import { ConflictError, MeshDecodeError, ReadOnlyException } from "../../base/errors.js";
import { dataLength, parseMultilodManifest } from "../../formats/precomputed/mesh/multilod-manifest.js";
import {
  type Datum,
  type Location,
  makeShard,
  type ShardedStore,
} from "../../shards/neuroglancer-uint64/index.js";
import { keyOf, type MeshFiles } from "./files.js";

/** Times that another writer may be first. */
const MOST_TRIES = 8;

export interface RewriteOptions extends Abortable {
  readonly cacheControl?: string | undefined;
}

/**
 * Writes a shard file anew, with some meshes replaced, added or (undefined) removed, and the others as they were. The file is
 * replaced as a whole, and only if nobody else has changed it meanwhile; then it is read again.
 */
export async function rewriteShard(
  files: MeshFiles,
  shards: ShardedStore,
  file: string,
  changes: ReadonlyMap<bigint, Datum | undefined>,
  options: RewriteOptions,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await rewriteOnce(files, shards, file, changes, options);
    } catch (error) {
      if (!(error instanceof ConflictError) || tries === MOST_TRIES) throw error;
      shards.clearCache();
    }
  }
}

async function rewriteOnce(
  files: MeshFiles,
  shards: ShardedStore,
  file: string,
  changes: ReadonlyMap<bigint, Datum | undefined>,
  options: RewriteOptions,
): Promise<void> {
  const { store } = files;
  const key = keyOf(files, file);
  if (store.write === undefined || store.remove === undefined)
    throw new ReadOnlyException("This storage cannot be written", { where: store.url(key) });
  const { signal, cacheControl } = options;
  const before = await store.stat(key, { signal });
  const data: Datum[] = [];
  if (before !== undefined)
    for await (const location of shards.entries({ signal }))
      if (location.file === file && !changes.has(location.label))
        data.push(await keep(shards, location, options));
  for (const datum of changes.values()) if (datum !== undefined) data.push(datum);
  if (data.length === 0) {
    if (before !== undefined) await store.remove(key, { signal });
  } else {
    const { bytes } = await makeShard(shards.spec, data);
    await store.write(key, bytes, {
      contentType: "application/octet-stream",
      signal,
      ifVersion: before === undefined ? null : before.version,
      ...(cacheControl === undefined ? {} : { cacheControl }),
    });
  }
  shards.clearCache();
}

/** A mesh of the shard as it is: its manifest, and the fragments before it. */
async function keep(shards: ShardedStore, location: Location, options: Abortable): Promise<Datum> {
  const { label } = location;
  const where = shards.url(label);
  const manifest = await shards.read(label, options);
  if (manifest === undefined) throw new ConflictError("A shard was changed while it was read", { where });
  const lead = dataLength(parseMultilodManifest(manifest, where));
  if (lead > location.offset)
    throw new MeshDecodeError("A mesh manifest announces more fragments than stand before it", {
      where,
      expected: `at most ${location.offset} bytes`,
      got: `${lead}`,
    });
  const data =
    lead === 0 ? new Uint8Array(0) : await shards.readRange(location, location.offset - lead, lead, options);
  if (data === undefined) throw new ConflictError("A shard was changed while it was read", { where });
  const bytes = new Uint8Array(lead + manifest.length);
  bytes.set(data);
  bytes.set(manifest, lead);
  return { label, bytes, lead };
}
