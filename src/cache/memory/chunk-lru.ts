/** Chunks in memory, as they were encoded or decoded: bounded in bytes, keyed by scale and chunk. */
import { Arena, type Segment, type Span } from "./arena.js";
import { Lru } from "./lru.js";

/** How chunks are kept: as they are stored, decoded (`raw`), or in another encoding. */
export type LruEncoding = "same" | (string & {});

/** An encoded chunk, not compressed. */
export interface LruChunk {
  readonly encoding: string;
  readonly bytes: Uint8Array;
}

/** A chunk that is held, in place. */
export interface HeldChunk extends Span {
  readonly encoding: string;
  /** Told of a chunk whose bytes are held in fewer than it has. */
  readonly packed?: Packed | undefined;
}

/** A chunk in fewer bytes, which it does not show: it counts as many as it has. */
export interface Packed {
  /** Bytes of the chunk. */
  readonly length: number;
  /** A copy of them. */
  unpack(held: Span): Uint8Array;
}

/** When a read began; see {@link ChunkLru.since}. */
export type Moment = number;

/** Keys of changed chunks that are remembered one by one. */
const REMEMBERED = 4096;
/** Memory above twice the limit and this much is scattered too widely: everything is dropped. */
const SCATTERED = 128 << 20;

export class ChunkLru {
  /** How chunks are kept that are read from now on. */
  encoding: LruEncoding;
  readonly #arena: Arena = new Arena();
  readonly #lru: Lru<string, HeldChunk>;
  #now: Moment = 1;
  /** Reads that began before this may not add anything. */
  #floor: Moment = 0;
  readonly #changed = new Map<string, Moment>();

  /** @throws ArgumentError for a wrong limit. */
  constructor(limit: number, encoding: LruEncoding = "same") {
    this.encoding = encoding;
    this.#lru = new Lru({
      limit,
      weigh: ({ region, packed }) => packed?.length ?? region.length,
      onDrop: (chunk) => this.#arena.release(chunk),
    });
  }

  /** The limit in bytes; 0: nothing is held. */
  get size(): number {
    return this.#lru.size;
  }
  /** Bytes of the chunks that are held. */
  get nbytes(): number {
    return this.#lru.nbytes;
  }
  /** Number of chunks. */
  get length(): number {
    return this.#lru.length;
  }
  /** Bytes of memory in use for it, scratch included. */
  get memoryBytes(): number {
    return this.#arena.memoryBytes;
  }

  /** Sets the limit; 0 empties it. @throws ArgumentError. */
  resize(bytes: number): void {
    this.#lru.resize(bytes);
  }

  clear(): void {
    this.#lru.clear();
  }

  has(key: string): boolean {
    return this.#lru.has(key);
  }

  keys(): string[] {
    return [...this.#lru.keys()];
  }

  /** A copy of a chunk, which becomes the most recently used one. */
  get(key: string): LruChunk | undefined {
    const held = this.#lru.get(key);
    return held && copyOf(held);
  }

  /** Copies, from the most to the least recently used. */
  *items(): Generator<[string, LruChunk]> {
    for (const [key, held] of this.#lru.items()) yield [key, copyOf(held)];
  }

  /** Adds a copy of an encoded chunk. @returns false if it is too large. */
  set(key: string, { encoding, bytes }: LruChunk): boolean {
    const held = this.put(key, encoding, bytes.length);
    if (held === undefined) return false;
    held.segment.workspace.bytes().set(bytes, held.region.ptr);
    return true;
  }

  /** @returns whether there was such a chunk. */
  delete(key: string): boolean {
    return this.#lru.delete(key);
  }

  // ---- for reading and writing ----

  /** Where to put what is not kept. */
  get scratch(): Segment {
    return this.#arena.current;
  }

  /** How a chunk is encoded that is held. */
  encodingOf(key: string): string | undefined {
    return this.#lru.peek(key)?.encoding;
  }

  /** A chunk in place, until the next one is put. */
  find(key: string): HeldChunk | undefined {
    return this.#lru.get(key);
  }

  /**
   * Sets room of `length` bytes for a chunk apart, which the caller fills at once.
   * @returns undefined if the chunk is larger than the limit.
   */
  put(key: string, encoding: string, length: number, packed?: Packed): HeldChunk | undefined {
    const weight = packed?.length ?? length;
    if (length === 0 || weight > this.size) return undefined;
    if (this.#arena.memoryBytes > 2 * this.size + SCATTERED) this.clear();
    // Room first, so that the memory does not grow beyond the limit.
    this.#lru.delete(key);
    this.#lru.makeRoom(weight);
    const held: HeldChunk = { ...this.#arena.allocate(length), encoding, packed };
    this.#lru.set(key, held);
    return held;
  }

  /** Now, for a read that begins. */
  get since(): Moment {
    return this.#now;
  }

  /** Whether a read that began then may add this chunk: it was not written meanwhile. */
  isCurrent(key: string, since: Moment): boolean {
    return since >= this.#floor && since > (this.#changed.get(key) ?? 0);
  }

  /** The chunk was or is being written: drops it, and refuses it from reads that are under way. */
  invalidate(key: string): void {
    this.#lru.delete(key);
    if (this.#changed.size >= REMEMBERED) this.#forget();
    this.#changed.set(key, this.#now++);
  }

  /** The same for all chunks whose keys this picks. */
  invalidateWhere(picks: (key: string) => boolean): void {
    for (const key of this.keys()) if (picks(key)) this.#lru.delete(key);
    this.#forget();
  }

  #forget(): void {
    this.#changed.clear();
    this.#floor = ++this.#now;
  }
}

function copyOf({ encoding, segment, region, packed }: HeldChunk): LruChunk {
  if (packed !== undefined) return { encoding, bytes: packed.unpack({ segment, region }) };
  return { encoding, bytes: segment.workspace.bytes().slice(region.ptr, region.ptr + region.length) };
}
