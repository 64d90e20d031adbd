/** A map that holds the most recently used entries, up to a limit. */
import { ArgumentError } from "../../base/errors.js";

export interface LruOptions<K, V> {
  /** Most of what `weigh` counts; 0 holds nothing. */
  readonly limit: number;
  /** What an entry counts, e.g. its bytes. Default: 1. */
  readonly weigh?: ((value: V, key: K) => number) | undefined;
  /** Told of every entry that goes: pushed out, deleted, replaced, cleared. */
  readonly onDrop?: ((value: V, key: K) => void) | undefined;
}

interface Held<V> {
  readonly value: V;
  readonly weight: number;
}

/** Source: CloudVolume `LRU`. Its `get` of a missing key throws; here it is undefined. */
export class Lru<K, V> {
  /** From the least to the most recently used. */
  readonly #held = new Map<K, Held<V>>();
  #limit: number;
  #weight = 0;
  readonly #weigh: (value: V, key: K) => number;
  readonly #onDrop: ((value: V, key: K) => void) | undefined;

  /** @throws ArgumentError for a limit that is no number from 0 on. */
  constructor({ limit, weigh = () => 1, onDrop }: LruOptions<K, V>) {
    this.#limit = checkLimit(limit);
    this.#weigh = weigh;
    this.#onDrop = onDrop;
  }

  /** The limit. */
  get size(): number {
    return this.#limit;
  }
  /** The sum of all weights: bytes, where entries are weighed by their bytes. */
  get nbytes(): number {
    return this.#weight;
  }
  /** Number of entries. */
  get length(): number {
    return this.#held.size;
  }

  has(key: K): boolean {
    return this.#held.has(key);
  }

  /** The value; its place among the others stays. */
  peek(key: K): V | undefined {
    return this.#held.get(key)?.value;
  }

  /** The value, which becomes the most recently used one. */
  get(key: K): V | undefined {
    const held = this.#held.get(key);
    if (held === undefined) return undefined;
    this.#held.delete(key);
    this.#held.set(key, held);
    return held.value;
  }

  /** Adds or replaces; pushes out what was used least recently. @returns whether it is held: it may be too heavy. */
  set(key: K, value: V): boolean {
    this.delete(key);
    const weight = this.#weigh(value, key);
    if (weight > this.#limit || this.#limit === 0) return false;
    this.#shrink(this.#limit - weight);
    this.#held.set(key, { value, weight });
    this.#weight += weight;
    return true;
  }

  /** @returns whether there was such an entry. */
  delete(key: K): boolean {
    const held = this.#held.get(key);
    if (held === undefined) return false;
    this.#held.delete(key);
    this.#weight -= held.weight;
    this.#onDrop?.(held.value, key);
    return true;
  }

  /** Pushes out until `weight` more would fit. */
  makeRoom(weight: number): void {
    this.#shrink(Math.max(0, this.#limit - weight));
  }

  clear(): void {
    this.#shrink(-1);
  }

  /** Another limit; pushes out what exceeds it. 0 empties it, and nothing is held from then on. @throws ArgumentError. */
  resize(limit: number): void {
    this.#limit = checkLimit(limit);
    this.#shrink(limit === 0 ? -1 : limit);
  }

  keys(): IterableIterator<K> {
    return this.#held.keys();
  }

  /** From the most to the least recently used. */
  items(): [K, V][] {
    return [...this.#held].reverse().map(([key, { value }]) => [key, value]);
  }

  /** Pushes out until the weight is at most `wanted`; -1: everything, weightless entries too. */
  #shrink(wanted: number): void {
    for (const key of this.#held.keys()) {
      if (wanted >= 0 && this.#weight <= wanted) return;
      this.delete(key);
    }
  }
}

function checkLimit(limit: number): number {
  if (Number.isFinite(limit) && limit >= 0) return limit;
  throw new ArgumentError("Wrong limit of an LRU", { expected: "a number from 0 on", got: String(limit) });
}
