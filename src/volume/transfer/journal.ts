/**
 * What of a transfer is done, in a small object beside the destination's info: a transfer that was killed goes on there.
 * It is written every second or so, after what it names is stored, and removed at the end.
 */
import { CloudVolumeError } from "../../base/errors.js";
import { type JsonValue, parseJson } from "../../base/json.js";
import type { Store } from "../../stores/store.js";

const VERSION = 1;
const INTERVAL_MS = 1000;
/** Journals above this are not read. */
const LIMIT = 64 << 20;

export class TransferJournal {
  readonly #store: Store | undefined;
  readonly #key: string;
  readonly #units: number;
  /** A bit for each unit. */
  readonly #done: Uint8Array;
  #written = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(store: Store | undefined, key: string, units: number, done: Uint8Array) {
    this.#store = store;
    this.#key = key;
    this.#units = units;
    this.#done = done;
  }

  /**
   * @param store undefined: nothing is kept, where the destination has no place for it.
   * @param name tells transfers of one destination apart, and changes with everything that they depend on.
   */
  static async open(
    store: Store | undefined,
    name: string,
    units: number,
    resume: boolean,
    signal: AbortSignal | undefined,
  ): Promise<TransferJournal> {
    const key = `.transfer-${await digest(name)}`;
    const done = new Uint8Array(Math.ceil(units / 8));
    if (resume && store !== undefined) {
      const stored = await store.read(key, { signal });
      const known = stored && read(stored.bytes, units);
      if (known !== undefined) done.set(known);
    }
    return new TransferJournal(store, key, units, done);
  }

  isDone(unit: number): boolean {
    return ((this.#done[unit >> 3]! >> (unit & 7)) & 1) === 1;
  }

  /** Notes a unit that is stored. */
  async add(unit: number): Promise<void> {
    this.#done[unit >> 3]! |= 1 << (unit & 7);
    const now = performance.now();
    if (this.#written === 0) this.#written = now;
    if (now - this.#written < INTERVAL_MS) return;
    this.#written = now;
    await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#store === undefined) return;
    const bytes = new TextEncoder().encode(
      JSON.stringify({
        version: VERSION,
        units: this.#units,
        done: btoa(String.fromCharCode(...this.#done)),
      }),
    );
    this.#writing = this.#writing.then(() => this.#store?.write?.(this.#key, bytes));
    await this.#writing;
  }

  /** The transfer is complete. */
  async remove(): Promise<void> {
    await this.#writing;
    await this.#store?.remove?.(this.#key);
  }
}

/** The bits of an earlier run; undefined if there are none that fit. */
function read(bytes: Uint8Array, units: number): Uint8Array | undefined {
  if (bytes.length > LIMIT) return undefined;
  let json: JsonValue;
  try {
    json = parseJson(bytes, { where: "journal" });
  } catch (error) {
    if (error instanceof CloudVolumeError) return undefined;
    throw error;
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  if (json.version !== VERSION || json.units !== units || typeof json.done !== "string") return undefined;
  const done = Uint8Array.from(atob(json.done), (c) => c.charCodeAt(0));
  return done.length === Math.ceil(units / 8) ? done : undefined;
}

async function digest(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash).subarray(0, 8), (b) => b.toString(16).padStart(2, "0")).join("");
}
