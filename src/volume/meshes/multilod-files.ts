/** Where a multi-resolution mesh lies: beside each other in files of its own, or in a shard. */
import type { Abortable } from "../../base/abort.js";
import { decompress } from "../../compression/index.js";
import {
  dataLength,
  lodRange,
  type MultilodManifest,
  parseMultilodManifest,
} from "../../formats/precomputed/mesh/multilod-manifest.js";
import { readMany } from "../../stores/read-many.js";
import { keyOf, type MeshFiles, urlOf } from "./files.js";

/** A mesh that was found. */
export interface FoundMesh {
  readonly manifest: MultilodManifest;
  /** For messages. */
  readonly where: string;
  /** The bytes of a level's fragments. Fewer come only if storage holds fewer. */
  readonly readLod: (lod: number, options: Abortable) => Promise<Uint8Array>;
}

export interface MultilodFiles {
  /** One for each segment; undefined for one without a mesh. */
  find(ids: readonly bigint[], options: Abortable): Promise<(FoundMesh | undefined)[]>;
}

export function indexName(id: bigint): string {
  return `${id}.index`;
}

/** Unsharded: manifests as `<segment>.index`, fragments in `<segment>`. */
export function separateFiles(files: MeshFiles): MultilodFiles {
  const readLod = async (
    id: bigint,
    manifest: MultilodManifest,
    lod: number,
    options: Abortable,
  ): Promise<Uint8Array> => {
    const { store } = files;
    const key = keyOf(files, String(id));
    const range = lodRange(manifest, lod);
    if (range.length === 0) return new Uint8Array(0);
    const stored = await store.read(key, { range, signal: options.signal });
    if (stored === undefined || stored.compression === "none") return stored?.bytes ?? new Uint8Array(0);
    // A range of compressed bytes is of no use: take the whole file.
    const whole = await store.read(key, options);
    if (whole === undefined) return new Uint8Array(0);
    const where = store.url(key);
    const limit = dataLength(manifest);
    const bytes = await decompress(whole.compression, whole.bytes, { limit, where, signal: options.signal });
    return bytes.subarray(range.offset, range.offset + range.length);
  };
  return {
    async find(ids, options) {
      const keys = ids.map((id) => keyOf(files, indexName(id)));
      const contents = await readMany(files.store, keys, { signal: options.signal });
      return contents.map((bytes, i) => {
        if (bytes === undefined) return undefined;
        const where = urlOf(files, indexName(ids[i]!));
        const manifest = parseMultilodManifest(bytes, where);
        return { manifest, where, readLod: (lod, how) => readLod(ids[i]!, manifest, lod, how) };
      });
    },
  };
}

/** What is used of the adapter of shards: bytes by label, and those before them. */
export interface ShardReader<Location extends { readonly offset: number }> {
  read(label: bigint, options?: Abortable): Promise<Uint8Array | undefined>;
  locate(label: bigint, options?: Abortable): Promise<Location | undefined>;
  readRange(
    location: Location,
    offset: number,
    length: number,
    options?: Abortable,
  ): Promise<Uint8Array | undefined>;
  url(label: bigint): string;
}

/** Sharded: the fragments stand before the manifest in the shard file. */
export function shardedFiles<L extends { readonly offset: number }>(shards: ShardReader<L>): MultilodFiles {
  const find = async (id: bigint, options: Abortable): Promise<FoundMesh | undefined> => {
    const [location, bytes] = await Promise.all([shards.locate(id, options), shards.read(id, options)]);
    if (location === undefined || bytes === undefined) return undefined;
    const where = shards.url(id);
    const manifest = parseMultilodManifest(bytes, where);
    return {
      manifest,
      where,
      async readLod(lod, how) {
        const { offset, length } = lodRange(manifest, lod);
        if (length === 0) return new Uint8Array(0);
        const start = location.offset - dataLength(manifest) + offset;
        if (start < 0) return new Uint8Array(0);
        const read = await shards.readRange(location, start, length, how);
        if (read !== undefined) return read;
        // The shard was written anew meanwhile: find the mesh again.
        const again = await find(id, how);
        return again === undefined ? new Uint8Array(0) : await again.readLod(lod, how);
      },
    };
  };
  return { find: (ids, options) => Promise.all(ids.map((id) => find(id, options))) };
}
