/**
 * Where large reads go: shared WebAssembly memories that workers fill in place, recycled after use. V8 does
 * not count shared memories, so a fresh one for each read would never be freed in time; a result that
 * is garbage (or released) gives its memory back here. See docs/adr/0002-recycled-outputs.md.
 */
import type { Region } from "../base/workspace.js";
import type { Lifetime } from "./lifetime.js";

export { type Lifetime, ORDINARY } from "./lifetime.js";

export interface OutputMemory {
  /** Unique in this process, so that workers know a memory again. */
  readonly id: number;
  readonly memory: WebAssembly.Memory;
  readonly capacity: number;
}

/** The memory of one result. */
export interface OutputLease {
  readonly output: OutputMemory;
  readonly region: Region;
  /** Hands the result to the caller: the memory returns when `buffer` is garbage or `release` is called. */
  publish(): { readonly buffer: SharedArrayBuffer; readonly lifetime: Lifetime };
  /** Gives the memory back at once (a failed read; the caller never saw it). */
  discard(): void;
}

export interface OutputsOptions {
  /** Makes a shared memory with at least `bytes` free and says where they lie. */
  readonly allocate: (bytes: number) => { memory: WebAssembly.Memory; region: Region };
  /** Told when a memory is dropped for good, so that workers forget it. */
  readonly onDrop?: (id: number) => void;
  /** Makes garbage results give their memories back, where the platform can be asked to. */
  readonly collect?: () => Promise<void>;
  /** Idle bytes kept for later reads. */
  readonly keepBytes?: number;
}

interface Slot extends OutputMemory {
  readonly region: Region;
}

const MB = 1 << 20;
const WORTH_COLLECTING = 32 * MB;
/** Threads know memories by these, so that no two of a process may be alike. */
let nextId = 1;

export class Outputs {
  readonly #options: OutputsOptions;
  readonly #idle: Slot[] = [];
  readonly #registry: FinalizationRegistry<Slot>;
  /** Gives each result's buffer the weight that V8 does not see in a shared memory. */
  readonly #weights = new WeakMap<object, ArrayBuffer>();
  readonly #published = new WeakMap<object, Slot>();
  /** Results that somebody may still hold. */
  #held = 0;

  constructor(options: OutputsOptions) {
    this.#options = options;
    this.#registry = new FinalizationRegistry((slot) => this.#returned(slot));
  }

  /** The memory behind a published result, so that it can be filled again in place. */
  find(buffer: ArrayBufferLike): { readonly output: OutputMemory; readonly region: Region } | undefined {
    const slot = this.#published.get(buffer);
    return slot === undefined ? undefined : { output: slot, region: slot.region };
  }

  /** Memories waiting for the next read. */
  get idle(): number {
    return this.#idle.length;
  }

  async acquire(bytes: number): Promise<OutputLease> {
    const slot = this.#reuse(bytes) ?? (await this.#reclaim(bytes)) ?? this.#make(bytes);
    let open = true;
    const close = (): boolean => {
      const was = open;
      open = false;
      return was;
    };
    return {
      output: slot,
      region: { ptr: slot.region.ptr, length: bytes },
      publish: () => {
        close();
        return this.#publish(slot, bytes);
      },
      discard: () => {
        if (close()) this.#recycle(slot);
      },
    };
  }

  /** Before a large fresh memory is made: the last result is often garbage already. */
  async #reclaim(bytes: number): Promise<Slot | undefined> {
    if (this.#options.collect === undefined || this.#held === 0 || bytes < WORTH_COLLECTING) return undefined;
    await this.#options.collect();
    return this.#reuse(bytes);
  }

  #publish(slot: Slot, bytes: number): { buffer: SharedArrayBuffer; lifetime: Lifetime } {
    const buffer = structuredClone(slot.memory.buffer) as unknown as SharedArrayBuffer;
    this.#weights.set(buffer, new ArrayBuffer(bytes));
    this.#published.set(buffer, slot);
    this.#registry.register(buffer, slot, buffer);
    this.#held++;
    let held = true;
    const ref = new WeakRef(buffer);
    const end = (then: () => void): void => {
      const b = held ? ref.deref() : undefined;
      held = false;
      if (b === undefined) return;
      this.#registry.unregister(b);
      this.#published.delete(b);
      this.#weights.delete(b);
      then();
    };
    const release = (): void => end(() => this.#returned(slot));
    const keep = (): void =>
      end(() => {
        this.#held--;
        this.#options.onDrop?.(slot.id);
      });
    return { buffer, lifetime: { release, keep } };
  }

  #reuse(bytes: number): Slot | undefined {
    let best = -1;
    this.#idle.forEach((s, i) => {
      const fits = s.capacity >= bytes && s.capacity <= 2 * bytes + 16 * MB;
      if (fits && (best < 0 || s.capacity < (this.#idle[best]?.capacity ?? 0))) best = i;
    });
    return best < 0 ? undefined : this.#idle.splice(best, 1)[0];
  }

  #make(bytes: number): Slot {
    const capacity = Math.ceil(bytes / MB) * MB;
    const { memory, region } = this.#options.allocate(capacity);
    return { id: nextId++, memory, capacity, region };
  }

  #returned(slot: Slot): void {
    this.#held--;
    this.#recycle(slot);
  }

  #recycle(slot: Slot): void {
    this.#idle.push(slot);
    const keep = this.#options.keepBytes ?? 1024 * MB;
    let total = this.#idle.reduce((n, s) => n + s.capacity, 0);
    while (total > keep && this.#idle.length > 1) {
      const dropped = this.#idle.shift();
      if (dropped === undefined) return;
      total -= dropped.capacity;
      this.#options.onDrop?.(dropped.id);
    }
  }
}
