/** Writes channels of whole numbers: what `readModular` reads. */
import type { BitWriter } from "../bit-writer.js";
import { NumberList, writeNumbers } from "../entropy-writer.js";
import { type Channel, walk } from "./modular.js";
import { type Branch, isLeaf, type Leaf, TREE_CONTEXTS, type Tree, unsigned } from "./tree.js";
import { PLAIN_WEIGHTS } from "./weighted.js";

const [CHANNEL, ERROR, WEIGHTED] = [0, 15, 6];

/** A tree of its own, and the channels by it. */
export function writeModular(bits: BitWriter, channels: readonly Channel[], tree: Tree): void {
  // No shared tree, plain weights, no transforms.
  bits.u(4, 0b0010);
  writeTree(bits, tree);
  const numbers = new NumberList();
  walk(channels, tree, 0, PLAIN_WEIGHTS, ({ context }, guess, known) => {
    numbers.add(context, unsigned(known - guess));
    return known;
  });
  writeNumbers(bits, leavesOf(tree), numbers);
}

/** All pixels in one context, as they are. */
export function plainTree(): Tree {
  return leaf(0, 0);
}

/**
 * The weighted predictor; contexts by how far it was off nearby, for the first channel and for the others: more of them
 * the more pixels there are.
 */
export function weightedTree(pixels: number): Tree {
  const steps = pixels < 256 ? [] : pixels < 4096 ? [0, 7, 31, 127] : STEPS;
  const limits = [...steps.slice(1).map((n) => -n - 1), ...steps].sort((a, b) => a - b);
  let leaves = 0;
  const branch = (limits: readonly number[]): Tree => {
    if (limits.length === 0) return leaf(leaves++, WEIGHTED);
    const middle = limits.length >> 1;
    const more = branch(limits.slice(middle + 1));
    return { property: ERROR, above: limits[middle]!, more, less: branch(limits.slice(0, middle)) };
  };
  const tree: Tree = { property: CHANNEL, above: 0, more: branch(limits), less: branch(limits) };
  return numbered(tree);
}

const STEPS: readonly number[] = [0, 3, 7, 15, 31, 63, 127, 255];

function leaf(context: number, predictor: number): Leaf {
  return { property: -1, context, predictor, offset: 0, multiplier: 1 };
}

/** Nodes in the order in which they are written. */
function nodesOf(tree: Tree): Tree[] {
  const nodes: Tree[] = [tree];
  for (const node of nodes) if (!isLeaf(node)) nodes.push(node.more, node.less);
  return nodes;
}

function leavesOf(tree: Tree): number {
  return nodesOf(tree).filter(isLeaf).length;
}

/** The same tree, its contexts in the order in which leaves are written. */
function numbered(tree: Tree): Tree {
  const contexts = new Map(
    nodesOf(tree)
      .filter(isLeaf)
      .map((node, i) => [node, i]),
  );
  const copy = (node: Tree): Tree =>
    isLeaf(node)
      ? { ...node, context: contexts.get(node)! }
      : ({ ...node, more: copy(node.more), less: copy(node.less) } satisfies Branch);
  return copy(tree);
}

function writeTree(bits: BitWriter, tree: Tree): void {
  const numbers = new NumberList();
  for (const node of nodesOf(tree)) {
    numbers.add(1, node.property + 1);
    if (isLeaf(node)) for (const [i, n] of [node.predictor, 0, 0, 0].entries()) numbers.add(2 + i, n);
    else numbers.add(0, unsigned(node.above));
  }
  writeNumbers(bits, TREE_CONTEXTS, numbers);
}
