/**
 * A small chunked graph with a history: supervoxels, edges between them that come and go, and the tree above them at any time.
 * Written from the protocol's public descriptions, without the library: the layout of labels is that of CloudVolume's wiki page
 * "Graphene", the tree that of PyChunkedGraph (github.com/CAVEconnectome/PyChunkedGraph, `graph/chunkedgraph.py`): nodes of layer
 * 2 are connected supervoxels of a chunk; a node of a higher layer unites connected nodes of its chunk's parts, and is left
 * out where it would have one child only (skip connections), but for roots.
 */
export type Label = bigint;
type Cell = readonly [number, number, number];

export interface GraphLayout {
  readonly layers: number;
  readonly layerBits: number;
  /** Bits of each axis, by layer. */
  readonly axisBits: Readonly<Record<number, number>>;
}

/** From `at` on (seconds), edges that are there besides, and edges that are gone. */
export interface Edit {
  readonly at: number;
  readonly add?: readonly (readonly [Label, Label])[];
  readonly remove?: readonly (readonly [Label, Label])[];
}

/** The tree at a time. */
export interface State {
  readonly parent: ReadonlyMap<Label, Label>;
  readonly children: ReadonlyMap<Label, readonly Label[]>;
  /** The supervoxels below each node. */
  readonly leaves: ReadonlyMap<Label, readonly Label[]>;
}

export function encode(layout: GraphLayout, layer: number, [x, y, z]: Cell, segid: bigint): Label {
  const axis = BigInt(layout.axisBits[layer]!);
  const packed = (BigInt(x) << (2n * axis)) | (BigInt(y) << axis) | BigInt(z);
  const segidBits = BigInt(64 - layout.layerBits) - 3n * axis;
  return (BigInt(layer) << BigInt(64 - layout.layerBits)) | (packed << segidBits) | segid;
}

export function layerOf(layout: GraphLayout, label: Label): number {
  return Number(label >> BigInt(64 - layout.layerBits));
}

export function cellOf(layout: GraphLayout, label: Label): Cell {
  const axis = BigInt(layout.axisBits[layerOf(layout, label)]!);
  const packed = label >> (BigInt(64 - layout.layerBits) - 3n * axis);
  const part = (n: bigint): number => Number(BigInt.asUintN(Number(axis), packed >> (n * axis)));
  return [part(2n), part(1n), part(0n)];
}

export class FakeGraph {
  readonly layout: GraphLayout;
  readonly supervoxels: readonly Label[];
  readonly #first: readonly (readonly [Label, Label])[];
  readonly #edits: Edit[] = [];
  readonly #states = new Map<number, State>();
  /** The same parts have the same label at all times; new parts get the next number of their chunk. */
  readonly #ids = new Map<string, Label>();
  readonly #counts = new Map<string, bigint>();

  constructor(
    layout: GraphLayout,
    supervoxels: readonly Label[],
    edges: readonly (readonly [Label, Label])[],
  ) {
    this.layout = layout;
    this.supervoxels = [...supervoxels].sort((a, b) => (a < b ? -1 : 1));
    this.#first = edges;
    this.state();
  }

  /** Edits come in the order of their time. */
  edit(edit: Edit): void {
    this.#edits.push(edit);
    this.state();
  }

  get edits(): readonly Edit[] {
    return this.#edits;
  }

  /** @param at seconds since 1970; default: after all edits. */
  state(at: number = Number.POSITIVE_INFINITY): State {
    const count = this.#edits.filter((edit) => edit.at <= at).length;
    const known = this.#states.get(count);
    if (known !== undefined) return known;
    const name = ([a, b]: readonly [Label, Label]): string => (a < b ? `${a} ${b}` : `${b} ${a}`);
    const edges = new Map(this.#first.map((edge) => [name(edge), edge]));
    for (const { add = [], remove = [] } of this.#edits.slice(0, count)) {
      for (const edge of add) edges.set(name(edge), edge);
      for (const edge of remove) edges.delete(name(edge));
    }
    const state = this.#build([...edges.values()]);
    this.#states.set(count, state);
    return state;
  }

  #build(edges: readonly (readonly [Label, Label])[]): State {
    const parent = new Map<Label, Label>();
    const children = new Map<Label, readonly Label[]>();
    const leaves = new Map<Label, readonly Label[]>(this.supervoxels.map((label) => [label, [label]]));
    // The highest node above each supervoxel so far.
    const top = new Map<Label, Label>(this.supervoxels.map((label) => [label, label]));
    for (let layer = 2; layer <= this.layout.layers; layer++) {
      const cell = (supervoxel: Label): string =>
        cellOf(this.layout, supervoxel)
          .map((n) => n >> (layer - 2))
          .join();
      const nodes = [...new Set(top.values())];
      const groups = new Map<Label, Label>(nodes.map((node) => [node, node]));
      const find = (node: Label): Label => {
        const up = groups.get(node)!;
        return up === node ? node : find(up);
      };
      for (const [a, b] of edges) if (cell(a) === cell(b)) groups.set(find(top.get(a)!), find(top.get(b)!));
      const members = new Map<Label, Label[]>();
      for (const node of nodes) members.set(find(node), [...(members.get(find(node)) ?? []), node]);
      for (const group of members.values()) {
        if (group.length === 1 && layer > 2 && layer < this.layout.layers) continue;
        const below = group.flatMap((node) => leaves.get(node)!).sort((a, b) => (a < b ? -1 : 1));
        const id = this.#idOf(layer, cell(below[0]!), below);
        leaves.set(id, below);
        children.set(id, group);
        for (const node of group) parent.set(node, id);
        for (const supervoxel of below) top.set(supervoxel, id);
      }
    }
    return { parent, children, leaves };
  }

  #idOf(layer: number, cell: string, below: readonly Label[]): Label {
    const parts = `${layer} ${below.join()}`;
    const known = this.#ids.get(parts);
    if (known !== undefined) return known;
    const counter = `${layer} ${cell}`;
    const segid = (this.#counts.get(counter) ?? 0n) + 1n;
    this.#counts.set(counter, segid);
    const id = encode(this.layout, layer, cell.split(",").map(Number) as unknown as Cell, segid);
    this.#ids.set(parts, id);
    return id;
  }

  /** The lowest ancestor at or above a layer; undefined for a label that is not of this time. */
  rootOf(label: Label, at?: number, stopLayer: number = this.layout.layers): Label | undefined {
    const state = this.state(at);
    if (!state.leaves.has(label)) return undefined;
    let node = label;
    while (layerOf(this.layout, node) < stopLayer) {
      const up = state.parent.get(node);
      if (up === undefined) break;
      node = up;
    }
    return node;
  }

  /** The state in which a label is, the newest first. */
  stateWith(label: Label): State | undefined {
    const times = [...this.#edits.map(({ at }) => at).reverse(), Number.NEGATIVE_INFINITY];
    return times.map((at) => this.state(at)).find((state) => state.leaves.has(label));
  }
}
