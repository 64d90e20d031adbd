/** Channels of whole numbers, each pixel predicted from its neighbours (ISO/IEC 18181-1, annex H). */
import type { BitReader } from "../bits.js";
import { corrupt } from "../distribution.js";
import { type EntropyCode, NumberReader, readEntropyCode } from "../entropy.js";
import { isLeaf, type Leaf, readTree, signed, type Tree, unsupported } from "./tree.js";
import { PLAIN_WEIGHTS, readWeightedHeader, Weighted, type WeightedHeader } from "./weighted.js";

export interface Channel {
  readonly width: number;
  readonly height: number;
  /** Rows from the top. */
  readonly pixels: Int32Array;
  /** Channels of the same kind serve as each other's context. */
  readonly kind: string;
}

export function channel(width: number, height: number, kind = ""): Channel {
  return { width, height, pixels: new Int32Array(width * height), kind: `${width}x${height}${kind}` };
}

/** A tree with its contexts, for all images of a frame that have none of their own. */
export interface SharedTree {
  readonly tree: Tree;
  readonly code: EntropyCode;
}

export function readSharedTree(bits: BitReader): SharedTree {
  const { tree, leaves } = readTree(bits);
  return { tree, code: readEntropyCode(bits, leaves) };
}

/** Fills the channels. `stream`: the image's number in its frame. @throws DecodingError. */
export function readModular(
  bits: BitReader,
  channels: readonly Channel[],
  stream: number,
  shared: SharedTree | undefined,
): void {
  const global = bits.bool();
  const header = readWeightedHeader(bits);
  if (bits.u32(0, 1, [4, 2], [8, 18]) !== 0) throw unsupported("transformed channels", "plain ones");
  const used = global ? shared : readSharedTree(bits);
  if (used === undefined) throw corrupt();
  const width = Math.max(...channels.map((c) => (c.height > 0 ? c.width : 0)));
  const numbers = new NumberReader(bits, used.code, width);
  walk(channels, used.tree, stream, header, (leaf, guess) => {
    const value = signed(numbers.read(leaf.context)) * leaf.multiplier + leaf.offset + guess;
    return value | 0;
  });
  numbers.end();
}

export type Visit = (leaf: Leaf, guess: number, known: number) => number;

const PROPERTIES = 16;
const WEIGHTED = 6;
const ERROR = 15;

/** Goes through all pixels: `visit` is told what leads to each, and what is there, and gives its value. */
export function walk(
  channels: readonly Channel[],
  tree: Tree,
  stream: number,
  header: WeightedHeader = PLAIN_WEIGHTS,
  visit: Visit,
): void {
  const { properties, weighted } = needs(tree);
  for (const [index, own] of channels.entries()) {
    const others = channels.slice(0, index).filter(({ kind }) => kind === own.kind);
    const seen = others.reverse().slice(0, Math.ceil(Math.max(0, properties - PROPERTIES) / 4));
    walkChannel(own, { tree, stream, index, seen, weights: weighted ? header : undefined }, visit);
  }
}

interface Walk {
  readonly tree: Tree;
  readonly stream: number;
  readonly index: number;
  /** Channels that count as context, the nearest first. */
  readonly seen: readonly Channel[];
  readonly weights: WeightedHeader | undefined;
}

function walkChannel(own: Channel, { tree, stream, index, seen, weights }: Walk, visit: Visit): void {
  const { width, height, pixels } = own;
  const weighted = weights && new Weighted(weights, width);
  const p = new Int32Array(PROPERTIES + 4 * seen.length);
  p[0] = index;
  p[1] = stream;
  for (let y = 0; y < height; y++) {
    p[2] = y;
    p[9] = 0;
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const w = x > 0 ? pixels[at - 1]! : y > 0 ? pixels[at - width]! : 0;
      const n = y > 0 ? pixels[at - width]! : w;
      const nw = x > 0 && y > 0 ? pixels[at - width - 1]! : w;
      const ne = x + 1 < width && y > 0 ? pixels[at - width + 1]! : n;
      const ww = x > 1 ? pixels[at - 2]! : w;
      const nn = y > 1 ? pixels[at - 2 * width]! : n;
      const nee = x + 2 < width && y > 0 ? pixels[at - width + 2]! : ne;
      p[3] = x;
      p[4] = Math.abs(n);
      p[5] = Math.abs(w);
      p[6] = n;
      p[7] = w;
      p[8] = w - p[9]!;
      p[9] = w + n - nw;
      p[10] = w - nw;
      p[11] = nw - n;
      p[12] = n - ne;
      p[13] = n - nn;
      p[14] = w - ww;
      const weighed = weighted === undefined ? 0 : weighted.predict(x, y, n, w, ne, nw, nn);
      p[ERROR] = weighted === undefined ? 0 : weighted.error;
      for (const [i, other] of seen.entries()) context(p, PROPERTIES + 4 * i, other, x, y);
      const leaf = leafOf(tree, p);
      const guess = predict(leaf.predictor, { w, n, nw, ne, ww, nn, nee, weighed });
      const value = visit(leaf, guess, pixels[at]!);
      pixels[at] = value;
      weighted?.update(value, x, y);
    }
  }
}

function leafOf(tree: Tree, properties: Int32Array): Leaf {
  let node = tree;
  while (!isLeaf(node)) node = (properties[node.property] ?? 0) > node.above ? node.more : node.less;
  return node;
}

/** What another channel has at the same place: its value, and how far that is from what its neighbours suggest. */
function context(p: Int32Array, at: number, { width, pixels }: Channel, x: number, y: number): void {
  const here = y * width + x;
  const value = pixels[here]!;
  const w = x > 0 ? pixels[here - 1]! : 0;
  const n = y > 0 ? pixels[here - width]! : w;
  const nw = x > 0 && y > 0 ? pixels[here - width - 1]! : w;
  const off = value - gradient(w, n, nw);
  p[at] = Math.abs(value);
  p[at + 1] = value;
  p[at + 2] = Math.abs(off);
  p[at + 3] = off;
}

interface Around {
  readonly w: number;
  readonly n: number;
  readonly nw: number;
  readonly ne: number;
  readonly ww: number;
  readonly nn: number;
  readonly nee: number;
  readonly weighed: number;
}

function predict(predictor: number, { w, n, nw, ne, ww, nn, nee, weighed }: Around): number {
  switch (predictor) {
    case 1:
      return w;
    case 2:
      return n;
    case 3:
      return Math.trunc((w + n) / 2);
    case 4:
      return Math.abs(n - nw) < Math.abs(w - nw) ? w : n;
    case 5:
      return gradient(w, n, nw);
    case WEIGHTED:
      return weighed;
    case 7:
      return ne;
    case 8:
      return nw;
    case 9:
      return ww;
    case 10:
      return Math.trunc((w + nw) / 2);
    case 11:
      return Math.trunc((nw + n) / 2);
    case 12:
      return Math.trunc((n + ne) / 2);
    case 13:
      return Math.trunc((6 * n - 2 * nn + 7 * w + ww + nee + 3 * ne + 8) / 16);
    default:
      return 0;
  }
}

function gradient(w: number, n: number, nw: number): number {
  const low = Math.min(w, n);
  const high = Math.max(w, n);
  return nw < low ? high : nw > high ? low : w + n - nw;
}

/** How many properties a tree asks for, and whether it needs the weighted prediction. */
function needs(tree: Tree): { readonly properties: number; readonly weighted: boolean } {
  let properties = 0;
  let weighted = false;
  const open: Tree[] = [tree];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (isLeaf(node)) weighted ||= node.predictor === WEIGHTED;
    else {
      properties = Math.max(properties, node.property + 1);
      weighted ||= node.property === ERROR;
      open.push(node.more, node.less);
    }
  }
  return { properties, weighted };
}
