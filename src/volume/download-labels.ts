/** The kinds of cut-outs that labels have: masks, small numbers, some labels only, crackle streams. */
import type { TypedArray, Voxel } from "../base/dtype.js";
import { ArgumentError } from "../base/errors.js";
import type { Slices } from "../base/slicing.js";
import { ORDINARY } from "../compute/outputs.js";
import type { VolumeContext } from "./context.js";
import { type CrackleCutout, checkSegmentation, toCrackle } from "./crackle-cutout.js";
import { VolumeCutout } from "./cutout.js";
import {
  type DownloadInto,
  type DownloadPlan,
  type DownloadTarget,
  downloadSelection,
  downloadTarget,
  pick,
} from "./download.js";
import { filterLabels, labelFilter } from "./mask-labels.js";
import { readLabelMask } from "./read-label.js";
import { readRenumbered } from "./renumber.js";
import type { UniqueRequest } from "./unique.js";

export interface LabelSelection {
  /** A mask of this label: 1 where it is, 0 elsewhere; the cut-out's type is `bool`. */
  readonly label?: Voxel | undefined;
  /** Numbers 1, 2, 3, … in place of labels, in the smallest data type; `mapping` of the cut-out tells which are which. */
  readonly renumber?: boolean | undefined;
  /** Labels other than these become 0. */
  readonly segids?: Iterable<Voxel> | undefined;
  /** With `segids`: zeros stay, and the other labels become the data type's largest value. */
  readonly preserveZeros?: boolean | undefined;
}

/** A cut-out with numbers in place of labels. */
export class RenumberedCutout extends VolumeCutout {
  /** From each label of the box, and the background, to its number. */
  readonly mapping: ReadonlyMap<Voxel, number>;

  constructor(mapping: ReadonlyMap<Voxel, number>, ...cutout: ConstructorParameters<typeof VolumeCutout>) {
    super(...cutout);
    this.mapping = mapping;
  }
}

/** `download` of labels. @throws ArgumentError for options that exclude each other, and what `download` throws. */
export async function downloadLabels(
  context: VolumeContext,
  plan: DownloadPlan,
  selection: Slices,
  wanted: LabelSelection,
  into: DownloadInto,
): Promise<VolumeCutout> {
  checkWanted(wanted, into);
  const { label, renumber, segids, preserveZeros = false } = wanted;
  const { dtype } = plan.layout;
  const filter = segids === undefined ? undefined : labelFilter(dtype, segids, preserveZeros);
  if (label === undefined && renumber !== true) {
    const cutout = await downloadSelection(context, plan, selection, into);
    if (filter !== undefined) filterLabels(cutout.data, filter);
    return cutout;
  }
  const target = downloadTarget(plan, selection);
  const request = boxRequest(plan, target, into);
  if (label !== undefined) {
    const mask = await readLabelMask(context, { ...request, label });
    const made = cutoutArguments(context, plan, target, mask, "bool");
    const mapping = new Map<Voxel, number>([0, 1].map((v) => [v, v]));
    return renumber === true ? new RenumberedCutout(mapping, ...made) : new VolumeCutout(...made);
  }
  const { data, dtype: small, mapping } = await readRenumbered(context, { ...request, filter });
  return new RenumberedCutout(mapping, ...cutoutArguments(context, plan, target, data, small));
}

/** `download` as one crackle stream. Holds the voxels of the box, renumbered where asked for, while it encodes. */
export async function downloadCrackle(
  context: VolumeContext,
  plan: DownloadPlan,
  selection: Slices,
  wanted: LabelSelection,
  into: DownloadInto,
): Promise<CrackleCutout> {
  checkSegmentation(plan.origin.layerType);
  const cutout = await downloadLabels(context, plan, selection, wanted, into);
  return await toCrackle(cutout, cutout instanceof RenumberedCutout ? cutout.mapping : undefined, into);
}

/** A box outside of every region of interest is read as one that holds no chunk at all. */
export function boxRequest(
  plan: DownloadPlan,
  { box }: DownloadTarget,
  into: Pick<DownloadInto, "signal" | "onProgress">,
): UniqueRequest {
  const { layout, settings } = plan;
  const skip = !plan.wanted(box);
  const grid = skip ? { ...layout.grid, size: [0, 0, 0] as const } : layout.grid;
  return {
    layout: { ...layout, grid },
    box: box.toList(),
    fillMissing: settings.fillMissing || skip,
    background: settings.backgroundColor,
    signal: into.signal,
    onProgress: into.onProgress,
  };
}

function cutoutArguments(
  { runtime }: VolumeContext,
  plan: DownloadPlan,
  target: DownloadTarget,
  data: TypedArray,
  dtype: VolumeCutout["dtype"],
): ConstructorParameters<typeof VolumeCutout> {
  const read = { data, lifetime: ORDINARY };
  const result = target.whole ? read : pick(read, target);
  const origin = { ...plan.origin, bounds: target.box };
  return [result.data, target.shape, dtype, origin, result.lifetime, runtime.files];
}

function checkWanted(
  { label, renumber, segids, preserveZeros }: LabelSelection,
  { out, status }: DownloadInto,
): void {
  const exclude = (a: string, b: string, fix: string): ArgumentError =>
    new ArgumentError(`${a} and ${b} exclude each other`, { where: "download", fix });
  if (label !== undefined && segids !== undefined)
    throw exclude("label", "segids", "A mask has one label; pass segids to keep several.");
  if (preserveZeros === true && segids === undefined)
    throw new ArgumentError("preserveZeros needs segids", { where: "preserveZeros" });
  if (status !== undefined && (label !== undefined || renumber === true))
    throw exclude("status", label !== undefined ? "label" : "renumber", "Ask status() of the box first.");
  if (out !== undefined && (label !== undefined || renumber === true))
    throw exclude(
      "out",
      label !== undefined ? "label" : "renumber",
      "These make an array of their own type.",
    );
}
