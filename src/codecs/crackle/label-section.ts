import { bytesPerVoxel } from "../../base/dtype.js";
import type { Workspace } from "../../base/workspace.js";
import type { ChunkSpec } from "../codec.js";
import { type LabelSpan, readLabel } from "../labels.js";
import { damaged, FLAT, type Header } from "./header.js";
import { numberWriter } from "./numbers.js";
import { bytesFor, isSigned } from "./spec.js";

/** Where the parts of the labels' section are. Labels with sign are already as wide as voxels. */
export interface LabelSection {
  readonly unique: LabelSpan;
  /** Pins: the label of components that no pin touches. */
  readonly background: LabelSpan | undefined;
  /** Components of each slice. */
  readonly counts: LabelSpan;
  /** Flat: the place of each component's label among the unique ones. */
  readonly keys: LabelSpan;
  /** Pins: what follows the counts. */
  readonly pins: { readonly ptr: number; readonly length: number };
}

/**
 * Divides the section and checks that its parts fill it and that every label fits the data type.
 * @throws DecodingError.
 */
export function readLabelSection(ws: Workspace, header: Header, spec: ChunkSpec): LabelSection {
  const { labels, storedBytes, labelFormat } = header;
  const flat = labelFormat === FLAT;
  const end = labels.ptr + labels.length;
  let at = labels.ptr;
  const span = (count: number, bytes: number): LabelSpan => {
    const part = { ptr: at, count, bytes };
    at += count * bytes;
    if (at > end)
      throw damaged(
        "its labels are too short for what they name",
        `at least ${at - labels.ptr} bytes`,
        `${labels.length}`,
      );
    return part;
  };
  const background = flat ? undefined : span(1, storedBytes);
  const unique = span(Number(readLabel(ws, span(1, 8).ptr, 8)), storedBytes);
  const [x, y, z] = spec.shape;
  const counts = span(z, bytesFor(x * y));
  const components = componentsOf(ws, counts, 0, z);
  if (components.most > x * y)
    throw damaged("a slice has more components than pixels", `at most ${x * y}`, `${components.most}`);
  const keys = span(flat ? components.sum : 0, bytesFor(unique.count));
  const pins = { ptr: at, length: end - at };
  if (flat && at !== end)
    throw damaged("its labels are not as many as components", `${at - labels.ptr} bytes`, `${labels.length}`);
  for (const { ptr, count, bytes } of [unique, background ?? unique]) {
    if (bytes <= bytesPerVoxel(spec.dtype)) break;
    const most = 1n << BigInt(8 * bytesPerVoxel(spec.dtype));
    for (let i = 0; i < count; i++) {
      const label = readLabel(ws, ptr + i * bytes, bytes);
      if (label >= most) throw damaged("a label does not fit the data type", spec.dtype, `${label}`);
    }
  }
  if (!isSigned(spec.dtype)) return { unique, background, counts, keys, pins };
  const [first, ...rest] = widened(ws, background === undefined ? [unique] : [unique, background], spec);
  return { unique: first!, background: rest[0], counts, keys, pins };
}

/** Labels with sign are stored with as few bytes as others: copies as wide as voxels, in scratch. */
function widened(ws: Workspace, spans: readonly LabelSpan[], { dtype }: ChunkSpec): LabelSpan[] {
  const bytes = bytesPerVoxel(dtype);
  const { ptr } = ws.scratch("crackle.signed", bytes * spans.reduce((sum, { count }) => sum + count, 0));
  let at = ptr;
  const put = numberWriter(ws, at);
  return spans.map((span) => {
    const labels = Array.from({ length: span.count }, (_, i) =>
      readLabel(ws, span.ptr + i * span.bytes, span.bytes),
    );
    const wide = { ptr: at, count: span.count, bytes };
    at = put(
      labels.map((label) => BigInt.asUintN(8 * bytes, BigInt.asIntN(8 * span.bytes, label))),
      bytes,
    );
    return wide;
  });
}

/** Components of the slices from..to: of all together, and of the one that has most. */
export function componentsOf(
  ws: Workspace,
  { ptr, count, bytes }: LabelSpan,
  from: number,
  to: number,
): { sum: number; most: number } {
  const view = new DataView(ws.memory.buffer, ptr, count * bytes);
  let [sum, most] = [0, 0];
  for (let z = from; z < to; z++) {
    const low =
      bytes === 1
        ? view.getUint8(z)
        : bytes === 2
          ? view.getUint16(2 * z, true)
          : view.getUint32(z * bytes, true);
    const components = bytes === 8 ? low + 2 ** 32 * view.getUint32(8 * z + 4, true) : low;
    sum += components;
    most = Math.max(most, components);
  }
  return { sum, most };
}
