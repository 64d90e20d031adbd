/**
 * Objects as files below a folder. Compression is told by suffix (`.gz`, `.br`, `.zstd`, `.xz`, `.bz2`), as
 * CloudVolume does. Writes are atomic; see the README for what holds after a crash.
 */

import { exclusive } from "../exclusive.js";
import type { Store, StoreSpec, WriteOptions } from "../store.js";
import { fileFailure } from "./failure.js";
import { filesOf } from "./files.js";
import { Folders } from "./folders.js";
import { type FileSystem, nodeFileSystem } from "./fs.js";
import { listKeys } from "./list.js";
import { dropLock, RENEWAL, renewLock, takeLock, withLock } from "./lock.js";
import { layoutOf, type Place } from "./place.js";
import { type Program, runAsync, runSync } from "./program.js";
import { Expectations, readObject, statObject } from "./read.js";
import { syncObjects } from "./sync.js";
import {
  createObject,
  discard,
  placeTemporary,
  removeObject,
  removeTwins,
  replaceObject,
  type Writing,
} from "./write.js";
import { writeTemporaryFrom } from "./write-from.js";

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
  readonly locked: NonNullable<Store["locked"]>;
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

const lockOf = (place: Place): string => `lock of ${place.path}`;

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
    return guarded(place, ifVersion, replaceObject(writingAs(options), place, compression, bytes, options));
  }

  /** What is to last later is not synced now. */
  function writingAs({ lasting = true }: WriteOptions): Writing {
    return lasting ? writing : { ...writing, syncFiles: false };
  }

  /** Conditional writers take turns. Who holds the lock already is not kept waiting by it. */
  function guarded(
    place: Place,
    ifVersion: string | null | undefined,
    program: Program<readonly string[]>,
  ): Program<readonly string[]> {
    if (ifVersion === undefined) return program;
    return held.has(place.path) ? alone(program) : withLock(writing, place, alone(program));
  }

  /** Runs a write to its end: what it leaves behind is removed, and all of it made to last. */
  async function settled(
    place: Place,
    { ifVersion, lasting = true }: WriteOptions,
    write: () => Promise<readonly string[]>,
  ): Promise<void> {
    const keeps = keepsFolders && lasting;
    const settle = (): Promise<void> =>
      exclusive(place.path, async () => {
        const twins = await write();
        if (keeps) await folders.sync(place.folder);
        if (twins.length === 0) return;
        await runAsync(removeTwins(twins), fs.async, undefined);
        if (keeps) await folders.sync(place.folder);
      });
    // Whoever will ask for the lock comes here first, so that none waits for it while keeping its holder from writing.
    const asks = ifVersion !== undefined && !held.has(place.path);
    await (asks ? exclusive(lockOf(place), settle) : settle());
  }

  /** Keys whose lock this store holds. */
  const held = new Set<string>();
  const named = (error: unknown, what: string, place: Place): unknown => fileFailure(error, what, place.path);

  return {
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
        const keeps = keepsFolders && how.lasting !== false;
        const twins = runSync(replacing(place, bytes, how), fs.sync);
        if (keeps) folders.syncNow(place.folder, fs.sync);
        if (twins.length === 0) return;
        runSync(removeTwins(twins), fs.sync);
        if (keeps) folders.syncNow(place.folder, fs.sync);
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
        await settled(place, how, () => runAsync(replacing(place, bytes, how), fs.async, how.signal));
      } catch (error) {
        throw named(error, "Writing", place);
      }
    },

    async writeFrom(key, source, how = {}) {
      const { compression = "none", ifVersion, signal } = how;
      const place = layout.locate(key, true);
      try {
        const temporary = await writeTemporaryFrom(writingAs(how), place, source, fs, signal);
        const program = placeTemporary(writing, place, compression, temporary, how);
        try {
          await settled(place, how, () => runAsync(guarded(place, ifVersion, program), fs.async, signal));
        } catch (error) {
          // The lock may not have been had.
          await runAsync(discard(temporary.path), fs.async, undefined);
          throw error;
        }
      } catch (error) {
        throw named(error, "Writing", place);
      }
    },

    async locked(key, work, { signal } = {}) {
      const place = layout.locate(key, true);
      return await exclusive(lockOf(place), async () => {
        const lock = await runAsync(takeLock(writing, place), fs.async, signal).catch((error: unknown) => {
          throw named(error, "Locking", place);
        });
        const renewal = setInterval(() => void runAsync(renewLock(lock), fs.async, undefined), RENEWAL);
        held.add(place.path);
        try {
          return await work();
        } finally {
          held.delete(place.path);
          clearInterval(renewal);
          // Who comes straight back would always be before those who look now and then.
          const others = await runAsync(dropLock(lock), fs.async, undefined);
          if (others) await fs.async.wait(10 + Math.random() * 30);
        }
      });
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
    async sync(keys) {
      if (durability === "none") return;
      const places = [...keys].map((key) => layout.locate(key, true));
      await syncObjects(writing, places, fs.async);
    },

    list: (prefix, { signal } = {}) => listKeys(layout, fs.async, prefix, signal),
    flush: () => folders.flush(),
    close: () => folders.flush(),
  };
}
