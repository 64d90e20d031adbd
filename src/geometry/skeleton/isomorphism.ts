/**
 * Whether two graphs are the same up to the names of their vertices. Trees and what hangs off cycles are told apart
 * by codes from their leaves inwards; the cycles by colours refined until stable, and where symmetry is left, by
 * trying. Fast for what skeletons look like, exponential at worst.
 */

/** Both graphs in one. */
interface Union {
  readonly near: readonly number[][];
  /** 0 or 1: the graph that a vertex belongs to. */
  readonly side: Uint8Array;
}

/** Whether the graphs of two lists of edges are isomorphic; edges count once, loops too. */
export function isIsomorphic(first: Uint32Array, second: Uint32Array): boolean {
  const graph = union(first, second);
  const codes = new Codes();
  const core = peel(graph, codes);
  if (core === undefined) return false;
  return match(graph, core);
}

function union(first: Uint32Array, second: Uint32Array): Union {
  const near: number[][] = [];
  const sides: number[] = [];
  [first, second].forEach((edges, side) => {
    const names = new Map<number, number>();
    const of = (end: number): number => {
      const known = names.get(end);
      if (known !== undefined) return known;
      names.set(end, near.length);
      sides.push(side);
      return near.push([]) - 1;
    };
    const seen = new Set<string>();
    for (let i = 0; i < edges.length; i += 2) {
      const [a, b] = [of(edges[i]!), of(edges[i + 1]!)];
      const key = `${Math.min(a, b)} ${Math.max(a, b)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      near[a]!.push(b);
      if (a !== b) near[b]!.push(a);
    }
  });
  return { near, side: Uint8Array.from(sides) };
}

/** Small numbers for texts: equal texts, equal numbers. */
class Codes {
  readonly #numbers = new Map<string, number>();
  of(text: string): number {
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }
}

/**
 * Takes leaves off, round by round. @returns a colour for each vertex of the cycles, which says what hung there (-1:
 * taken off), or undefined if the trees already differ.
 */
function peel({ near, side }: Union, codes: Codes): Int32Array | undefined {
  const left = near.map((n, at) => n.filter((other) => other !== at).length);
  const loops = near.map((n, at) => n.includes(at));
  const hanging = near.map((): number[] => []);
  const gone = new Uint8Array(near.length);
  const code = (at: number): number =>
    codes.of(`${loops[at]} ${hanging[at]!.sort((a, b) => a - b).join(" ")}`);
  const roots: [number[], number[]] = [[], []];
  let leaves = [...near.keys()].filter((at) => left[at]! <= 1);
  while (leaves.length > 0) {
    const next = new Set<number>();
    const known = new Map(leaves.map((at) => [at, code(at)]));
    for (const at of leaves) gone[at] = 1;
    for (const at of leaves) {
      const up = near[at]!.find((other) => other !== at && (gone[other] === 0 || known.has(other)));
      if (up === undefined) roots[side[at]!]!.push(known.get(at)!);
      else if (known.has(up)) {
        const pair = [known.get(at)!, known.get(up)!];
        if (at < up) roots[side[at]!]!.push(codes.of(`pair ${Math.min(...pair)} ${Math.max(...pair)}`));
      } else {
        hanging[up]!.push(known.get(at)!);
        left[up]!--;
        if (left[up]! <= 1) next.add(up);
      }
    }
    leaves = [...next];
  }
  const [a, b] = roots.map((r) => r.sort((x, y) => x - y).join());
  if (a !== b) return undefined;
  return Int32Array.from(near.keys(), (at) => (gone[at] === 1 ? -1 : code(at)));
}

/** Whether the coloured cores are isomorphic. */
function match(graph: Union, start: Int32Array): boolean {
  const colours = refine(graph, start);
  const cells = new Map<number, [number[], number[]]>();
  colours.forEach((colour, at) => {
    if (colour < 0) return;
    const cell = cells.get(colour) ?? [[], []];
    cells.set(colour, cell);
    cell[graph.side[at]!]!.push(at);
  });
  let smallest: [number[], number[]] | undefined;
  for (const cell of cells.values()) {
    if (cell[0].length !== cell[1].length) return false;
    if (cell[0].length > 1 && (smallest === undefined || cell[0].length < smallest[0].length))
      smallest = cell;
  }
  // Stable colours with one vertex of each side in every cell are the isomorphism.
  if (smallest === undefined) return true;
  const fresh = Math.max(...cells.keys()) + 1;
  const [one] = smallest[0];
  return smallest[1].some((other) => {
    const trial = Int32Array.from(colours);
    trial[one!] = fresh;
    trial[other] = fresh;
    return match(graph, trial);
  });
}

/** Splits colours by the colours of neighbours until nothing splits; the largest part of a cell keeps its colour. */
function refine({ near }: Union, start: Int32Array): Int32Array {
  const colours = Int32Array.from(start);
  let fresh = colours.reduce((most, c) => Math.max(most, c), 0) + 1;
  let touched = new Set([...colours.keys()].filter((at) => colours[at]! >= 0));
  const members = new Map<number, Set<number>>();
  for (const at of touched) {
    const colour = colours[at]!;
    members.set(colour, (members.get(colour) ?? new Set()).add(at));
  }
  while (touched.size > 0) {
    const parts = new Map<number, Map<string, number[]>>();
    for (const at of touched) {
      const around = near[at]!.map((other) => colours[other]!).filter((c) => c >= 0);
      const key = around.sort((a, b) => a - b).join(" ");
      const cell = parts.get(colours[at]!) ?? new Map<string, number[]>();
      parts.set(colours[at]!, cell);
      const group = cell.get(key);
      if (group === undefined) cell.set(key, [at]);
      else group.push(at);
    }
    const changed: number[] = [];
    for (const [colour, split] of parts) {
      const cell = members.get(colour)!;
      const groups = [...split.values()];
      const untouched = cell.size - groups.reduce((n, g) => n + g.length, 0);
      // Untouched members have seen no change around them: they are a part of their own unless all are touched.
      let keeper = untouched > 0 ? undefined : largest(groups);
      for (const group of groups) {
        if (group === keeper) {
          keeper = undefined;
          continue;
        }
        for (const at of group) {
          cell.delete(at);
          colours[at] = fresh;
          changed.push(at);
        }
        members.set(fresh++, new Set(group));
      }
    }
    touched = new Set(changed.flatMap((at) => near[at]!.filter((other) => colours[other]! >= 0)));
  }
  return colours;
}

function largest(groups: readonly number[][]): number[] | undefined {
  return groups.reduce<number[] | undefined>(
    (a, b) => (a === undefined || b.length > a.length ? b : a),
    undefined,
  );
}
