import type { Vec4 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { crackle } from "../../kernels/crackle.js";
import { labels as labelKernel } from "../../kernels/labels.js";
import { distinctLabels, type LabelSpan } from "../labels.js";
import { CONDENSED_PINS, FLAT } from "./header.js";
import { bytesForAll, numberWriter } from "./numbers.js";
import type { SliceRecord } from "./slices.js";
import { bytesFor, pinIndexBytes } from "./spec.js";

/** A labels' section, in scratch. */
export interface NameSection {
  readonly storedBytes: number;
  readonly labelFormat: number;
  readonly labels: Region;
}

/** Labels of components, and for each its place among the distinct ones. */
export interface KeyedLabels {
  /** Ascending. */
  readonly unique: BigUint64Array;
  readonly keys: LabelSpan;
}

/** What pins and single components a label has, as the section lists them: ascending. */
export interface LabelPins {
  readonly indices: readonly number[];
  readonly depths: readonly number[];
  readonly singles: readonly number[];
}

/** `names`: the label of each component. */
export function keyLabels(ws: Workspace, names: LabelSpan): KeyedLabels {
  const unique = distinctLabels(ws, [names]);
  const bytes = bytesFor(unique.length);
  const bits = 2 + Math.ceil(Math.log2(unique.length + 1));
  const slots = ws.scratch("crackle.slots", 4 * 2 ** bits).ptr;
  const sorted = ws.scratch("crackle.unique", 8 * unique.length).ptr;
  const keys = { ptr: ws.scratch("crackle.keys", names.count * bytes).ptr, count: names.count, bytes };
  new BigUint64Array(ws.memory.buffer, sorted, unique.length).set(unique);
  ws.kernel(labelKernel).makeMapping(sorted, unique.length, slots, bits);
  ws.kernel(crackle).putKeys(names.ptr, names.count, names.bytes, sorted, slots, bits, bytes, keys.ptr);
  return { unique, keys };
}

/** The flat format: the key of each component. */
export function flatSection(
  ws: Workspace,
  { unique, keys }: KeyedLabels,
  slices: readonly SliceRecord[],
  [x, y]: Vec4,
): NameSection {
  const storedBytes = bytesForAll(unique);
  const countBytes = bytesFor(x * y);
  const head = 8 + unique.length * storedBytes + slices.length * countBytes;
  const labels = ws.scratch("crackle.labels", head + keys.count * keys.bytes);
  const put = numberWriter(ws, labels.ptr);
  put([unique.length], 8);
  put(unique, storedBytes);
  const at = put(components(slices), countBytes);
  ws.bytes().copyWithin(at, keys.ptr, keys.ptr + keys.count * keys.bytes);
  return { storedBytes, labelFormat: FLAT, labels };
}

/** The condensed pins of each label but that of the background, which takes most room. */
export function pinSection(
  ws: Workspace,
  { unique }: KeyedLabels,
  slices: readonly SliceRecord[],
  [x, y, z]: Vec4,
  pins: readonly LabelPins[],
): NameSection {
  const indexBytes = pinIndexBytes(x, y, z);
  const sizes = pins.map(({ indices, singles }) => 2 * indices.length + singles.length);
  const background = sizes.indexOf(Math.max(...sizes));
  const drawn = pins.filter((_, i) => i !== background);
  const storedBytes = bytesForAll(unique);
  const countBytes = bytesFor(x * y);
  const most = (list: (p: LabelPins) => Iterable<number>): number => {
    let found = 0;
    for (const label of drawn) for (const value of list(label)) found = Math.max(found, value);
    return bytesFor(found);
  };
  const lengthBytes = most(({ indices, singles }) => [indices.length, singles.length]);
  const depthBytes = most(({ depths }) => depths);
  const idBytes = most(({ singles }) => singles);
  const lines = drawn.reduce((sum, { indices }) => sum + indices.length, 0);
  const singles = drawn.reduce((sum, label) => sum + label.singles.length, 0);
  const length =
    8 +
    unique.length * storedBytes +
    slices.length * countBytes +
    1 +
    drawn.length * 2 * lengthBytes +
    lines * (indexBytes + depthBytes) +
    singles * idBytes;
  const labels = ws.scratch("crackle.labels", length);
  const put = numberWriter(ws, labels.ptr);
  put([unique[background]!], storedBytes);
  put([drawn.length], 8);
  put(
    unique.filter((_, i) => i !== background),
    storedBytes,
  );
  put(components(slices), countBytes);
  put([Math.log2(lengthBytes) | (Math.log2(depthBytes) << 2) | (Math.log2(idBytes) << 4)], 1);
  for (const label of drawn) {
    put([label.indices.length], lengthBytes);
    put(gaps(label.indices), indexBytes);
    put(label.depths, depthBytes);
    put([label.singles.length], lengthBytes);
    put(gaps(label.singles), idBytes);
  }
  return { storedBytes, labelFormat: CONDENSED_PINS, labels };
}

function components(slices: readonly SliceRecord[]): number[] {
  return slices.map((slice) => slice.components);
}

function gaps(ascending: readonly number[]): number[] {
  return ascending.map((value, i) => value - (ascending[i - 1] ?? 0));
}
