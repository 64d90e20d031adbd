/** Folders that are written to: made when needed, remembered, swept of leftovers once, synced. */
import * as nodePath from "node:path";
import type { FileSystem, FsCalls } from "./fs.js";
import { READ } from "./fs.js";
import { call, type Program, runAsync, runSync } from "./program.js";
import { sweep } from "./temporary.js";

/** Folders remembered before they are forgotten all. */
const REMEMBERED = 4096;

export class Folders {
  readonly #known = new Set<string>();
  /** A sync that is running in each folder, and the one that those who came meanwhile wait for. */
  readonly #syncs = new Map<string, { running: Promise<void>; next: Promise<void> | undefined }>();
  /** Folders that are still to be synced. */
  readonly #unsynced = new Set<string>();
  readonly #fs: FileSystem;
  readonly #now: boolean;

  /** @param now whether folders are synced at every write, else at {@link flush}. */
  constructor(fs: FileSystem, now: boolean) {
    this.#fs = fs;
    this.#now = now;
  }

  forget(folder: string): void {
    this.#known.delete(folder);
  }

  /** Makes a folder, with those above it, and what is needed to make that last. */
  *ensure(folder: string): Program<void> {
    if (this.#known.has(folder)) return;
    const made = yield* call("mkdir", folder);
    if (made === undefined) yield* sweep(folder);
    else {
      for (let at = folder; at.length >= made.length; at = nodePath.dirname(at)) {
        const parent = nodePath.dirname(at);
        if (this.#now) yield* syncFolder(parent);
        else this.#unsynced.add(parent);
      }
    }
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.add(folder);
  }

  /** Makes renames in a folder last. */
  syncNow(folder: string, fs: FsCalls): void {
    if (this.#now) runSync(syncFolder(folder), fs);
    else this.#unsynced.add(folder);
  }

  /** The same; writers that come while a folder is being synced share the next sync. */
  async sync(folder: string): Promise<void> {
    if (this.#now) await this.#shared(folder);
    else this.#unsynced.add(folder);
  }

  #shared(folder: string): Promise<void> {
    const current = this.#syncs.get(folder);
    if (current === undefined) return this.#start(folder);
    current.next ??= current.running.catch(() => undefined).then(() => this.#start(folder));
    return current.next;
  }

  #start(folder: string): Promise<void> {
    const running = runAsync(syncFolder(folder), this.#fs.async, undefined).finally(() => {
      if (this.#syncs.get(folder)?.next === undefined) this.#syncs.delete(folder);
    });
    this.#syncs.set(folder, { running, next: undefined });
    return running;
  }

  /** Syncs the folders that were put off. */
  async flush(): Promise<void> {
    const folders = [...this.#unsynced];
    this.#unsynced.clear();
    await Promise.all(folders.map((folder) => this.#shared(folder)));
  }
}

function* syncFolder(folder: string): Program<void> {
  const fd = yield* call("open", folder, READ);
  try {
    yield* call("fsync", fd);
  } finally {
    yield* call("close", fd);
  }
}
