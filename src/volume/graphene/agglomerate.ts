/** Cut-outs of supervoxels as cut-outs of what they belong to. Source: CloudVolume `frontends/graphene.py`. */
import type { Abortable } from "../../base/abort.js";
import type { Bbox } from "../../base/bbox.js";
import type { TypedArray, Voxel } from "../../base/dtype.js";
import { type SegmentId, toSegmentId } from "../../base/segment-ids.js";
import { ORDINARY } from "../../compute/outputs.js";
import type { Timestamp } from "../../formats/graphene/timestamp.js";
import type { Runtime } from "../context.js";
import { VolumeCutout } from "../cutout.js";
import { filterLabels, labelFilter } from "../mask-labels.js";
import type { Graph } from "./graph.js";
import { labelsOf, relabel } from "./relabel.js";

/** Which labels take the place of supervoxels. */
export interface Agglomeration extends Abortable {
  readonly graph: Graph;
  /** Supervoxels become roots; else only those below `segids` become these. */
  readonly agglomerate: boolean;
  readonly timestamp: Timestamp | undefined;
  readonly stopLayer: number | undefined;
  /** The box in voxels of the watershed's level; undefined: it lies outside of the volume. */
  readonly box: Bbox | undefined;
}

/** From supervoxels to what they belong to. Without `agglomerate` of the leaves of `segids` alone. */
export async function mappingOf(
  labels: BigUint64Array,
  how: Agglomeration,
  segids: readonly bigint[],
): Promise<Map<bigint, bigint>> {
  const { graph, agglomerate, timestamp, stopLayer, signal } = how;
  if (!agglomerate) return await leavesOf(how, segids);
  const roots = await graph.getRoots(labels, { timestamp, stopLayer, signal });
  const mapping = new Map<bigint, bigint>();
  labels.forEach((label, i) => {
    if (label !== roots[i]) mapping.set(label, roots[i]!);
  });
  return mapping;
}

/** From each leaf of some labels, as far as they lie in the box, to its label. */
async function leavesOf(
  { graph, box, signal }: Agglomeration,
  segids: readonly bigint[],
): Promise<Map<bigint, bigint>> {
  const mapping = new Map<bigint, bigint>();
  if (box === undefined) return mapping;
  const leaves = await Promise.all(segids.map((segid) => graph.getLeaves(segid, box, { signal })));
  segids.forEach((segid, i) => {
    for (const leaf of leaves[i]!) mapping.set(leaf, segid);
  });
  return mapping;
}

/** Replaces the supervoxels of a cut-out in place, and masks it to `segids` where there are some. */
export async function agglomerateCutout(
  { workspace }: Runtime,
  { data }: VolumeCutout,
  how: Agglomeration,
  {
    segids,
    preserveZeros = false,
  }: { segids?: Iterable<Voxel> | undefined; preserveZeros?: boolean | undefined },
): Promise<void> {
  const wanted = segids === undefined ? [] : segmentsOf(segids);
  const labels = asLabels(data);
  relabel(workspace, labels, await mappingOf(labelsOf(workspace, labels), how, wanted));
  if (segids !== undefined) filterLabels(labels, labelFilter("uint64", wanted, preserveZeros));
}

/** A mask of the supervoxels that belong to a label: 1 where they are. */
export async function maskOf(
  { files }: Runtime,
  cutout: VolumeCutout,
  how: Agglomeration,
  label: Voxel,
): Promise<VolumeCutout> {
  const { data, shape, origin } = cutout;
  const labels = asLabels(data);
  const leaves = new Set((await leavesOf(how, [toSegmentId(label)])).keys());
  const mask = new Uint8Array(labels.length);
  const halves = new Uint32Array(labels.buffer, labels.byteOffset, 2 * labels.length);
  let isLeaf = 0;
  // Compared by halves: reading 64-bit labels makes an object of each.
  for (let i = 0, low = -1, high = -1; i < labels.length; i++) {
    const [l, h] = [halves[2 * i]!, halves[2 * i + 1]!];
    if (l !== low || h !== high) {
      [low, high] = [l, h];
      isLeaf = leaves.has(labels[i]!) ? 1 : 0;
    }
    mask[i] = isLeaf;
  }
  cutout.release();
  return new VolumeCutout(mask, shape, "bool", origin, ORDINARY, files);
}

/** The distinct labels of what a box of these supervoxels is, ascending. Source: CloudVolume `unique`. */
export async function uniqueOf(
  supervoxels: BigUint64Array,
  how: Agglomeration,
  {
    segids,
    preserveZeros = false,
  }: { segids?: Iterable<Voxel> | undefined; preserveZeros?: boolean | undefined },
): Promise<BigUint64Array> {
  const wanted = segids === undefined ? [] : segmentsOf(segids);
  const mapping = await mappingOf(supervoxels, how, wanted);
  const labels = supervoxels.map((label) => mapping.get(label) ?? label);
  if (segids !== undefined) filterLabels(labels, labelFilter("uint64", wanted, preserveZeros));
  return BigUint64Array.from(new Set(labels)).sort();
}

/** @throws ArgumentError for what is no label. */
function segmentsOf(segids: Iterable<Voxel>): bigint[] {
  return [...new Set(Array.from(segids as Iterable<SegmentId>, toSegmentId))];
}

function asLabels(data: TypedArray): BigUint64Array {
  if (data instanceof BigUint64Array) return data;
  throw new TypeError("labels of a graph have 64 bits");
}
