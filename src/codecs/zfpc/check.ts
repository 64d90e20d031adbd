import type { CloudVolumeError, ErrorFacts } from "../../base/errors.js";
import type { ChunkSpec } from "../codec.js";

type Failed = new (what: string, facts?: ErrorFacts) => CloudVolumeError;

const TYPES = ["int32", "int64", "float32", "float64"];
/** Bound that keeps the kernel's arithmetic exact. */
const MAX_AXIS = 2 ** 30;

/** @throws `Failed` for other types, and for chunks without voxels. */
export function checkZfpc({ dtype, shape }: ChunkSpec, Failed: Failed): void {
  if (!TYPES.includes(dtype))
    throw new Failed("zfpc holds int32, int64, float32 and float64 only", { got: dtype, fix: "Use raw." });
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 1 && n < MAX_AXIS))
    throw new Failed("Not the shape of a zfpc chunk", {
      expected: `whole numbers from 1 to ${MAX_AXIS - 1}`,
      got: shape.join(" x "),
    });
}
