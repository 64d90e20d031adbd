import type { CloudVolumeError, ErrorFacts } from "../../base/errors.js";
import type { ChunkSpec } from "../codec.js";

type Failed = new (what: string, facts?: ErrorFacts) => CloudVolumeError;

/** Bounds that keep the kernel's arithmetic exact. */
const MAX_AXIS = 2 ** 30;

/** @throws `Failed` for other types than floats. */
export function checkFloats(name: string, { dtype, shape }: ChunkSpec, Failed: Failed): void {
  if (dtype !== "float32" && dtype !== "float64")
    throw new Failed(`${name} holds float32 and float64 only`, { got: dtype, fix: "Use raw or zfpc." });
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 0 && n < MAX_AXIS))
    throw new Failed("Not the shape of a chunk", {
      expected: `whole numbers below ${MAX_AXIS}`,
      got: shape.join(" x "),
    });
}
