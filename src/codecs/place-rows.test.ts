import fc from "fast-check";
import { expect, test } from "vitest";
import type { Vec4 } from "../base/strided.js";
import { type Rows, wantedRows } from "./place-rows.js";

const side = fc.integer({ min: 1, max: 5 });

test("rows are wanted up to the last one of the box, whichever piece of the chunk they lie in", () => {
  fc.assert(
    fc.property(fc.tuple(side, side, side, side), fc.infiniteStream(fc.nat(4)), (sides, some) => {
      const shape = sides as unknown as Vec4;
      const [sx, sy, sz, channels] = shape;
      const next = (below: number): number => (some.next().value as number) % below;
      const from = [next(sx), next(sy), next(sz)] as const;
      const size = [1 + next(sx - from[0]), 1 + next(sy - from[1]), 1 + next(sz - from[2])] as const;
      const rows: Rows = { shape, bytes: 1, target: { ptr: 0, stride: [0, 0, 0], from, size } };
      const all = sy * sz * channels;
      const isWanted = (row: number): boolean => {
        const [y, z] = [row % sy, Math.floor(row / sy) % sz];
        return y >= from[1] && y < from[1] + size[1] && z >= from[2] && z < from[2] + size[2];
      };
      for (let first = 0; first < all; first++)
        for (let count = 1; count <= all - first; count++) {
          let wanted = count;
          while (wanted > 0 && !isWanted(first + wanted - 1)) wanted--;
          expect(wantedRows(rows, first, count)).toBe(wanted);
        }
    }),
    { numRuns: 40 },
  );
});
