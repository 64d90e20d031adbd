/** What the parts of the contract share. */
import { it } from "vitest";
import type { Compression } from "../../compression/compression.js";
import { COMPRESSIONS } from "../../compression/names.js";
import type { ByteRange, Store, Stored, WriteOptions } from "../store.js";

export interface StoreUnderTest {
  readonly store: Store;
  /** Puts an object where the store finds it, for stores that cannot write. Default: `store.write`. */
  readonly put?: (key: string, bytes: Uint8Array, compression: Compression) => Promise<void>;
  readonly close?: () => Promise<void>;
}

/** What a store can do; all by default. */
export interface StoreTraits {
  readonly writable?: boolean;
  readonly listable?: boolean;
  /** Whether it has synchronous forms. */
  readonly sync?: boolean;
  /** Compressions that the storage can express. */
  readonly compressions?: readonly Compression[];
  /** Size of the large value. */
  readonly large?: number;
}

export type Read = (key: string, range?: ByteRange) => Promise<Stored | undefined>;
export type Write = (key: string, bytes: Uint8Array, options?: WriteOptions) => Promise<void>;

export class Harness {
  readonly writable: boolean;
  readonly listable: boolean;
  readonly sync: boolean;
  readonly compressions: readonly Compression[];
  readonly large: number;
  #opened: StoreUnderTest | undefined;

  constructor({
    writable = true,
    listable = true,
    sync = true,
    compressions = COMPRESSIONS,
    large = 5_000_000,
  }: StoreTraits) {
    this.writable = writable;
    this.listable = listable;
    this.sync = sync;
    this.compressions = compressions;
    this.large = large;
  }

  use(opened: StoreUnderTest): void {
    this.#opened = opened;
  }

  async close(): Promise<void> {
    await this.store.close?.();
    await this.#opened?.close?.();
  }

  /** The store of the running case. */
  get store(): Store {
    if (this.#opened === undefined) throw new Error("no store is open");
    return this.#opened.store;
  }

  async put(key: string, bytes: Uint8Array, compression: Compression = "none"): Promise<void> {
    if (this.#opened?.put !== undefined) await this.#opened.put(key, bytes, compression);
    else await this.store.write!(key, bytes, { compression });
  }

  async content(key: string): Promise<Uint8Array | undefined> {
    return (await this.store.read(key))?.bytes;
  }

  async listed(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const key of this.store.list!(prefix)) keys.push(key);
    return keys;
  }

  /** A case for each way of reading that the store has. */
  eachRead(title: string, test: (read: Read) => Promise<void>): void {
    it(`${title} (read)`, () => test((key, range) => this.store.read(key, { range })));
    if (!this.sync) return;
    it(`${title} (readSync)`, () => test(async (key, range) => this.store.readSync!(key, { range })));
  }

  /** A case for each way of writing that the store has. */
  eachWrite(title: string, test: (write: Write) => Promise<void>): void {
    it(`${title} (write)`, () => test((key, bytes, options) => this.store.write!(key, bytes, options)));
    if (!this.sync) return;
    it(`${title} (writeSync)`, () =>
      test(async (key, bytes, options) => this.store.writeSync!(key, bytes, options)));
  }
}
