/** Labels that lie in the memory one behind the other: which there are, whether one is among them, others in their place. */
import { ArgumentError, EncodingError } from "../base/errors.js";
import type { Workspace } from "../base/workspace.js";
import { labels as kernel } from "../kernels/labels.js";
import type { RemapOptions } from "./codec.js";

/** Little-endian labels without sign, `bytes` (1, 2, 4 or 8) each, at any address. */
export interface LabelSpan {
  readonly ptr: number;
  readonly count: number;
  readonly bytes: number;
}

/** The distinct labels of all spans, ascending. */
export function distinctLabels(ws: Workspace, spans: readonly LabelSpan[]): BigUint64Array {
  const { candidates, sortUnique, distinctScratchSize } = ws.kernel(kernel);
  const most = spans.reduce((sum, { count, bytes }) => sum + (bytes > 2 ? count : 65536), 0);
  const scratch = ws.scratch("labels.scratch", distinctScratchSize()).ptr;
  const { ptr } = ws.scratch("labels.values", 8 * most);
  let end = ptr;
  for (const span of spans) end = candidates(span.ptr, span.count, span.bytes, end, scratch) >>> 0;
  const n = (end - ptr) / 8;
  const count = sortUnique(ptr, ws.scratch("labels.spare", 8 * n).ptr, n, scratch);
  return new BigUint64Array(ws.memory.buffer, ptr, count).slice();
}

/** Whether `label` is in one of the spans. */
export function hasLabel(ws: Workspace, spans: readonly LabelSpan[], label: bigint): boolean {
  const { contains } = ws.kernel(kernel);
  return spans.some(
    ({ ptr, count, bytes }) =>
      label >= 0n && label < 1n << BigInt(8 * bytes) && contains(ptr, count, bytes, label) !== 0,
  );
}

/** A mapping in the memory, valid until the next one is put there. */
export interface PlacedMapping {
  /** Addresses of distinct keys and of their values, u64 each, and of 2 ** bits slots. */
  readonly keys: number;
  readonly values: number;
  readonly slots: number;
  readonly bits: number;
  readonly keep: boolean;
}

/** @throws ArgumentError for labels that are no whole numbers of 64 bits without sign. */
export function placeMapping(
  ws: Workspace,
  mapping: ReadonlyMap<bigint, bigint>,
  { preserveMissing = false }: RemapOptions = {},
): PlacedMapping {
  const n = mapping.size;
  const bits = 2 + Math.ceil(Math.log2(n + 1));
  const { ptr } = ws.scratch("labels.mapping", 16 * n + 4 * 2 ** bits);
  const pairs = new BigUint64Array(ws.memory.buffer, ptr, 2 * n);
  let i = 0;
  for (const [key, value] of mapping) {
    if (key !== BigInt.asUintN(64, key) || value !== BigInt.asUintN(64, value))
      throw new ArgumentError("A mapping holds what is no label", {
        expected: "whole numbers from 0 to 2^64 - 1",
        got: `${key} to ${value}`,
      });
    pairs[i] = key;
    pairs[n + i++] = value;
  }
  const placed = { keys: ptr, values: ptr + 8 * n, slots: ptr + 16 * n, bits, keep: preserveMissing };
  ws.kernel(kernel).makeMapping(placed.keys, n, placed.slots, bits);
  return placed;
}

/** Replaces the labels of a span in place. @throws EncodingError, see {@link unmapped}. */
export function remapSpan(ws: Workspace, { ptr, count, bytes }: LabelSpan, to: PlacedMapping): void {
  const { remap } = ws.kernel(kernel);
  const failed = remap(ptr, count, bytes, to.keys, to.values, to.slots, to.bits, to.keep ? 1 : 0);
  if (failed === 0) return;
  throw unmapped(ws, readLabel(ws, ptr + (failed - 1) * bytes, bytes), bytes, to);
}

/** Why a label of `bytes` cannot be replaced: the mapping lacks it, or they cannot hold the new one. */
export function unmapped(ws: Workspace, label: bigint, bytes: number, to: PlacedMapping): EncodingError {
  const most = (1n << BigInt(8 * bytes)) - 1n;
  if (to.keep || hasLabel(ws, [{ ptr: to.keys, count: (to.values - to.keys) / 8, bytes: 8 }], label))
    return new EncodingError("A label of the mapping does not fit the data type", {
      where: `label ${label}`,
      expected: `at most ${most}`,
    });
  return new EncodingError("The mapping lacks a label of the chunk", {
    got: `${label}`,
    fix: "Map every label, or keep those that are missing (preserveMissing).",
  });
}

/** One label, of 1, 2, 4 or 8 bytes at any address. */
export function readLabel(ws: Workspace, ptr: number, bytes: number): bigint {
  const view = new DataView(ws.memory.buffer, ptr, bytes);
  if (bytes === 8) return view.getBigUint64(0, true);
  if (bytes === 1) return BigInt(view.getUint8(0));
  return BigInt(bytes === 4 ? view.getUint32(0, true) : view.getUint16(0, true));
}
