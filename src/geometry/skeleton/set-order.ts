/**
 * Whole numbers in the order in which CPython walks a `set` of them. Osteoid walks a vertex's neighbours so, and its
 * paths and SWC files follow that order; to give the same, so must we. Source: CPython's Objects/setobject.c (a table
 * of a power of two, nine probes in a row where they fit, then a perturbed jump; grown fourfold at 3/5 of its size).
 */

const LINEAR_PROBES = 9;
const PERTURB_SHIFT = 5;
const SMALLEST = 8;
const EMPTY = -1;

export class PythonSetOrder {
  #table: number[] = new Array<number>(SMALLEST).fill(EMPTY);
  #used = 0;

  /** Adds a number of at least 0; one that is there already changes nothing. */
  add(value: number): void {
    const at = this.#place(value);
    if (this.#table[at] === value) return;
    this.#table[at] = value;
    this.#used++;
    if (this.#used * 5 >= (this.#table.length - 1) * 3) this.#grow();
  }

  *[Symbol.iterator](): Generator<number> {
    for (const value of this.#table) if (value !== EMPTY) yield value;
  }

  /** Where the value is, or the free place for it. */
  #place(value: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    let perturb = value;
    for (let i = value & mask; ; i = (i * 5 + 1 + perturb) & mask) {
      const probes = i + LINEAR_PROBES <= mask ? LINEAR_PROBES : 0;
      for (let at = i; at <= i + probes; at++) {
        if (table[at] === EMPTY || table[at] === value) return at;
      }
      perturb = Math.floor(perturb / 2 ** PERTURB_SHIFT);
    }
  }

  #grow(): void {
    const least = this.#used > 50_000 ? this.#used * 2 : this.#used * 4;
    let size = SMALLEST;
    while (size <= least) size *= 2;
    const values = [...this];
    this.#table = new Array<number>(size).fill(EMPTY);
    for (const value of values) this.#table[this.#place(value)] = value;
  }
}

/** The neighbours of every vertex, in Python's order. */
export function neighbours(edges: Uint32Array, vertices: number): (PythonSetOrder | undefined)[] {
  const sets = new Array<PythonSetOrder | undefined>(vertices);
  const of = (at: number): PythonSetOrder => {
    sets[at] ??= new PythonSetOrder();
    return sets[at];
  };
  for (let i = 0; i < edges.length; i += 2) {
    of(edges[i]!).add(edges[i + 1]!);
    of(edges[i + 1]!).add(edges[i]!);
  }
  return sets;
}
