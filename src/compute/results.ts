/**
 * Arrays for small results. One that is given back by `release` serves again: a new one costs page faults, and the garbage
 * collector runs for every 32 MB of them. What the caller had of it is detached, so that nobody sees foreign voxels.
 */
import { type Lifetime, ORDINARY } from "./lifetime.js";

/** Freed bytes that wait for the next results of their sizes. */
const KEEP_BYTES = 32 << 20;
/** Smaller arrays are cheaper to make than to move. */
const WORTH_KEEPING = 64 << 10;

export class Results {
  readonly #allocate: (bytes: number) => ArrayBuffer;
  readonly #free: ArrayBuffer[] = [];
  #freeBytes = 0;

  /** @param allocate Makes an ArrayBuffer of undefined content. */
  constructor(allocate: (bytes: number) => ArrayBuffer) {
    this.#allocate = allocate;
  }

  /** An ArrayBuffer of just this length and undefined content. */
  take(bytes: number): ArrayBuffer {
    const at = this.#free.findLastIndex((buffer) => buffer.byteLength === bytes);
    if (at < 0) return this.#allocate(bytes);
    this.#freeBytes -= bytes;
    return this.#free.splice(at, 1)[0] as ArrayBuffer;
  }

  /** The lifetime of what {@link take} gave: the garbage collector's, unless it is released before. */
  lifetime(buffer: ArrayBuffer): Lifetime {
    if (buffer.byteLength < WORTH_KEEPING) return ORDINARY;
    return { release: () => this.#giveBack(buffer), keep: ORDINARY.keep };
  }

  #giveBack(buffer: ArrayBuffer): void {
    if (buffer.byteLength === 0) return; // Released before, or sent to another thread.
    this.#free.push(structuredClone(buffer, { transfer: [buffer] }));
    this.#freeBytes += this.#free.at(-1)?.byteLength ?? 0;
    while (this.#freeBytes > KEEP_BYTES) this.#freeBytes -= this.#free.shift()?.byteLength ?? 0;
  }
}
