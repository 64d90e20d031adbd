/**
 * Entries that are being added. Who adds one looks before and after whether its object is being written; were it killed in between, an
 * old one would stay. So a writer, once it has said that it writes, waits for those that are adding, and removes the entry
 * after that: whatever is added later has looked later, too.
 */
import { announce, announced, type Longest, withdraw } from "./announcements.node.js";

/** Adding takes milliseconds. What is older was left by a thread that ended, or that is stuck and will look again. */
const LONGEST: Longest = { here: 5000, onOtherMachines: 5000 };
const pause = new Int32Array(new SharedArrayBuffer(4));

export class Additions {
  readonly #folder: string;

  /** @param folder which need not exist. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Runs what looks, adds, and looks again. @throws what it throws, and if nothing can be written here: then nothing is added. */
  during<T>(add: () => T): T {
    const own = announce(this.#folder);
    try {
      return add();
    } finally {
      withdraw(own);
    }
  }

  /** Waits until those that are adding now are done, or dead. */
  settle(): void {
    let waiting = announced(this.#folder, LONGEST);
    for (;;) {
      for (const { path, isOver } of waiting) if (isOver) withdraw(path);
      const paths = new Set(waiting.filter(({ isOver }) => !isOver).map(({ path }) => path));
      if (paths.size === 0) return;
      Atomics.wait(pause, 0, 0, 0.2 + Math.random());
      waiting = announced(this.#folder, LONGEST).filter(({ path }) => paths.has(path));
    }
  }
}
