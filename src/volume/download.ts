/** `download`: from what the user asks for to a cut-out. */
import { Bbox } from "../base/bbox.js";
import { arrayType, bytesPerVoxel, type TypedArray } from "../base/dtype.js";
import { ArgumentError, OutOfBoundsError, SubvoxelVolumeError } from "../base/errors.js";
import { resolveSlices, type Slices } from "../base/slicing.js";
import {
  copyRows,
  dot,
  fortranStride,
  product,
  type StridedArray,
  type Vec3,
  type Vec4,
} from "../base/strided.js";
import { ORDINARY } from "../compute/outputs.js";
import type { VolumeContext } from "./context.js";
import { type CutoutOrigin, VolumeCutout } from "./cutout.js";
import type { ScaleLayout } from "./layout.js";
import type { ProgressListener } from "./progress.js";
import { readBox } from "./read.js";
import type { ReadRequest, ReadResult } from "./read-request.js";
import type { VolumeSettings } from "./settings.js";
import { type ChunkStatus, readWithStatus } from "./status.js";

export interface DownloadPlan {
  readonly layout: ScaleLayout;
  readonly bounds: Bbox;
  readonly settings: Readonly<VolumeSettings>;
  readonly parallel: number;
  readonly origin: Omit<CutoutOrigin, "bounds">;
  /** False where the request touches no region of interest: all background, without a request. */
  readonly wanted: (box: Bbox) => boolean;
}

export interface DownloadInto {
  readonly out?: StridedArray | TypedArray | undefined;
  readonly asyncIo?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
  /** Filled with what became of each chunk, by key. Then no chunk is an error: those that cannot be read are background. */
  readonly status?: Map<string, ChunkStatus> | undefined;
}

/** A request against the volume: which box, which part of it, and the shape of the result. */
export interface DownloadTarget {
  readonly box: Bbox;
  /** Shape of the whole box, all channels. */
  readonly full: Vec4;
  readonly shape: Vec4;
  /** Whether the result is the whole box: no steps, all channels. */
  readonly whole: boolean;
  readonly step: Vec3;
  readonly channels: Vec3;
}

/** @throws SubvoxelVolumeError for an empty box, OutOfBoundsError, ArgumentError for malformed slices. */
export function downloadTarget(plan: DownloadPlan, selection: Slices): DownloadTarget {
  const { layout, settings } = plan;
  const wanted = resolveSlices(selection, plan.bounds, layout.channels, {
    bounded: settings.bounded && !settings.autocrop,
    resolution: plan.origin.resolution,
  });
  const box = settings.autocrop ? cropped(wanted.box, plan.bounds) : wanted.box;
  if (box.subvoxel()) {
    throw new SubvoxelVolumeError("The requested box is empty", {
      where: box.toString(),
      fix: "Ask for at least one voxel on each axis.",
    });
  }
  const full: Vec4 = [...(box.size3() as unknown as Vec3), layout.channels];
  const { step, channels } = wanted;
  const [c0, c1, cStep] = channels;
  const whole = step.every((s) => s === 1) && c0 === 0 && c1 === layout.channels && cStep === 1;
  return { box, full, shape: whole ? full : stepped(full, step, channels), whole, step, channels };
}

export async function downloadSelection(
  context: VolumeContext,
  plan: DownloadPlan,
  selection: Slices,
  into: DownloadInto,
): Promise<VolumeCutout> {
  const { layout } = plan;
  const target = downloadTarget(plan, selection);
  const { box, shape, whole } = target;
  const out = into.out === undefined ? undefined : destination(into.out, layout, shape);
  const read = await readOrFill(context, plan, box, whole ? { ...into, out } : { ...into, out: undefined });
  const result = whole ? read : pick(read, target, out);
  const origin = { ...plan.origin, bounds: box };
  return new VolumeCutout(result.data, shape, layout.dtype, origin, result.lifetime, context.runtime.files);
}

function cropped(box: Bbox, bounds: Bbox): Bbox {
  const cut = Bbox.intersection(box, bounds);
  if (!cut.subvoxel()) return cut;
  throw new OutOfBoundsError("The requested box lies outside of the volume", {
    where: box.toString(),
    expected: `some voxel of ${bounds.toString()}`,
  });
}

async function readOrFill(
  context: VolumeContext,
  plan: DownloadPlan,
  box: Bbox,
  into: DownloadInto & { readonly out: TypedArray | undefined },
): Promise<ReadResult> {
  const { layout, settings, parallel } = plan;
  const skip = !plan.wanted(box);
  // A box outside of every region of interest is read as one that holds no chunk at all.
  const grid = skip ? { ...layout.grid, size: [0, 0, 0] as const } : layout.grid;
  const request: ReadRequest = {
    layout: skip ? { ...layout, grid } : layout,
    box: box.toList(),
    fillMissing: settings.fillMissing || skip,
    background: settings.backgroundColor,
    parallel,
    out: into.out,
    asyncIo: into.asyncIo,
    signal: into.signal,
    onProgress: into.onProgress,
  };
  if (into.status === undefined) return await readBox(context, request);
  const { data, status } = await readWithStatus(context, request);
  for (const [key, outcome] of status) into.status.set(key, outcome);
  return { data, lifetime: ORDINARY };
}

function stepped(full: Vec4, step: Vec3, [c0, c1, cStep]: Vec3): Vec4 {
  const n = (length: number, by: number): number => Math.ceil(length / by);
  return [n(full[0], step[0]), n(full[1], step[1]), n(full[2], step[2]), n(c1 - c0, cStep)];
}

/** Takes every n-th voxel and the wanted channels out of a full read. */
export function pick(read: ReadResult, target: DownloadTarget, out?: TypedArray): ReadResult {
  const { full, shape, step, channels } = target;
  const type = read.data.constructor as { new (n: number): TypedArray };
  const data = out ?? new type(product(shape));
  const stride = fortranStride(full);
  const by = [...step, channels[2]].map((s, i) => s * (stride[i] as number));
  copyRows(read.data, by, dot([0, 0, 0, channels[0]], stride), data, fortranStride(shape), 0, shape);
  read.lifetime.release();
  return { data, lifetime: ORDINARY };
}

/** The caller's `out` as the dense array that is filled. */
function destination(out: StridedArray | TypedArray, layout: ScaleLayout, shape: Vec4): TypedArray {
  const data = ArrayBuffer.isView(out) ? out : (out as StridedArray).data;
  const expected = `${arrayType(layout.dtype).name} of ${product(shape)} voxels in Fortran order (${shape.join(" x ")})`;
  const fits =
    data instanceof arrayType(layout.dtype) &&
    data.byteLength === product(shape) * bytesPerVoxel(layout.dtype);
  const dense =
    ArrayBuffer.isView(out) ||
    fortranStride(shape).every((s, i) => (shape[i] ?? 1) <= 1 || (out as StridedArray).stride[i] === s);
  if (fits && dense) return data as TypedArray;
  throw new ArgumentError("The array in `out` does not fit", {
    where: "out",
    expected,
    got: `${data.constructor.name} of ${(data as TypedArray).length} voxels${dense ? "" : " with other strides"}`,
  });
}
