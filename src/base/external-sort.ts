/** Sorting more records than memory holds: sorted runs in a spool, merged as they are read. */
import { radixOrder } from "./radix-order.js";
import type { OpenSpool, Spool } from "./spool.js";

/** A key: four 32-bit words, the most significant first. */
export type SortKey = readonly [number, number, number, number];

const KEY_WORDS = 4;
/** Length, then the key; the bytes follow, padded to whole words. */
const HEAD_WORDS = 1 + KEY_WORDS;
const FIRST_BYTES = 1 << 16;
/** Of a run, as it is written and read. */
const BLOCK_BYTES = 256 << 10;

/** A place in sorted records. Moves on: what was taken from it is valid until then. */
export interface SortedRecord {
  /** A word of the key. */
  word(i: number): number;
  /** A view. */
  readonly bytes: Uint8Array;
}

/** Records that are added in any order and read in that of their keys, as often as wanted; equal ones as they were added. */
export class ExternalSort {
  readonly #memory: number;
  readonly #open: OpenSpool | undefined;
  #spool: Spool | undefined;
  #runs: { readonly offset: number; readonly length: number }[] = [];
  #words: Uint32Array<ArrayBuffer>;
  #bytes: Uint8Array<ArrayBuffer>;
  /** Words in use. */
  #end = 0;
  /** Where records begin, in words. */
  #starts: number[] = [];
  #count = 0;

  /** @param memory bytes of records that are held. Without a spool all are. */
  constructor(memory: number, open: OpenSpool | undefined) {
    this.#memory = memory;
    this.#open = open;
    this.#words = new Uint32Array(FIRST_BYTES / 4);
    this.#bytes = new Uint8Array(this.#words.buffer);
  }

  get count(): number {
    return this.#count;
  }

  /** Copies a record. @returns a promise to wait for before the next one, if records have to be put aside. */
  add(key: SortKey, bytes: Uint8Array): Promise<void> | undefined {
    const size = HEAD_WORDS + Math.ceil(bytes.length / 4);
    if (this.#open !== undefined && this.#end > 0 && 4 * (this.#end + size) > this.#memory)
      return this.#putAside(this.#open).then(() => this.add(key, bytes));
    if (this.#end + size > this.#words.length) this.#grow(this.#end + size);
    const at = this.#end;
    this.#words[at] = bytes.length;
    for (let i = 0; i < KEY_WORDS; i++) this.#words[at + 1 + i] = key[i]!;
    this.#bytes.set(bytes, 4 * (at + HEAD_WORDS));
    this.#starts.push(at);
    this.#end = at + size;
    this.#count++;
    return undefined;
  }

  /** All records by their keys. Nothing may be added while they are read. */
  async *sorted(): AsyncGenerator<SortedRecord, void, undefined> {
    if (this.#spool === undefined) {
      const cursor = new Cursor(this.#words, this.#bytes);
      for (const item of this.#order()) yield cursor.moved(this.#starts[item]!);
      return;
    }
    await this.#flush(this.#spool);
    this.#release();
    yield* merged(await Promise.all(this.#runs.map((run) => RunReader.open(this.#spool!, run))));
  }

  /** Gives memory and spool back. */
  async close(): Promise<void> {
    this.#release();
    this.#runs = [];
    const spool = this.#spool;
    this.#spool = undefined;
    await spool?.close();
  }

  #release(): void {
    this.#words = new Uint32Array(0);
    this.#bytes = new Uint8Array(0);
    this.#starts = [];
    this.#end = 0;
  }

  #grow(least: number): void {
    const most = this.#open === undefined ? Number.POSITIVE_INFINITY : Math.ceil(this.#memory / 4);
    const words = new Uint32Array(Math.max(least, Math.min(2 * this.#words.length, most)));
    words.set(this.#words.subarray(0, this.#end));
    this.#words = words;
    this.#bytes = new Uint8Array(words.buffer);
  }

  #order(): Uint32Array {
    const [words, starts] = [this.#words, this.#starts];
    return radixOrder(starts.length, KEY_WORDS, (item, word) => words[starts[item]! + 1 + word]!);
  }

  async #putAside(open: OpenSpool): Promise<void> {
    this.#spool ??= await open();
    await this.#flush(this.#spool);
  }

  /** Writes what is held as a run. */
  async #flush(spool: Spool): Promise<void> {
    if (this.#starts.length === 0) return;
    const blocks: { at: number; length: number }[] = [];
    const out = new Uint8Array(BLOCK_BYTES);
    let filled = 0;
    const write = async (bytes: Uint8Array): Promise<void> => {
      blocks.push({ at: await spool.append(bytes), length: bytes.length });
    };
    for (const item of this.#order()) {
      const start = this.#starts[item]!;
      const length = 4 * (HEAD_WORDS + Math.ceil(this.#words[start]! / 4));
      const record = this.#bytes.subarray(4 * start, 4 * start + length);
      if (filled + length > out.length && filled > 0) {
        await write(out.subarray(0, filled));
        filled = 0;
      }
      if (length > out.length) await write(record);
      else {
        out.set(record, filled);
        filled += length;
      }
    }
    if (filled > 0) await write(out.subarray(0, filled));
    const length = blocks.reduce((sum, block) => sum + block.length, 0);
    this.#runs.push({ offset: blocks[0]!.at, length });
    this.#starts = [];
    this.#end = 0;
  }
}

/** A record within an array of words. */
class Cursor implements SortedRecord {
  readonly #words: Uint32Array;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(words: Uint32Array, bytes: Uint8Array) {
    this.#words = words;
    this.#bytes = bytes;
  }

  moved(at: number): this {
    this.#at = at;
    return this;
  }

  word(i: number): number {
    return this.#words[this.#at + 1 + i]!;
  }

  get bytes(): Uint8Array {
    const start = 4 * (this.#at + HEAD_WORDS);
    return this.#bytes.subarray(start, start + this.#words[this.#at]!);
  }
}

/** Reads a run block by block. */
class RunReader implements SortedRecord {
  readonly #spool: Spool;
  #offset: number;
  readonly #end: number;
  #words: Uint32Array = new Uint32Array(0);
  #cursor = new Cursor(this.#words, new Uint8Array(0));
  #at = 0;
  #next = 0;

  private constructor(spool: Spool, run: { readonly offset: number; readonly length: number }) {
    this.#spool = spool;
    this.#offset = run.offset;
    this.#end = run.offset + run.length;
  }

  static async open(
    spool: Spool,
    run: { readonly offset: number; readonly length: number },
  ): Promise<RunReader> {
    const reader = new RunReader(spool, run);
    await reader.advance();
    return reader;
  }

  get isOver(): boolean {
    return this.#at >= this.#words.length;
  }

  word(i: number): number {
    return this.#cursor.word(i);
  }

  get bytes(): Uint8Array {
    return this.#cursor.bytes;
  }

  /** Goes on to the next record. @returns a promise to wait for where that has to be read first. */
  advance(): Promise<void> | undefined {
    this.#at = this.#next;
    if (this.#at < this.#words.length) {
      const size = HEAD_WORDS + Math.ceil(this.#words[this.#at]! / 4);
      if (this.#at + size <= this.#words.length) {
        this.#next = this.#at + size;
        this.#cursor.moved(this.#at);
        return undefined;
      }
    }
    const rest = 4 * (this.#words.length - this.#at);
    const start = this.#offset - rest;
    return start < this.#end ? this.#refill(start) : undefined;
  }

  /** Reads on from the record that begins at `start`, at least all of it. */
  async #refill(start: number): Promise<void> {
    const left = this.#end - start;
    let bytes = await this.#spool.read(start, Math.min(BLOCK_BYTES, left));
    const size = 4 * (HEAD_WORDS + Math.ceil(new Uint32Array(bytes.buffer, 0, 1)[0]! / 4));
    if (size > bytes.length) bytes = await this.#spool.read(start, size);
    const whole = bytes.length - (bytes.length % 4);
    this.#offset = start + whole;
    this.#words = new Uint32Array(bytes.buffer, 0, whole / 4);
    this.#cursor = new Cursor(this.#words, bytes);
    this.#next = 0;
    return await this.advance();
  }
}

/** The records of sorted runs, through a heap of the runs' next ones. */
async function* merged(readers: readonly RunReader[]): AsyncGenerator<SortedRecord, void, undefined> {
  const runs = readers.map((reader, place) => ({ reader, place }));
  type Run = (typeof runs)[number];
  const precedes = (a: Run, b: Run): boolean => {
    for (let i = 0; i < KEY_WORDS; i++) {
      const [x, y] = [a.reader.word(i), b.reader.word(i)];
      if (x !== y) return x < y;
    }
    return a.place < b.place;
  };
  const sink = (from: number): void => {
    for (let at = from; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < runs.length && precedes(runs[child]!, runs[least]!)) least = child;
      if (least === at) return;
      [runs[at], runs[least]] = [runs[least]!, runs[at]!];
      at = least;
    }
  };
  for (let at = runs.length >> 1; at >= 0; at--) if (at < runs.length) sink(at);
  while (runs.length > 0) {
    const { reader } = runs[0]!;
    yield reader;
    const reading = reader.advance();
    if (reading !== undefined) await reading;
    if (reader.isOver) {
      const last = runs.pop()!;
      if (runs.length === 0) return;
      if (last.reader !== reader) runs[0] = last;
    }
    sink(0);
  }
}
