/**
 * Objects in the memory of this process, by bucket: every store of `mem://bucket/…` sees the same ones, as
 * CloudVolume has it. They are gone when the process ends. Bytes are copied in and out.
 */
import { throwIfAborted } from "../../base/abort.js";
import { ArgumentError } from "../../base/errors.js";
import type { Compression } from "../../compression/compression.js";
import { checkSame, checkVersion } from "../conflict.js";
import { exclusive } from "../exclusive.js";
import { checkPrefix, refuseSuffix, resolveKey, segmentsOf } from "../keys.js";
import { gather } from "../pieces.js";
import { clipRange, placeFor } from "../ranges.js";
import type { ReadOptions, Stat, Store, SyncReadOptions, WriteOptions } from "../store.js";

interface Entry {
  readonly bytes: Uint8Array;
  readonly compression: Compression;
  readonly version: string;
}

/** Objects by bucket and path. */
const objects = new Map<string, Entry>();
let writes = 0;

/** Forgets all objects in memory. For tests. */
export function resetMemStores(): void {
  objects.clear();
}

/** Forgets the objects below a path at once. */
export function clearMemStore(path: string): void {
  const start = `${segmentsOf(path.replace(/^mem:\/\//, "")).join("/")}/`;
  for (const at of objects.keys()) if (at.startsWith(start)) objects.delete(at);
}

export interface MemStore extends Store {
  readonly readSync: NonNullable<Store["readSync"]>;
  readonly write: NonNullable<Store["write"]>;
  readonly writeSync: NonNullable<Store["writeSync"]>;
  readonly locked: NonNullable<Store["locked"]>;
  readonly remove: NonNullable<Store["remove"]>;
  readonly list: NonNullable<Store["list"]>;
}

/** The store of `mem://bucket/path`, or of `bucket/path`. @throws ArgumentError without a bucket. */
export function memStore(path: string): MemStore {
  const base = segmentsOf(path.replace(/^mem:\/\//, ""));
  const url = `mem://${base.join("/")}`;
  if (base.length === 0) throw new ArgumentError("A store in memory needs a bucket", { where: path });
  const find = (key: string): Entry | undefined => objects.get(resolveKey(base, key, 1, url));
  const place = (key: string): string => {
    const at = resolveKey(base, key, base.length, url);
    refuseSuffix(at, `${url}/${key}`);
    return at;
  };

  function readSync(
    key: string,
    { range, into, ifVersion }: SyncReadOptions & Pick<ReadOptions, "ifVersion"> = {},
  ): ReturnType<MemStore["readSync"]> {
    const entry = find(key);
    if (entry === undefined) return undefined;
    const where = `${url}/${key}`;
    const asked = typeof range === "function" ? range(statOf(entry)) : range;
    checkSame(entry.version, ifVersion, where);
    const { offset, length } = clipRange(asked, entry.bytes.length, where);
    const bytes = placeFor(length, into, where);
    bytes.set(entry.bytes.subarray(offset, offset + length));
    return { bytes, compression: entry.compression, totalSize: entry.bytes.length, version: entry.version };
  }

  function writeSync(key: string, bytes: Uint8Array, options: WriteOptions = {}): void {
    const at = place(key);
    checkVersion(objects.get(at)?.version ?? null, options.ifVersion, `${url}/${key}`);
    objects.set(at, {
      bytes: bytes.slice(),
      compression: options.compression ?? "none",
      version: String(++writes),
    });
    options.onVersion?.(String(writes));
  }

  return {
    protocol: "mem",
    url: (key) => `${url}/${key}`,
    readSync,
    writeSync,
    read: async (key, options = {}) => {
      throwIfAborted(options.signal);
      return readSync(key, options);
    },
    stat: async (key, { signal } = {}) => {
      throwIfAborted(signal);
      const entry = find(key);
      return entry && statOf(entry);
    },
    write: async (key, bytes, options) => {
      throwIfAborted(options?.signal);
      writeSync(key, bytes, options);
    },
    writeFrom: async (key, source, options) => {
      const bytes = await gather(source, `${url}/${key}`, options?.signal);
      throwIfAborted(options?.signal);
      writeSync(key, bytes, options);
    },
    locked: (key, work) => exclusive(`mem ${place(key)}`, work),
    remove: async (key, { signal } = {}) => {
      throwIfAborted(signal);
      objects.delete(place(key));
    },
    list: async function* (prefix, { signal } = {}) {
      checkPrefix(prefix, url);
      const start = `${base.join("/")}/`;
      for (const at of [...objects.keys()].filter((k) => k.startsWith(start + prefix)).sort()) {
        throwIfAborted(signal);
        yield at.slice(start.length);
      }
    },
  };
}

function statOf({ bytes, compression, version }: Entry): Stat {
  return { size: bytes.length, compression, version };
}
