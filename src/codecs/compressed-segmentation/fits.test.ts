import { expect, test } from "vitest";
import { createWorkspace } from "../../base/memory-workspace.js";
import type { Vec4 } from "../../base/strided.js";
import { compressedSegmentation as codec } from "./index.js";

test("a chunk fits the shapes with its number of blocks, and only those", () => {
  const workspace = createWorkspace();
  const spec = (shape: Vec4) => ({ shape, dtype: "uint32" as const, blockSize: [4, 4, 4] as const });
  for (const channels of [1, 2]) {
    const shape: Vec4 = [9, 8, 3, channels];
    const voxels = Uint32Array.from({ length: 9 * 8 * 3 * channels }, (_, i) => (i * 7) % 11);
    const source = workspace.scratch("test.voxels", voxels.byteLength);
    new Uint8Array(workspace.memory.buffer, source.ptr, voxels.byteLength).set(new Uint8Array(voxels.buffer));
    const bytes = codec.encode(workspace, { ptr: source.ptr, length: voxels.byteLength }, spec(shape));
    const { ptr } = workspace.scratch("test.encoded", bytes.length);
    workspace.bytes().set(bytes, ptr);
    const fits = (x: number, y: number, z: number, length = bytes.length): boolean | undefined =>
      codec.fits?.(workspace, { ptr, length }, spec([x, y, z, channels]));
    expect(fits(9, 8, 3)).toBe(true);
    expect(fits(12, 5, 1)).toBe(true);
    expect(fits(8, 8, 3)).toBe(false);
    expect(fits(9, 8, 5)).toBe(false);
    for (let length = 0; length < 12; length++)
      expect(fits(9, 8, 3, length)).toBe(length >= 4 * channels + 8);
  }
});
