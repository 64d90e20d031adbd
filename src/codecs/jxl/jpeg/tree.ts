/** Decision trees: which predictor and context a pixel has (ISO/IEC 18181-1, annex H.4). */
import { DecodingError } from "../../../base/errors.js";
import type { BitReader } from "../bits.js";
import { corrupt } from "../distribution.js";
import { NumberReader, readEntropyCode } from "../entropy.js";

export type Tree = Branch | Leaf;

export interface Branch {
  readonly property: number;
  readonly above: number;
  /** For properties above that value. */
  more: Tree;
  less: Tree;
}

export interface Leaf {
  readonly property: -1;
  readonly context: number;
  readonly predictor: number;
  readonly offset: number;
  readonly multiplier: number;
}

/** Contexts of the numbers that trees are written by. */
export const TREE_CONTEXTS = 6;
const PREDICTORS = 14;
const MAX_NODES = 1 << 16;
const MAX_DEPTH = 2048;

export function isLeaf(node: Tree): node is Leaf {
  return node.property < 0;
}

/** @returns the tree, and how many leaves it has. @throws DecodingError. */
export function readTree(bits: BitReader): { readonly tree: Tree; readonly leaves: number } {
  const numbers = new NumberReader(bits, readEntropyCode(bits, TREE_CONTEXTS));
  let leaves = 0;
  const nodes: Tree[] = [];
  const open: { readonly parent: Branch; readonly side: "more" | "less"; readonly depth: number }[] = [];
  for (let done = 0; done === 0 || done <= open.length; done++) {
    if (nodes.length > MAX_NODES) throw corrupt();
    const place = open[done - 1];
    const depth = place === undefined ? 0 : place.depth + 1;
    if (depth > MAX_DEPTH) throw corrupt();
    const node = readNode(numbers, leaves);
    nodes.push(node);
    if (place !== undefined) place.parent[place.side] = node;
    if (isLeaf(node)) leaves++;
    else for (const side of ["more", "less"] as const) open.push({ parent: node, side, depth });
  }
  numbers.end();
  return { tree: nodes[0]!, leaves };
}

function readNode(numbers: NumberReader, leaves: number): Tree {
  const property = numbers.read(1) - 1;
  if (property > 255) throw corrupt();
  if (property >= 0) {
    const above = signed(numbers.read(0));
    return { property, above, more: UNKNOWN, less: UNKNOWN };
  }
  const predictor = numbers.read(2);
  const offset = signed(numbers.read(3));
  const log = numbers.read(4);
  if (predictor >= PREDICTORS || log > 30) throw corrupt();
  const multiplier = (numbers.read(5) + 1) * 2 ** log;
  if (multiplier >= 2 ** 31) throw corrupt();
  return { property: -1, context: leaves, predictor, offset, multiplier };
}

const UNKNOWN: Leaf = { property: -1, context: 0, predictor: 0, offset: 0, multiplier: 1 };

export function signed(n: number): number {
  return n % 2 === 0 ? n / 2 : -(n + 1) / 2;
}

export function unsigned(n: number): number {
  return n < 0 ? -2 * n - 1 : 2 * n;
}

export function unsupported(got: string, expected: string): DecodingError {
  return new DecodingError("A JPEG XL file holds its JPEG file in another way than is known here", {
    expected,
    got,
    fix: "Transfer with an encodingLevel below 100: from voxels.",
  });
}
