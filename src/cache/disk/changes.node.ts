/**
 * Objects that are being written, by whatever process: a file for each. While one is there, no reader adds what it
 * fetched to the cache, since that may be the old object. Those of processes that died are cleared by readers.
 */
import { join } from "node:path";
import { announce, announced, type Longest, withdraw } from "./announcements.node.js";
import type { Generations } from "./generations.node.js";

/** Writing an object takes no longer than this, with all its retries; a file of another machine is cleared then. */
const LONGEST: Longest = { here: Number.POSITIVE_INFINITY, onOtherMachines: 15 * 60_000 };

export class Changes {
  readonly #folder: string;
  readonly #generations: Generations;

  constructor(folder: string, generations: Generations) {
    this.#folder = folder;
    this.#generations = generations;
  }

  /** Says that an object of a bucket is being written. @returns the file that says so, to be given to {@link end}. */
  begin(bucket: string): string {
    return announce(join(this.#folder, bucket));
  }

  end(path: string): void {
    withdraw(path);
  }

  /** Whether some object of a bucket is being written, by another one than `own`, or was when its writer died. */
  pending(bucket: string, own?: string): boolean {
    const others = announced(join(this.#folder, bucket), LONGEST, own);
    for (const { path, isOver } of others) {
      if (!isOver) continue;
      // What others have fetched before now may be the old object: they learn of it before the file goes.
      this.#generations.advance(bucket);
      withdraw(path);
    }
    return others.length > 0;
  }
}
