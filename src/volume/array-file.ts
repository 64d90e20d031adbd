/** Arrays of voxels in files: bare values, little endian, in Fortran or C order. */
import { arrayType, bytesPerVoxel, type DataType, type TypedArray } from "../base/dtype.js";
import { cStride, fortranStride, product, type StridedArray, type Vec3, type Vec4 } from "../base/strided.js";
import type { ReadableFile, WritableFile } from "./local-files.js";

export interface FileArray {
  readonly dtype: DataType;
  /** x, y, z, channel. */
  readonly shape: Vec4;
  /** "F": x fastest; "C": channel fastest. */
  readonly order: "F" | "C";
}

export function fileBytes({ dtype, shape }: FileArray): number {
  return product(shape) * bytesPerVoxel(dtype);
}

/** Writes dense Fortran voxels of `size` (all channels) to their place in a file in Fortran order. */
export async function writePart(
  file: WritableFile,
  array: FileArray,
  at: Vec3,
  size: Vec3,
  voxels: TypedArray,
): Promise<void> {
  const bytes = new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength);
  const voxel = bytesPerVoxel(array.dtype);
  for (const run of runsOf({ ...array, order: "F" }, at, size)) {
    await file.write(bytes.subarray(run.from * voxel, (run.from + run.count) * voxel), run.to * voxel);
  }
}

/** Reads a box of a file's array, all channels, in the file's own order. */
export async function readPart(
  file: ReadableFile,
  array: FileArray,
  at: Vec3,
  size: Vec3,
): Promise<StridedArray> {
  const { dtype, order } = array;
  const shape = [...size, array.shape[3]];
  const data = new (arrayType(dtype))(product(shape));
  const bytes = new Uint8Array(data.buffer);
  const voxel = bytesPerVoxel(dtype);
  for (const run of runsOf(array, at, size)) {
    await file.read(bytes.subarray(run.from * voxel, (run.from + run.count) * voxel), run.to * voxel);
  }
  return { data, shape, stride: order === "F" ? fortranStride(shape) : cStride(shape), dtype };
}

/** Voxels that lie side by side in the part and in the file. */
interface Run {
  /** First voxel in the part. */
  readonly from: number;
  /** First voxel in the file. */
  readonly to: number;
  readonly count: number;
}

/** The longest runs: axes that the part fills are joined. */
function* runsOf({ shape, order }: FileArray, at: Vec3, size: Vec3): Generator<Run> {
  const inOrder = (axes: readonly number[]): number[] => (order === "F" ? [...axes] : [...axes].reverse());
  const whole = inOrder(shape);
  const part = inOrder([...size, shape[3]]);
  const start = inOrder([...at, 0]);
  const stride = fortranStride(whole);
  let axis = 0;
  let count = part[0]!;
  while (axis < 3 && part[axis] === whole[axis]) count *= part[++axis]!;
  const outer = product(part.slice(axis + 1));
  const first = start.reduce((sum, v, a) => sum + v * stride[a]!, 0);
  for (let i = 0; i < outer; i++) {
    let to = first;
    for (let a = axis + 1, rest = i; a < 4; a++) {
      to += (rest % part[a]!) * stride[a]!;
      rest = Math.floor(rest / part[a]!);
    }
    yield { from: i * count, to, count };
  }
}
