/** What the parts of the contract share. */
import { expect, it } from "vitest";
import type { Compression } from "../../compression/compression.js";
import { COMPRESSIONS } from "../../compression/names.js";
import type { ByteRange, Store, Stored, WriteOptions } from "../store.js";
import { ODD_KEYS } from "./samples.js";

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
  /** Whether it removes many objects by fewer requests. Default false. */
  readonly removesMany?: boolean;
  /** Compressions that the storage can express. */
  readonly compressions?: readonly Compression[];
  /** Size of the large value. */
  readonly large?: number;
  /** Odd keys that the storage behind it does not take. */
  readonly refusedKeys?: readonly string[];
  /** Objects in the long list. Default 40. */
  readonly many?: number;
}

export type Read = (key: string, range?: ByteRange) => Promise<Stored | undefined>;
export type Write = (key: string, bytes: Uint8Array, options?: WriteOptions) => Promise<void>;

/** The fewest distinct cases of a store. */
const LEAST_CASES = 110;

export class Harness {
  readonly writable: boolean;
  readonly listable: boolean;
  readonly sync: boolean;
  readonly removesMany: boolean;
  readonly compressions: readonly Compression[];
  readonly large: number;
  readonly oddKeys: readonly string[];
  readonly refusedKeys: readonly string[];
  readonly many: number;
  readonly #titles = new Set<string>();
  readonly #lacks: string[] = [];
  #opened: StoreUnderTest | undefined;

  constructor(traits: StoreTraits) {
    const { writable = true, listable = true, sync = true, removesMany = false } = traits;
    this.writable = writable;
    this.listable = listable;
    this.sync = sync;
    this.removesMany = removesMany;
    this.compressions = traits.compressions ?? COMPRESSIONS;
    this.large = traits.large ?? 1_500_000;
    this.refusedKeys = traits.refusedKeys ?? [];
    this.oddKeys = ODD_KEYS.filter((key) => !this.refusedKeys.includes(key));
    this.many = traits.many ?? 40;
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

  /** A case, which has a name of its own. */
  it(title: string, test: () => void | Promise<void>): void {
    if (this.#titles.has(title)) throw new Error(`Two cases are called: ${title}`);
    this.#titles.add(title);
    it(title, test);
  }

  /** A case for what a store cannot do: that it says so. It is listed by name at the end. */
  lacks(capability: string, test: () => void | Promise<void>): void {
    this.#lacks.push(capability);
    this.it(`cannot: ${capability}`, test);
  }

  /** The last case: that there were enough, and what the store lacks. */
  summary(): void {
    const lacks = this.#lacks.length === 0 ? "lacks nothing" : `lacks ${this.#lacks.join(", ")}`;
    const count = this.#titles.size;
    it(`has ${count} distinct cases, at least ${LEAST_CASES}; ${lacks}`, () => {
      expect(count).toBeGreaterThanOrEqual(LEAST_CASES);
    });
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
    this.it(`${title} (read)`, () => test((key, range) => this.store.read(key, { range })));
    if (!this.sync) return;
    this.it(`${title} (readSync)`, () => test(async (key, range) => this.store.readSync!(key, { range })));
  }

  /** A case for each way of writing that the store has. */
  eachWrite(title: string, test: (write: Write) => Promise<void>): void {
    this.it(`${title} (write)`, () => test((key, bytes, options) => this.store.write!(key, bytes, options)));
    if (!this.sync) return;
    this.it(`${title} (writeSync)`, () =>
      test(async (key, bytes, options) => this.store.writeSync!(key, bytes, options)),
    );
  }
}
