/** The coefficients of a group. */
import type { BitReader } from "../bits.js";
import { corrupt } from "../distribution.js";
import { type EntropyCode, NumberReader } from "../entropy.js";
import { predictedCount, valueContext } from "./contexts.js";
import { Correlation } from "./correlation.js";
import type { FrameState } from "./frame-state.js";
import type { Component } from "./jpeg-file.js";
import { GROUP, PLANES, type Rect } from "./layout.js";

export interface CoefficientTask {
  readonly state: FrameState;
  /** Sets of contexts, of which a group uses one. */
  readonly sets: number;
  readonly code: EntropyCode;
  /** Where in a JPEG file's block the coefficients lie, by plane. */
  readonly orders: readonly Uint8Array[];
  readonly tables: readonly Uint16Array[];
  /** The component of each plane; gray has one. */
  readonly planes: readonly (Component | undefined)[];
  readonly ycc: boolean;
}

/** JPEG has no larger ones. */
const LARGEST = 4095;
const LARGEST_DC = 2047;

export function readCoefficients(bits: BitReader, task: CoefficientTask, rect: Rect): void {
  const { state, sets, code, tables, ycc } = task;
  const { layout, contexts, dc } = state;
  const set = bits.u(32 - Math.clz32(sets - 1));
  if (set >= sets) throw corrupt();
  const reader: GroupReader = {
    ...{ task, numbers: new NumberReader(bits, code), first: set * contexts.total },
    counts: layout.planes.map(() => new Uint8Array(GROUP * GROUP)),
    scrap: new Int16Array(64),
  };
  const correlation = new Correlation(state, tables);
  // RGB's DC coefficients are above zero.
  const base = tables.map((table) => (ycc ? 0 : Math.trunc(1024 / table[0]!)));
  for (let y = 0; y < rect.height; y++)
    for (let x = 0; x < rect.width; x++) {
      for (const plane of PLANES) {
        const { shiftAcross, shiftDown } = layout.planes[plane]!;
        if (x & ((1 << shiftAcross) - 1) || y & ((1 << shiftDown) - 1)) continue;
        const [inX, inY] = [x >> shiftAcross, y >> shiftDown];
        const component = task.planes[plane];
        const at =
          component && blockAt(component, (rect.x >> shiftAcross) + inX, (rect.y >> shiftDown) + inY);
        const into = component === undefined ? reader.scrap.fill(0) : component.coefficients;
        readBlock(reader, plane, [rect.x + x, rect.y + y], [inX, inY], [into, at ?? 0]);
        if (component === undefined || at === undefined) continue;
        const own = dc[plane]!;
        const value = own.pixels[at >> 6]! - base[plane]!;
        component.coefficients[at] = Math.max(-LARGEST_DC, Math.min(LARGEST_DC, value));
      }
      correlation.restore(task.planes, rect.x + x, rect.y + y);
    }
  reader.numbers.end();
}

function blockAt({ blocksAcross }: Component, x: number, y: number): number {
  return 64 * (y * blocksAcross + x);
}

interface GroupReader {
  readonly task: CoefficientTask;
  readonly numbers: NumberReader;
  /** The first context of the set. */
  readonly first: number;
  /** By plane: the blocks' coefficients that are not zero. */
  readonly counts: readonly Uint8Array[];
  /** For planes that a gray file has not. */
  readonly scrap: Int16Array;
}

type Pair = readonly [number, number];

function readBlock(
  { task, numbers, first, counts }: GroupReader,
  plane: number,
  [x, y]: Pair,
  [inX, inY]: Pair,
  [into, at]: readonly [Int16Array, number],
): void {
  const { contexts, blockQuantization } = task.state;
  const own = counts[plane]!;
  const quantization = blockQuantization.pixels[y * blockQuantization.width + x]!;
  const block = contexts.of(plane, dcAt(task.state, x, y), quantization);
  let left = numbers.read(first + contexts.ofCount(block, predictedCount(own, GROUP, inX, inY)));
  if (left > 63) throw corrupt();
  own[inY * GROUP + inX] = left;
  const values = first + contexts.ofValues(block);
  const order = task.orders[plane]!;
  let before = left > 4 ? 0 : 1;
  for (let k = 1; left > 0; k++) {
    if (left > 64 - k) throw corrupt();
    const coded = numbers.read(values + valueContext(left, k, before));
    if (coded === 0) {
      before = 0;
      continue;
    }
    const value = coded & 1 ? -(coded + 1) / 2 : coded / 2;
    if (value > LARGEST || value < -LARGEST) throw corrupt();
    into[at + order[k]!] = value;
    before = 1;
    left--;
  }
}

/** The DC coefficients of the three planes at a block. */
export function dcAt({ layout, dc }: FrameState, x: number, y: number): [number, number, number] {
  const of = (plane: number): number => {
    const { shiftAcross, shiftDown } = layout.planes[plane]!;
    const { pixels, width } = dc[plane]!;
    return pixels[(y >> shiftDown) * width + (x >> shiftAcross)]!;
  };
  return [of(0), of(1), of(2)];
}
