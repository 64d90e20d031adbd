/** What the small viewer's page is told of the arrays that it shows, and the pieces in which it gets them. */

import { type DataType, dataTypeOf } from "../../base/dtype.js";
import { ArgumentError, DimensionError } from "../../base/errors.js";
import { product, type StridedArray, type Vec3, type Vec4 } from "../../base/strided.js";
import { type Contrast, contrastOf, limitsOf, sampled } from "../../pictures/contrast.js";
import { fourAxes, kindOf } from "../../pictures/picture.js";
import { type Axis, cutSlab, PLANES } from "../../pictures/plane.js";

export interface ViewedLayer {
  readonly name: string;
  /** x, y, z and channel. */
  readonly array: StridedArray;
  readonly kind: "image" | "segmentation";
}

/** `/scene`, as JSON. */
export interface Scene {
  readonly title: string;
  /** Voxels along x, y and z. */
  readonly shape: Vec3;
  /** Nanometres of a voxel; the ratios alone are meant where `unit` is false. */
  readonly resolution: Vec3;
  readonly unit: boolean;
  /** The coordinates of the first voxel. */
  readonly offset: Vec3;
  readonly layers: readonly SceneLayer[];
}

export interface SceneLayer {
  readonly name: string;
  readonly kind: "image" | "segmentation";
  readonly dtype: DataType;
  readonly shape: Vec4;
  /** How many slices there are in a piece, by axis. */
  readonly slab: Readonly<Record<Axis, number>>;
  readonly contrast: Contrast;
  readonly limits: Contrast;
}

/** About the bytes of a piece: it comes from this machine within a few milliseconds. */
const SLAB_BYTES = 4 << 20;
const MOST_SLICES = 16;
/** What a canvas can hold. */
const MOST_PIXELS = 2 ** 27;
const MOST_SIDE = 32_767;

/** @throws DimensionError, ArgumentError for arrays that cannot be shown. */
export function viewedLayer(
  given: StridedArray,
  { name, kind }: { readonly name: string; readonly kind?: string | undefined },
): ViewedLayer {
  const array = fourAxes(given);
  const { shape } = array;
  if (product(shape) === 0)
    throw new DimensionError("There is nothing to show", { where: name, got: shape.join(" x ") });
  for (const { right, down } of Object.values(PLANES)) {
    const [width, height] = [shape[right]!, shape[down]!];
    if (width <= MOST_SIDE && height <= MOST_SIDE && width * height <= MOST_PIXELS) continue;
    throw new DimensionError("A slice is too large to be shown", {
      where: name,
      expected: `sides of at most ${MOST_SIDE}, and ${MOST_PIXELS} voxels`,
      got: `${width} x ${height}`,
      fix: "Show a smaller cut-out, or a coarser mip.",
    });
  }
  if (kind !== undefined && kind !== "image" && kind !== "segmentation")
    throw new ArgumentError("Not a kind of layer", { expected: "image or segmentation", got: kind });
  const dtype = dtypeOf(array);
  const chosen = kind ?? kindOf(dtype);
  return { name, array, kind: dtype.startsWith("float") ? "image" : chosen };
}

export function sceneLayer({ name, kind, array }: ViewedLayer): SceneLayer {
  const dtype = dtypeOf(array);
  const samples = sampled(array.data);
  const shape = array.shape as Vec4;
  const slices = ({ cut, right, down }: (typeof PLANES)[Axis]): number => {
    const bytes = shape[right]! * shape[down]! * array.data.BYTES_PER_ELEMENT;
    return Math.max(1, Math.min(MOST_SLICES, shape[cut]!, Math.floor(SLAB_BYTES / bytes)));
  };
  const slab = { x: slices(PLANES.x), y: slices(PLANES.y), z: slices(PLANES.z) };
  const contrast = contrastOf(dtype, samples);
  return { name, kind, dtype, shape, slab, contrast, limits: limitsOf(dtype, samples) };
}

/** The bytes of a piece: `number` counts pieces along the axis. Undefined for one that there is not. */
export function slabBytes(
  { array }: ViewedLayer,
  { shape, slab }: SceneLayer,
  axis: Axis,
  { channel, number }: { readonly channel: number; readonly number: number },
): Uint8Array | undefined {
  const from = number * slab[axis];
  const end = shape[PLANES[axis].cut]!;
  if (from >= end || channel >= shape[3]) return undefined;
  const values = cutSlab(array, { axis, from, to: Math.min(end, from + slab[axis]), channel });
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function dtypeOf({ data, dtype }: StridedArray): DataType {
  return dtype ?? dataTypeOf(data);
}
