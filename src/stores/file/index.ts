/**
 * Objects as files below a folder. Compression is told by suffix (`.gz`, `.br`, `.zstd`, `.xz`, `.bz2`), as
 * CloudVolume does. Writes are atomic; see the README for what holds after a crash.
 */

import { gather } from "../pieces.js";
import type { Store, StoreSpec, WriteOptions } from "../store.js";
import { exclusive } from "./exclusive.js";
import { fileFailure } from "./failure.js";
import { filesOf } from "./files.js";
import { Folders } from "./folders.js";
import { type FileSystem, nodeFileSystem } from "./fs.js";
import { listKeys } from "./list.js";
import { withLock } from "./lock.js";
import { layoutOf, type Place } from "./place.js";
import { type Program, runAsync, runSync } from "./program.js";
import { Expectations, readObject, statObject } from "./read.js";
import { createObject, removeObject, removeTwins, replaceObject, type Writing } from "./write.js";

export interface FileStoreOptions {
  /**
   * What reading may not leave by `..` or through symbolic links. Default `/`: whatever the user may read.
   * Writing never leaves the store's own folder by `..`.
   */
  readonly root?: string | undefined;
  /**
   * What a crash of the machine may take. `full` (default): nothing that was written, file and folder are
   * synced before a write is done. `data`: files are synced, folders by `flush` and `close`. `none`: the
   * latest writes, but an object is never seen in parts while the machine runs.
   */
  readonly durability?: "full" | "data" | "none" | undefined;
  /** Folder on the same file system where files are before they appear. Default: beside them. */
  readonly temporaries?: string | undefined;
  /** For tests: the calls to the file system. */
  readonly fs?: FileSystem | undefined;
}

/** What another thread needs to open the same folder. */
export type FileSpec = Extract<StoreSpec, { kind: "file" }>;

export interface FileStore extends Store {
  readonly readSync: NonNullable<Store["readSync"]>;
  readonly write: NonNullable<Store["write"]>;
  readonly writeSync: NonNullable<Store["writeSync"]>;
  readonly remove: NonNullable<Store["remove"]>;
  readonly list: NonNullable<Store["list"]>;
  readonly close: NonNullable<Store["close"]>;
  readonly spec: FileSpec;
  /** Writes an object unless there is one, in whatever compression. Atomic. @returns whether it was written. */
  createSync(key: string, bytes: Uint8Array, options?: Pick<WriteOptions, "compression">): boolean;
  /** `remove` on the calling thread. @returns whether there was anything. */
  removeSync(key: string): boolean;
  /** With `durability: "data"`: makes all writes so far last. */
  flush(): Promise<void>;
}

/** Removes twins at once: the next conditional writer must not take one for the object. */
function* alone(program: Program<readonly string[]>): Program<readonly string[]> {
  yield* removeTwins(yield* program);
  return [];
}

/** The store of a folder, which need not exist. @throws ArgumentError if it lies outside `root`. */
export function fileStore(directory: string, options: FileStoreOptions = {}): FileStore {
  const { durability = "full", fs = nodeFileSystem } = options;
  const layout = layoutOf(directory, options.root);
  const expectations = new Expectations();
  const folders = new Folders(fs, durability === "full");
  const keepsFolders = durability !== "none";
  const { temporaries } = options;
  const writing: Writing = { layout, folders, expectations, syncFiles: durability !== "none", temporaries };

  function replacing(place: Place, bytes: Uint8Array, options: WriteOptions): Program<readonly string[]> {
    const { compression = "none", ifVersion } = options;
    const program = replaceObject(writing, place, compression, bytes, options);
    return ifVersion === undefined ? program : withLock(writing, place, alone(program));
  }

  const named = (error: unknown, what: string, place: Place): unknown => fileFailure(error, what, place.path);

  const store: FileStore = {
    protocol: "file",
    url: (key) => `file://${layout.directory}/${key}`,
    spec: {
      kind: "file",
      path: layout.directory,
      ...(options.root === undefined && options.durability === undefined
        ? {}
        : { options: { ...(options.root === undefined ? {} : { root: layout.root }), durability } }),
    },

    readSync(key, how = {}) {
      const place = layout.locate(key, false);
      try {
        return runSync(readObject(layout, place, expectations, how), fs.sync);
      } catch (error) {
        throw named(error, "Reading", place);
      }
    },

    async read(key, how = {}) {
      const place = layout.locate(key, false);
      try {
        return await runAsync(readObject(layout, place, expectations, how), fs.async, how.signal);
      } catch (error) {
        throw named(error, "Reading", place);
      }
    },

    async stat(key, { signal } = {}) {
      const place = layout.locate(key, false);
      try {
        return await runAsync(statObject(layout, place, expectations), fs.async, signal);
      } catch (error) {
        throw named(error, "Reading", place);
      }
    },

    writeSync(key, bytes, how = {}) {
      const place = layout.locate(key, true);
      try {
        const twins = runSync(replacing(place, bytes, how), fs.sync);
        if (keepsFolders) folders.syncNow(place.folder, fs.sync);
        if (twins.length === 0) return;
        runSync(removeTwins(twins), fs.sync);
        if (keepsFolders) folders.syncNow(place.folder, fs.sync);
      } catch (error) {
        throw named(error, "Writing", place);
      }
    },

    createSync(key, bytes, { compression = "none" } = {}) {
      const place = layout.locate(key, true);
      try {
        const created = runSync(createObject(writing, place, compression, bytes), fs.sync);
        if (created && keepsFolders) folders.syncNow(place.folder, fs.sync);
        return created;
      } catch (error) {
        throw named(error, "Writing", place);
      }
    },

    removeSync(key) {
      const place = layout.locate(key, true);
      try {
        const any = runSync(removeObject(layout, place), fs.sync);
        if (any && keepsFolders) folders.syncNow(place.folder, fs.sync);
        return any;
      } catch (error) {
        throw named(error, "Removing", place);
      }
    },

    async write(key, bytes, how = {}) {
      const place = layout.locate(key, true);
      try {
        await exclusive(place.path, async () => {
          const twins = await runAsync(replacing(place, bytes, how), fs.async, how.signal);
          if (keepsFolders) await folders.sync(place.folder);
          if (twins.length === 0) return;
          await runAsync(removeTwins(twins), fs.async, undefined);
          if (keepsFolders) await folders.sync(place.folder);
        });
      } catch (error) {
        throw named(error, "Writing", place);
      }
    },

    async writeFrom(key, source, how = {}) {
      const bytes = await gather(source, layout.locate(key, true).path, how.signal);
      await store.write(key, bytes, how);
    },

    async remove(key, { signal } = {}) {
      const place = layout.locate(key, true);
      try {
        await exclusive(place.path, async () => {
          const any = await runAsync(removeObject(layout, place), fs.async, signal);
          if (any && keepsFolders) await folders.sync(place.folder);
        });
      } catch (error) {
        throw named(error, "Removing", place);
      }
    },

    files: (folder, { signal } = {}) => filesOf(layout, fs.async, folder, signal),
    list: (prefix, { signal } = {}) => listKeys(layout, fs.async, prefix, signal),
    flush: () => folders.flush(),
    close: () => folders.flush(),
  };
  return store;
}
