/** The roots of labels as found before, for questions whose answers do not change. Bounded: what was not asked for of late goes. */

/** Pairs that are kept at most; a pair takes about 100 bytes. */
const MOST = 500_000;

export class RootCache {
  readonly #half: number;
  #young = new Map<string, Map<bigint, bigint>>();
  #old = new Map<string, Map<bigint, bigint>>();
  #count = 0;

  constructor(most: number = MOST) {
    this.#half = Math.max(1, Math.floor(most / 2));
  }

  /** @param question what distinguishes answers: time and layer. */
  get(question: string, label: bigint): bigint | undefined {
    const young = this.#young.get(question)?.get(label);
    if (young !== undefined) return young;
    const old = this.#old.get(question)?.get(label);
    if (old !== undefined) this.set(question, label, old);
    return old;
  }

  set(question: string, label: bigint, root: bigint): void {
    if (this.#count >= this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#count = 0;
    }
    let pairs = this.#young.get(question);
    if (pairs === undefined) {
      pairs = new Map();
      this.#young.set(question, pairs);
    }
    if (!pairs.has(label)) this.#count++;
    pairs.set(label, root);
  }

  /** Pairs that are kept. */
  get size(): number {
    const count = (half: Map<string, Map<bigint, bigint>>): number =>
      [...half.values()].reduce((sum, pairs) => sum + pairs.size, 0);
    return count(this.#young) + count(this.#old);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#count = 0;
  }
}
