import type { CloudVolumeError, ErrorFacts } from "../../base/errors.js";
import type { ChunkSpec } from "../codec.js";

/** Longest axis that 16 bits can say. */
const MAX_AXIS = 65535;

export type Failed = new (what: string, facts?: ErrorFacts) => CloudVolumeError;

/** @throws `Failed` for chunks that compresso cannot hold. */
export function checkSpec({ dtype, shape }: ChunkSpec, Failed: Failed): void {
  if (dtype !== "bool" && !dtype.startsWith("uint"))
    throw new Failed("compresso holds labels without sign only", {
      expected: "uint8, uint16, uint32, uint64 or bool",
      got: dtype,
      fix: "Use raw.",
    });
  if (shape[3] !== 1)
    throw new Failed("compresso holds one channel only", {
      got: `${shape[3]}`,
      fix: "Use raw or compressed_segmentation.",
    });
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 0 && n <= MAX_AXIS))
    throw new Failed("Not the shape of a compresso chunk", {
      expected: `whole numbers up to ${MAX_AXIS}`,
      got: shape.join(" x "),
    });
}
