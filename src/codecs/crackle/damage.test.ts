/** Chains that lead astray and sizes that lie, in files without checksums that would tell. */
import { describe, expect, it } from "vitest";
import { DecodingError } from "../../base/errors.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import type { ChunkSpec } from "../codec.js";
import { chunkVoxels, decodeBytes, encodeBytes, seeded } from "../testing-chunks.js";
import { encode } from "./functions.js";
import { crackle } from "./index.js";
import { withoutChecksums } from "./testing.js";

await crackle.load?.();
const ws = createWorkspace();

describe("damaged crackle chunks", () => {
  it.each([
    ["above", [0, 0, 0]],
    ["on the right", [1, 1, 1, 1]],
    ["below", [2, 2, 2, 2]],
    ["on the left", [3, 3, 3, 3]],
    ["on the left, and comes back", [3, 3, 3, 3, 2, 1, 1]],
  ])("refuses a chain that leaves its slice %s", (_where, moves) => {
    // Ends twice: `2 0` or, after 0, `1 3` means an end.
    const end = moves.at(-1) === 0 ? [1, 3] : [2, 0];
    expect(() => decodeBytes(ws, crackle, withCode([3, 2], [...moves, ...end]), walled)).toThrow(/leads out/);
  });

  it("refuses codes that do not end with their chains, and chains that start outside", () => {
    expect(decodeBytes(ws, crackle, withCode([3, 0], [2, 2, 2, 2, 2, 2, 0]), walled)).toEqual(wall);
    const decode = (start: readonly [number, number], moves: readonly number[]) => (): Uint8Array =>
      decodeBytes(ws, crackle, withCode(start, moves), walled);
    expect(decode([3, 0], [2, 2, 2, 2])).toThrow(/too early/);
    expect(decode([3, 0], [])).toThrow(/too early/);
    expect(decode([7, 0], [2, 0])).toThrow(/starts outside/);
    expect(decode([0, 6], [2, 0])).toThrow(/starts outside/);
    expect(decode([3, 0], [2, 2, 2, 2, 2, 0])).toThrow(/another number of components/);
  });

  it("takes no more memory than the chunk for what a hostile file says", () => {
    const spec: ChunkSpec = { shape: [512, 512, 8, 1], dtype: "uint8" };
    const voxels = chunkVoxels(spec, "labels", seeded(3));
    const bytes = encodeBytes(createWorkspace(), withOptions({ pins: true, markovOrder: 3 }), voxels, spec);
    const fresh = createWorkspace();
    for (let i = 0; i < 24; i++) {
      const damaged = withoutChecksums(bytes);
      damaged[24 + 4 * 8 + 2 * i]! ^= 0xff;
      const input = fresh.allocate(damaged.length);
      const target = fresh.allocate(voxels.length);
      fresh.bytes().set(damaged, input.ptr);
      const before = fresh.memory.buffer.byteLength;
      const place = {
        ptr: target.ptr,
        stride: [512, 512 ** 2, 0],
        from: [0, 0, 0],
        size: [512, 512, 8],
      } as const;
      try {
        crackle.decode(fresh, input, spec, place);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodingError);
      }
      expect(fresh.memory.buffer.byteLength - before).toBeLessThanOrEqual(4 * voxels.length);
      fresh.release(input);
      fresh.release(target);
    }
  });
});

const walled: ChunkSpec = { shape: [6, 5, 1, 1], dtype: "uint8" };
/** Two labels, left and right of x = 3. */
const wall: Uint8Array = Uint8Array.from({ length: 30 }, (_, i) => (i % 6 < 3 ? 1 : 2));

/** The wall without checksums, with one chain of these moves. */
function withCode(
  [x, y]: readonly [number, number] | readonly number[],
  moves: readonly number[],
): Uint8Array {
  const bytes = withoutChecksums(encodeBytes(ws, crackle, wall, walled));
  const length = new DataView(bytes.buffer).getUint32(24, true);
  const packed = new Uint8Array(Math.ceil(moves.length / 4));
  for (const [i, move] of moves.entries())
    packed[i >> 2]! |= ((move - (moves[i - 1] ?? 0)) & 3) << (2 * (i & 3));
  const code = [4, 0, 0, 0, 1, y!, 1, x!, ...packed];
  const out = new Uint8Array([...bytes.subarray(0, bytes.length - length), ...code]);
  new DataView(out.buffer).setUint32(24, code.length, true);
  return out;
}

function withOptions(options: Parameters<typeof encode>[3]): typeof crackle {
  return { ...crackle, encode: (memory, source, spec) => encode(memory, source, spec, options) };
}
