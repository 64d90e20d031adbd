/** `upload`: from what the user gives to chunk-aligned writes. */
import { Bbox, type Box6 } from "../base/bbox.js";
import { arrayType, dataTypeOf, type TypedArray, toVoxel, type Voxel } from "../base/dtype.js";
import { AlignmentError, ArgumentError, DimensionError, OutOfBoundsError } from "../base/errors.js";
import { resolveSlices, type Slices } from "../base/slicing.js";
import { dot, fortranStride, product, type StridedArray, type Vec4 } from "../base/strided.js";
import { isAligned, nearestAligned } from "../grid/align.js";
import type { VolumeContext } from "./context.js";
import type { StoragePolicy } from "./encode.js";
import type { ScaleLayout } from "./layout.js";
import { paintBox } from "./paint.js";
import type { ProgressListener } from "./progress.js";
import { fillArray } from "./read-request.js";
import type { VolumeSettings } from "./settings.js";
import { writeBox } from "./write.js";

export interface UploadPlan {
  readonly layout: ScaleLayout;
  readonly bounds: Bbox;
  /** Nanometres of a voxel, for boxes in physical units. */
  readonly resolution: readonly number[];
  readonly settings: Readonly<VolumeSettings>;
  readonly policy: StoragePolicy;
  readonly parallel: number;
}

export interface UploadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/** A whole array, a dense Fortran typed array, or one value for every voxel. */
export type UploadSource = StridedArray | TypedArray | Voxel | boolean;

export async function uploadSelection(
  context: VolumeContext,
  plan: UploadPlan,
  selection: Slices,
  source: UploadSource,
  options: UploadOptions,
): Promise<void> {
  const { layout, settings, bounds } = plan;
  const wanted = resolveSlices(selection, bounds, layout.channels, {
    bounded: false,
    resolution: plan.resolution,
  });
  if (
    wanted.step.some((s) => s !== 1) ||
    wanted.channels[0] !== 0 ||
    wanted.channels[1] !== layout.channels ||
    wanted.channels[2] !== 1
  ) {
    throw new ArgumentError("A box is written whole: no steps, all channels", { got: String(selection) });
  }
  const shape: Vec4 = [...boxShape(wanted.box), layout.channels];
  const array = asArray(source, shape, layout);
  const cut = settings.autocrop ? Bbox.intersection(wanted.box, bounds) : wanted.box;
  if (cut.subvoxel()) {
    if (settings.autocrop || product(shape) === 0) return;
  }
  checkTarget(layout, bounds, cut, settings);
  const voxels = cut.equals(wanted.box) ? array : crop(array, wanted.box, cut, layout.channels);
  const box = cut.toList();
  const request = { layout, box, array: voxels, policy: plan.policy, parallel: plan.parallel, ...options };
  if (isAligned(layout.grid, box)) return await writeBox(context, request);
  await paintBox(context, request, settings);
}

/** @throws OutOfBoundsError, AlignmentError for a box that may not be written. */
export function checkTarget(
  layout: ScaleLayout,
  bounds: Bbox,
  box: Bbox,
  { nonAlignedWrites }: Pick<VolumeSettings, "nonAlignedWrites">,
): void {
  if (!bounds.containsBbox(box)) {
    throw new OutOfBoundsError("The box to write reaches outside of the volume", {
      where: box.toString(),
      expected: `a box inside of ${bounds.toString()}`,
      fix: "Cut the array, or pass autocrop: true.",
    });
  }
  if (!nonAlignedWrites && !isAligned(layout.grid, box.toList())) throw misaligned(layout, box.toList());
}

function boxShape(box: Bbox): readonly [number, number, number] {
  const [x = 0, y = 0, z = 0] = box.size3();
  return [x, y, z];
}

function misaligned({ grid }: ScaleLayout, box: Box6): AlignmentError {
  return new AlignmentError("The box to write cuts through chunks", {
    where: Bbox.fromList(box).toString(),
    expected: `a box on the chunk grid (offset ${grid.offset.join(",")}, chunks ${grid.chunk.join("x")}) or ending at the volume's edge`,
    fix: `The nearest aligned box is ${Bbox.fromList(nearestAligned(grid, box)).toString()}; or pass nonAlignedWrites: true (not safe with several writers).`,
  });
}

function crop(array: StridedArray, from: Bbox, to: Bbox, channels: number): StridedArray {
  const at = [...to.minpt.sub(from.minpt), 0];
  const data = array.data.subarray(dot(at, array.stride)) as TypedArray;
  return { data, shape: [...boxShape(to), channels], stride: array.stride };
}

/** The source as an x, y, z, channel array of the volume's data type. @throws ArgumentError, DimensionError. */
export function asArray(source: UploadSource, shape: Vec4, layout: ScaleLayout): StridedArray {
  if (typeof source === "number" || typeof source === "bigint" || typeof source === "boolean") {
    const one = fillArray(
      new (arrayType(layout.dtype))(1),
      toVoxel(typeof source === "boolean" ? Number(source) : source, layout.dtype),
    );
    return { data: one, shape, stride: [0, 0, 0, 0] };
  }
  const dense = ArrayBuffer.isView(source);
  const array: StridedArray = dense
    ? { data: source, shape, stride: fortranStride(shape) }
    : (source as StridedArray);
  checkDtype(array, layout);
  if (dense && source.length !== product(shape)) throw wrongShape(`${source.length} voxels`, shape);
  const four = fourAxes(array, shape);
  if (four.shape.some((n, i) => n !== shape[i])) throw wrongShape(array.shape.join(" x "), shape);
  const last = four.shape.reduce((at, n, i) => at + Math.max(0, n - 1) * (four.stride[i] as number), 0);
  if (product(shape) > 0 && last >= four.data.length) {
    throw new ArgumentError("The array's data is shorter than its shape and strides say", {
      expected: `${last + 1} elements`,
      got: `${four.data.length}`,
    });
  }
  return four;
}

function wrongShape(got: string, shape: Vec4): AlignmentError {
  return new AlignmentError("The array and the box differ in shape", { expected: shape.join(" x "), got });
}

function fourAxes(array: StridedArray, shape: Vec4): StridedArray {
  const { data, shape: own, stride } = array;
  if (own.length === 4) return array;
  if (own.length === 3 && shape[3] === 1) return { data, shape: [...own, 1], stride: [...stride, 0] };
  throw new DimensionError("The array has the wrong number of axes", {
    expected: shape[3] === 1 ? "x, y, z or x, y, z, channel" : `x, y, z, channel (${shape[3]} channels)`,
    got: `${own.length} axes`,
  });
}

function checkDtype(array: StridedArray, { dtype }: ScaleLayout): void {
  const got = array.dtype ?? dataTypeOf(array.data);
  const same = got === dtype || (dtype === "bool" && got === "uint8" && array.dtype === undefined);
  if (same && array.data instanceof arrayType(dtype)) return;
  throw new ArgumentError("The array's data type is not the volume's", {
    expected: dtype,
    got,
    fix: `Convert the array to ${arrayType(dtype).name} first.`,
  });
}
