/** A slice of an array as a picture. */
import { type DataType, dataTypeOf, type TypedArray } from "../base/dtype.js";
import { ArgumentError, DimensionError } from "../base/errors.js";
import { checkStrided } from "../base/gather.js";
import type { StridedArray } from "../base/strided.js";
import { type Contrast, contrastOf, sampled } from "./contrast.js";
import { type Axis, cutSlab, PLANES } from "./plane.js";
import { type LabelStyle, shadeImage, shadeLabels } from "./shade.js";

/** Red, green and blue: shape width, height, 1, 3; one colour behind the other, as channels are. */
export type Picture = StridedArray<Uint8Array>;

export interface PictureOptions {
  /** The axis that is cut. Default z: x goes right and y down. */
  readonly axis?: Axis | undefined;
  /** The number of the slice in the array. Default: the middle one. */
  readonly slice?: number | undefined;
  /** Gray levels, or a colour for each label. Default: labels for bool and for integers of 32 and 64 bits. */
  readonly kind?: "image" | "segmentation" | undefined;
  /** Images: one channel; default: three channels as red, green and blue, else the first one. */
  readonly channel?: number | undefined;
  /** Images: what is black and what is white. Default: nearly all of the slice's values lie between. */
  readonly contrast?: Contrast | undefined;
  /** The size of a voxel along x, y and z: where they differ, the picture is stretched. Default 1, 1, 1. */
  readonly resolution?: readonly number[] | undefined;
  /** Labels that lie over the image, of the same x, y, z. Default opacity 0.5. */
  readonly over?: ({ readonly labels: StridedArray } & Partial<LabelStyle>) | undefined;
}

/**
 * Draws a slice of an array of x, y, z and channel: labels in Neuroglancer's colours (0 is black), images in gray or in colour.
 * @throws ArgumentError for a slice, axis or channel that there is not, DimensionError where labels do not fit.
 */
export function picture(given: StridedArray, options: PictureOptions = {}): Picture {
  const { axis = "z", resolution = [1, 1, 1], over } = options;
  const array = fourAxes(given);
  if (!Object.hasOwn(PLANES, axis))
    throw new ArgumentError("Not an axis", { expected: "x, y or z", got: String(axis) });
  const { cut, right, down } = PLANES[axis];
  const { shape } = array;
  const slice = options.slice ?? Math.floor(shape[cut]! / 2);
  const slices = { axis, from: slice, to: slice + 1 };
  checkIndex("slice", slice, shape[cut]!);
  if (shape.includes(0))
    throw new DimensionError("There is nothing to draw", { got: `shape ${shape.join(", ")}` });
  const colors = new Uint32Array(shape[right]! * shape[down]!).fill(0xff000000);
  if ((options.kind ?? kindOf(typeOf(array))) === "segmentation")
    shadeLabels(colors, cutSlab(array, slices), { opacity: 1 });
  else shadeChannels(colors, array, options, (channel) => cutSlab(array, { ...slices, channel }));
  if (over !== undefined) {
    const labels = fourAxes(over.labels);
    if ([0, 1, 2].some((i) => labels.shape[i] !== shape[i]))
      throw new DimensionError("The labels do not have the image's shape", {
        expected: shape.slice(0, 3).join(", "),
        got: labels.shape.slice(0, 3).join(", "),
      });
    shadeLabels(colors, cutSlab(labels, slices), { ...over, opacity: over.opacity ?? 0.5 });
  }
  return stretched(colors, [shape[right]!, shape[down]!], [resolution[right] ?? 1, resolution[down] ?? 1]);
}

/** How an array of a data type is drawn where nobody says. */
export function kindOf(dtype: DataType): "image" | "segmentation" {
  return /^(bool|u?int(32|64))$/.test(dtype) ? "segmentation" : "image";
}

/** An array of x, y, z and channel out of one of 2 to 4 axes. @throws DimensionError. */
export function fourAxes(array: StridedArray): StridedArray {
  checkStrided(array);
  const { shape, stride } = array;
  if (shape.length < 2 || shape.length > 4)
    throw new DimensionError("Only arrays of two to four axes can be drawn", {
      expected: "x, y; x, y, z; or x, y, z, channel",
      got: `${shape.length} axes`,
    });
  const missing = 4 - shape.length;
  const [ones, zeros] = [1, 0].map((n) => new Array<number>(missing).fill(n)) as [number[], number[]];
  const { data, dtype } = array;
  const all = { data, shape: [...shape, ...ones], stride: [...stride, ...zeros] };
  return dtype === undefined ? all : { ...all, dtype };
}

function shadeChannels(
  colors: Uint32Array,
  array: StridedArray,
  options: PictureOptions,
  values: (channel: number) => TypedArray,
): void {
  const { channel, contrast } = options;
  const channels = array.shape[3]!;
  if (channel !== undefined) checkIndex("channel", channel, channels);
  const dtype = typeOf(array);
  const range = (plane: TypedArray): Contrast => contrast ?? contrastOf(dtype, sampled(plane));
  const isColor = channel === undefined && channels === 3;
  if (isColor && dtype === "uint8")
    for (const c of [0, 1, 2]) shadeImage(colors, values(c), contrast ?? { black: 0, white: 255 }, c);
  else if (isColor) for (const c of [0, 1, 2]) shadeImage(colors, values(c), range(values(c)), c);
  else {
    const plane = values(channel ?? 0);
    shadeImage(colors, plane, range(plane));
  }
}

/** Takes colours apart, and repeats pixels along the side whose voxels are longer. */
function stretched(colors: Uint32Array, size: readonly number[], lengths: readonly number[]): Picture {
  const [columns = 0, rows = 0] = size;
  const unit = Math.min(...lengths);
  const [width, height] = size.map((n, i) => Math.max(1, Math.round((n * lengths[i]!) / unit))) as [
    number,
    number,
  ];
  const area = width * height;
  const data = new Uint8Array(3 * area);
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor((y * rows) / height) * columns;
    for (let x = 0; x < width; x++, at++) {
      const color = colors[row + Math.floor((x * columns) / width)]!;
      data[at] = color & 255;
      data[at + area] = (color >> 8) & 255;
      data[at + 2 * area] = (color >> 16) & 255;
    }
  }
  return { data, shape: [width, height, 1, 3], stride: [1, width, area, area] };
}

function typeOf({ data, dtype }: StridedArray): DataType {
  return dtype ?? dataTypeOf(data);
}

function checkIndex(what: string, at: number, count: number): void {
  if (Number.isInteger(at) && at >= 0 && at < count) return;
  throw new ArgumentError(`There is no such ${what}`, { expected: `0 to ${count - 1}`, got: String(at) });
}
