/** Bytes by 64-bit label, out of shard files: what images, meshes, skeletons and annotations are read through. */
import { type Abortable, abortReason, throwIfAborted } from "../../base/abort.js";
import { ConflictError } from "../../base/errors.js";
import type { Compression } from "../../compression/compression.js";
import { decompress, decompressSync } from "../../compression/index.js";
import { clipRange } from "../../stores/ranges.js";
import type { Store, Stored, SyncReadOptions } from "../../stores/store.js";
import { RangeGatherer } from "./gather-ranges.js";
import { listEntries } from "./list.js";
import { changing, type Location, locate, MOST_CHANGES, type Surroundings } from "./locate.js";
import { PartReader, versionOf } from "./part.js";
import { placeOfLabel } from "./place.js";
import { checkStored } from "./shard-index.js";
import type { ShardingSpec } from "./spec.js";
import { withWholeFile, withWholeFileSync } from "./whole-file.js";

export interface ShardedStoreOptions {
  /** Most bytes of memory for shard and minishard indices. Default 64 MiB. */
  readonly cacheBytes?: number | undefined;
  /** Bytes between two data that are rather read than asked for around. Default 64 KiB. */
  readonly gap?: number | undefined;
  /** Most bytes of a request for several data. Default 16 MiB. */
  readonly requestBytes?: number | undefined;
  /**
   * Milliseconds for which the absence of a label is believed of an index in the cache; afterwards the file's version is
   * asked for. Default: 0 for storage that can be read synchronously, 1000 for others.
   */
  readonly freshness?: number | undefined;
  /** Most bytes of a minishard index. Default 128 MiB. */
  readonly indexLimit?: number | undefined;
  /** Most bytes of a datum, once decompressed. Default 1 GiB. */
  readonly dataLimit?: number | undefined;
  /** The name of the file that a label is in, given that of the specification: for layouts that split files further. */
  readonly fileOf?: ((file: string, label: bigint) => string) | undefined;
}

export interface ShardRead extends Abortable {
  /** Most bytes of the datum, once decompressed. Default: the store's `dataLimit`. */
  readonly limit?: number | undefined;
}

/** A datum as it is stored, or a range of it. */
export interface StoredDatum {
  readonly bytes: Uint8Array;
  /** "gzip" or "none", as the specification says. */
  readonly compression: Compression;
  readonly location: Location;
}

export interface ShardedStore {
  readonly spec: ShardingSpec;
  /**
   * The datum of a label; undefined if there is none. Costs at most three requests one after the other when nothing is
   * known of its shard, and one when its minishard is. Never mixes two versions of a shard file.
   * @throws SpecViolation, EmptyFileException, DecompressionError, ConflictError, StorageError, AuthorizationError.
   */
  read(label: bigint, options?: ShardRead): Promise<Uint8Array | undefined>;
  /** The data of many labels; those that are not there are left out. Neighbours in a shard share a request. */
  readMany(labels: Iterable<bigint>, options?: ShardRead): Promise<Map<bigint, Uint8Array>>;
  has(label: bigint, options?: Abortable): Promise<boolean>;
  /** Where a datum lies. What stands before it in the file can be read by `readRange`. */
  locate(label: bigint, options?: Abortable): Promise<Location | undefined>;
  /** The datum as stored, not decompressed. */
  readStored(label: bigint, options?: Abortable): Promise<StoredDatum | undefined>;
  /**
   * Bytes of the file of a location, from `offset` on, e.g. what precedes a mesh's manifest; neighbours share a request. Undefined if the file
   * is no longer the one that the location was found in: locate the label again.
   */
  readRange(
    location: Location,
    offset: number,
    length: number,
    options?: Abortable,
  ): Promise<Uint8Array | undefined>;
  /** Every label of every shard, file by file. @throws UnsupportedProtocolError where storage cannot list. */
  list(options?: Abortable): AsyncIterable<bigint>;
  /** The same with the places of the data. */
  entries(options?: Abortable): AsyncIterable<Location>;
  /** `readStored` on the calling thread. Only where the storage reads synchronously (disk, memory). */
  readonly readStoredSync?: (label: bigint, how?: SyncReadOptions) => StoredDatum | undefined;
  readonly readSync?: (label: bigint, limit?: number) => Uint8Array | undefined;
  /** Forgets all indices. */
  clearCache(): void;
  /** A datum's name, for messages. */
  url(label: bigint): string;
}

/** A file that changes again and again is read whole if it has at most so many bytes. */
const WHOLE_BYTES = 64 << 20;

/** The labels below `prefix` ("" or a folder with or without a slash at its end) of a store. */
export function shardedStore(
  store: Store,
  prefix: string,
  spec: ShardingSpec,
  options: ShardedStoreOptions = {},
): ShardedStore {
  const { gap = 64 << 10, requestBytes = 16 << 20, dataLimit = 2 ** 30, fileOf = (file) => file } = options;
  const folder = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  const reader = new PartReader(store, options.cacheBytes ?? 64 << 20);
  const around: Surroundings = {
    spec,
    reader,
    keyOf: (file, label) => folder + (label === undefined ? file : fileOf(file, label)),
    url: store.url,
    freshness: options.freshness ?? (store.readSync === undefined ? 1000 : 0),
    indexLimit: options.indexLimit ?? 128 << 20,
  };
  /** For what has no use for indices of before. */
  const fresh = (): Surroundings => ({
    ...around,
    reader: new PartReader(store, options.cacheBytes ?? 64 << 20),
  });
  const data = new RangeGatherer(store, { gap, most: requestBytes });
  const compression: Compression = spec.dataEncoding === "gzip" ? "gzip" : "none";
  const url = (label: bigint): string => `${store.url(folder)} label ${label}`;

  const keyOf = (label: bigint): string => around.keyOf(placeOfLabel(spec, label).file, label);

  /** @returns undefined if the file has changed since. */
  function check(stored: Stored | undefined, location: Location): Uint8Array | undefined {
    if (versionOf(stored, stored?.totalSize) !== location.version || stored === undefined) {
      reader.forgetFile(location.key);
      return undefined;
    }
    checkStored(stored, location, `the datum of label ${location.label}`, store.url(location.key));
    return stored.bytes;
  }

  async function readStored(label: bigint, how: Abortable = {}): Promise<StoredDatum | undefined> {
    const { signal } = how;
    try {
      for (let changes = 0; changes < MOST_CHANGES; changes++) {
        const location = await reader.run(locate(around, label), signal);
        if (location === undefined) return undefined;
        const stored = await data.read(location.key, location, signal).catch((error: unknown) => {
          throw signal?.aborted ? abortReason(signal) : error;
        });
        const bytes = check(stored, location);
        if (bytes !== undefined) return { bytes, compression, location };
      }
      throw changing(url(label));
    } catch (error) {
      // Its writers are quicker than three requests one after the other: one for all of it, if it is small.
      if (!(error instanceof ConflictError)) throw error;
      const whole = await withWholeFile(store, keyOf(label), WHOLE_BYTES, signal);
      if (whole === store) throw error;
      return await shardedStore(whole, prefix, spec, { ...options, gap: 0 }).readStored(label, how);
    }
  }

  function readStoredSync(
    label: bigint,
    how: SyncReadOptions,
    read: NonNullable<Store["readSync"]>,
  ): StoredDatum | undefined {
    const { range, into } = how;
    try {
      for (let changes = 0; changes < MOST_CHANGES; changes++) {
        const location = reader.runSync(locate(around, label));
        if (location === undefined) return undefined;
        const { offset, length: size, version } = location;
        const asked =
          typeof range === "function" ? range({ size, compression, version: version ?? undefined }) : range;
        const span = clipRange(asked, size, url(label));
        const place = { ...location, offset: offset + span.offset, length: span.length };
        const bytes = check(read(location.key, { range: place, into }), place);
        if (bytes !== undefined) return { bytes, compression, location };
      }
      throw changing(url(label));
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      const whole = withWholeFileSync(store, keyOf(label), WHOLE_BYTES);
      if (whole === store) throw error;
      return shardedStore(whole, prefix, spec, options).readStoredSync?.(label, how);
    }
  }

  async function read(label: bigint, how: ShardRead = {}): Promise<Uint8Array | undefined> {
    const stored = await readStored(label, how);
    if (stored === undefined) return undefined;
    const { limit = dataLimit, signal } = how;
    return await decompress(stored.compression, stored.bytes, { limit, where: url(label), signal });
  }

  const { readSync } = store;
  return {
    spec,
    url,
    read,
    readStored,
    async readMany(labels, how = {}) {
      const wanted = [...new Set(labels)];
      const found = await Promise.all(wanted.map((label) => read(label, how)));
      throwIfAborted(how.signal);
      const out = new Map<bigint, Uint8Array>();
      wanted.forEach((label, i) => {
        const bytes = found[i];
        if (bytes !== undefined) out.set(label, bytes);
      });
      return out;
    },
    has: async (label, { signal } = {}) => (await reader.run(locate(around, label), signal)) !== undefined,
    locate: (label, { signal } = {}) => reader.run(locate(around, label), signal),
    async readRange(location, offset, length, { signal } = {}) {
      const stored = await data.read(location.key, { offset, length }, signal).catch((error: unknown) => {
        throw signal?.aborted ? abortReason(signal) : error;
      });
      return check(stored, { ...location, offset, length });
    },
    entries: (how = {}) => listEntries(store, folder, fresh(), how.signal),
    async *list(how = {}) {
      for await (const { label } of listEntries(store, folder, fresh(), how.signal)) yield label;
    },
    ...(readSync && {
      readStoredSync: (label, how = {}) => readStoredSync(label, how, readSync),
      readSync: (label, limit = dataLimit) => {
        const stored = readStoredSync(label, {}, readSync);
        return stored && decompressSync(stored.compression, stored.bytes, { limit, where: url(label) });
      },
    }),
    clearCache: () => reader.clear(),
  };
}

export type { Location } from "./locate.js";
