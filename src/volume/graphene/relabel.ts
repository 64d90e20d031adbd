/** Labels of an array: which there are, and others in their place. */
import { LabelSet } from "../../base/label-set.js";
import type { Workspace } from "../../base/workspace.js";
import { distinctLabels, type LabelSpan, placeMapping, remapSpan } from "../../codecs/labels.js";

/** Labels that are worked on at a time: 8 MiB of the workspace. */
const PIECE = 1 << 20;

/** The distinct labels, ascending. */
export function labelsOf(workspace: Workspace, data: BigUint64Array): BigUint64Array {
  const found = new LabelSet("uint64");
  eachPiece(workspace, data, (span) => {
    found.addBits(distinctLabels(workspace, [span]));
    return false;
  });
  return found.sorted() as BigUint64Array;
}

/** Replaces labels in place by those that the mapping gives; labels that it lacks stay. */
export function relabel(
  workspace: Workspace,
  data: BigUint64Array,
  mapping: ReadonlyMap<bigint, bigint>,
): void {
  if (mapping.size === 0) return;
  const placed = placeMapping(workspace, mapping, { preserveMissing: true });
  eachPiece(workspace, data, (span) => {
    remapSpan(workspace, span, placed);
    return true;
  });
}

/** @param work returns whether it changed the labels. */
function eachPiece(workspace: Workspace, data: BigUint64Array, work: (span: LabelSpan) => boolean): void {
  const { ptr } = workspace.scratch("graphene.labels", 8 * Math.min(PIECE, data.length));
  for (let from = 0; from < data.length; from += PIECE) {
    const part = data.subarray(from, from + PIECE);
    const place = (): BigUint64Array => new BigUint64Array(workspace.memory.buffer, ptr, part.length);
    place().set(part);
    // The buffer is another one where the work has made the memory grow.
    if (work({ ptr, count: part.length, bytes: 8 })) part.set(place());
  }
}
