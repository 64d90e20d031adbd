import { describe, expect, it } from "vitest";
import { random } from "../../../test/generators/random.js";
import { bytesPerVoxel } from "../../base/dtype.js";
import { DecodingError } from "../../base/errors.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import { product } from "../../base/strided.js";
import type { ChunkSpec, Placement } from "../codec.js";
import { raw } from "./index.js";
import { pieces } from "./pieces.js";

const ws = createWorkspace();
const rng = random(5);

describe("a raw chunk in pieces", () => {
  it("lies where the whole one does", () => {
    for (let i = 0; i < 150; i++) {
      const shape = [1 + rng(9), 1 + rng(9), 1 + rng(7), 1 + rng(3)] as const;
      const spec: ChunkSpec = { shape, dtype: (["uint8", "uint16", "uint64"] as const)[i % 3]! };
      const bytes = bytesPerVoxel(spec.dtype);
      const from = [rng(shape[0]), rng(shape[1]), rng(shape[2])] as const;
      const size = [
        1 + rng(shape[0] - from[0]),
        1 + rng(shape[1] - from[1]),
        1 + rng(shape[2] - from[2]),
      ] as const;
      const y = 16 * bytes;
      const source = ws.scratch("test.chunk", product(shape) * bytes);
      const chunk = Uint8Array.from({ length: source.length }, () => rng(256));
      ws.bytes().set(chunk, source.ptr);
      const room = 3 * 7 * 9 * 16 * 8;
      const place = (name: string): Placement => {
        const { ptr } = ws.scratch(name, room);
        ws.bytes().fill(0xa5, ptr, ptr + room);
        return { ptr, stride: [y, 9 * y, 7 * 9 * y], from, size };
      };
      const [one, other] = [place("test.whole"), place("test.pieces")];
      raw.decode(ws, source, spec, one);
      const decoder = pieces(ws, spec, other);
      expect(decoder.longest).toBe(shape[0] * bytes);
      for (let [taken, given] = [0, 0]; taken < chunk.length; ) {
        given = Math.min(chunk.length, Math.max(given, taken) + 1 + rng(rng(2) === 0 ? 20 : chunk.length));
        taken += decoder.take({ ptr: source.ptr + taken, length: given - taken });
        expect(given - taken).toBeLessThan(decoder.longest);
      }
      decoder.end(chunk.length);
      const at = (p: Placement) => ws.bytes().subarray(p.ptr, p.ptr + room);
      expect(Buffer.compare(at(one), at(other))).toBe(0);
    }
  });

  it("must have all its bytes, and no more", () => {
    const spec: ChunkSpec = { shape: [2, 2, 2, 1], dtype: "uint8" };
    const source = ws.scratch("test.chunk", 9);
    const target = ws.scratch("test.whole", 8);
    const make = () =>
      pieces(ws, spec, { ptr: target.ptr, stride: [2, 4, 8], from: [0, 0, 0], size: [2, 2, 2] });
    expect(make().take(source)).toBe(9);
    for (const length of [0, 7, 9]) expect(() => make().end(length)).toThrow(DecodingError);
  });
});
