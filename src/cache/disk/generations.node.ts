/**
 * How a reader that fetched an old object learns that it was written meanwhile, in whatever process: each write adds
 * a byte to one of 4097 files, and their sizes are compared. A process that is killed leaves nothing to clear.
 */
import { appendFileSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** The bucket of changes that concern every key. */
export const EVERY = "every";

/** The bucket of a key, one of 4096. */
export function bucketOf(key: string): string {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0;
  return (((hash >>> 16) ^ hash) & 0xfff).toString(16).padStart(3, "0");
}

export class Generations {
  readonly #folder: string;

  /** @param folder which need not exist. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The state of a bucket: two that are equal mean that no object of it was written in between. */
  of(bucket: string): string {
    return `${this.#state(bucket)} ${this.#state(EVERY)}`;
  }

  /** How many writes of a bucket's objects were told, and of changes that concern every key. */
  counts(bucket: string): readonly [number, number] {
    return [this.#size(bucket), this.#size(EVERY)];
  }

  #size(bucket: string): number {
    try {
      return statSync(join(this.#folder, bucket), { throwIfNoEntry: false })?.size ?? 0;
    } catch {
      return 0;
    }
  }

  #state(bucket: string): string {
    try {
      const found = statSync(join(this.#folder, bucket), { throwIfNoEntry: false });
      return found === undefined ? "none" : `${found.ino}-${found.size}`;
    } catch {
      return "none";
    }
  }

  /** To be called after an object was written and before its entry is. */
  advance(bucket: string): void {
    const path = join(this.#folder, bucket);
    try {
      appendFileSync(path, ".");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      mkdirSync(this.#folder, { recursive: true });
      appendFileSync(path, ".");
    }
  }
}
