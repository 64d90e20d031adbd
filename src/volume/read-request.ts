/** What is asked of a read and what it gives, whoever executes it. */
import type { Box6 } from "../base/bbox.js";
import { arrayType, type TypedArray, type Voxel } from "../base/dtype.js";
import { ArgumentError } from "../base/errors.js";
import { type Lifetime, ORDINARY } from "../compute/lifetime.js";
import type { Runtime } from "./context.js";
import { boxSize, type ScaleLayout, voxelBytes } from "./layout.js";
import type { ProgressListener } from "./progress.js";

export interface ReadRequest {
  readonly layout: ScaleLayout;
  /** May reach over the volume's bounds; voxels outside are background. */
  readonly box: Box6;
  /** Missing chunks become background; else EmptyVolumeException. */
  readonly fillMissing: boolean;
  readonly background: Voxel;
  /** Worker threads that may take part. */
  readonly parallel: number;
  /** Dense Fortran destination of exactly the box's voxels. */
  readonly out?: TypedArray | undefined;
  /** Read files on the calling thread without blocking it (servers); default false: synchronous, faster. */
  readonly asyncIo?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/** Dense voxels in Fortran order, and how to give their memory back early. */
export interface ReadResult {
  readonly data: TypedArray;
  readonly lifetime: Lifetime;
}

/** Whether some voxel of the box lies outside of the volume, where no chunk will write. */
export function reachesOutside({ grid }: ScaleLayout, box: Box6): boolean {
  return [0, 1, 2].some((a) => {
    const lo = grid.offset[a] ?? 0;
    return (box[a] ?? 0) < lo || (box[a + 3] ?? 0) > lo + (grid.size[a] ?? 0);
  });
}

/** A new array for the box's voxels. @throws ArgumentError if it is larger than an array can be. */
export function allocate({ layout, box }: ReadRequest, bytes: number): TypedArray {
  try {
    return new (arrayType(layout.dtype))(new ArrayBuffer(bytes));
  } catch (cause) {
    throw new ArgumentError("The requested box is larger than an array can be", {
      where: box.join(","),
      got: `${bytes} bytes`,
      fix: "Read it in parts.",
      cause,
    });
  }
}

export function fillArray(data: TypedArray, value: Voxel): TypedArray {
  if (data instanceof BigUint64Array || data instanceof BigInt64Array) data.fill(BigInt(value));
  else data.fill(Number(value));
  return data;
}

/** The array for the voxels of a request's box: `out`, or one of undefined content. */
export function newResult({ results }: Runtime, { layout, box, out }: ReadRequest): ReadResult {
  if (out !== undefined) return { data: out, lifetime: ORDINARY };
  const buffer = results.take(voxelBytes(layout, boxSize(box)));
  return { data: new (arrayType(layout.dtype))(buffer), lifetime: results.lifetime(buffer) };
}

/** The voxels in `out`, or in an array of their own. */
export function copyOut(runtime: Runtime, voxels: TypedArray, request: ReadRequest): ReadResult {
  const result = newResult(runtime, request);
  const { buffer, byteOffset, byteLength } = result.data;
  new Uint8Array(buffer, byteOffset, byteLength).set(
    new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength),
  );
  return result;
}
