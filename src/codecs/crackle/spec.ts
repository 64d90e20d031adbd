import type { DataType } from "../../base/dtype.js";
import type { CloudVolumeError, ErrorFacts } from "../../base/errors.js";
import type { ChunkSpec } from "../codec.js";

export type Failed = new (what: string, facts?: ErrorFacts) => CloudVolumeError;

/** Bounds that keep the kernel's addresses of bits within 32 bits. */
const MOST_CORNERS = 2 ** 32;

/**
 * @throws `Failed` for chunks that crackle cannot hold. No encoder writes labels with sign, but the format has a place for
 * them, so that they are read if `signed`.
 */
export function checkSpec({ dtype, shape }: ChunkSpec, Failed: Failed, signed = false): void {
  if (dtype.startsWith("float") || (dtype.startsWith("int") && !signed))
    throw new Failed("crackle holds labels without sign only", {
      expected: "uint8, uint16, uint32, uint64 or bool",
      got: dtype,
      fix: "Use raw.",
    });
  if (shape[3] !== 1)
    throw new Failed("crackle holds one channel only", {
      got: `${shape[3]}`,
      fix: "Use raw or compressed_segmentation.",
    });
  const [x, y] = shape;
  const whole = shape.every((n) => Number.isSafeInteger(n) && n >= 0 && n < 2 ** 32);
  if (!whole || (x + 16) * (y + 2) >= MOST_CORNERS)
    throw new Failed("Not the shape of a crackle chunk", {
      expected: "whole numbers, slices below 2^32 pixels",
      got: shape.join(" x "),
    });
}

export function isSigned(dtype: DataType): boolean {
  return dtype.startsWith("int");
}

/** Bytes of a number up to `most`: 1, 2, 4 or 8. */
export function bytesFor(most: number): number {
  return most < 2 ** 8 ? 1 : most < 2 ** 16 ? 2 : most < 2 ** 32 ? 4 : 8;
}

/** Bytes of a pin's index. The original counts voxels with 32 bits. */
export function pinIndexBytes(x: number, y: number, z: number): number {
  return bytesFor(Number(BigInt.asUintN(32, BigInt(x) * BigInt(y) * BigInt(z))));
}

/** Rows of components that are written before their checksum is taken: about 128 KiB. */
export function bandRows(x: number, y: number): number {
  return Math.max(1, Math.min(y, Math.floor(2 ** 15 / x)));
}
