/**
 * How a reader that fetched an old object learns that it was written meanwhile, in whatever process: each write adds
 * a byte to one of 256 files, and their sizes are compared. A process that is killed leaves nothing to clear.
 */
import { appendFileSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";

const ALL = "all";

export class Generations {
  readonly #folder: string;

  /** @param folder which need not exist. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The state of a key's file: two that are equal mean that there was no write of this key in between. */
  of(key: string): string {
    return `${this.#state(this.#path(key))} ${this.#state(join(this.#folder, ALL))}`;
  }

  #state(path: string): string {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? "none" : `${found.ino}-${found.size}`;
  }

  /** To be called after an object was written and before its entry is. */
  advance(key: string): void {
    this.#add(this.#path(key));
  }

  /** The same for every key. */
  advanceAll(): void {
    this.#add(join(this.#folder, ALL));
  }

  #add(path: string): void {
    try {
      appendFileSync(path, ".");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      mkdirSync(this.#folder, { recursive: true });
      appendFileSync(path, ".");
    }
  }

  #path(key: string): string {
    let hash = 0;
    for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0;
    return join(this.#folder, (((hash >>> 16) ^ hash) & 0xff).toString(16).padStart(2, "0"));
  }
}
