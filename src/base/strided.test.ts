import * as fc from "fast-check";
import { expect, it } from "vitest";
import { copyRows, dot, fortranStride, product } from "./strided.js";

it("copies boxes between arrays of any strides, with or without gaps between rows", () => {
  const side = fc.integer({ min: 0, max: 5 });
  const gap = fc.integer({ min: 0, max: 2 });
  const four = fc.tuple(side, side, side, side);
  const step = fc.constantFrom(1, 1, 2);
  fc.assert(
    fc.property(four, fc.tuple(gap, gap, gap), four, step, step, (shape, gaps, at, sf, st) => {
      const outer = shape.map((n, i) => n + at[i]! + (gaps[i] ?? 0));
      const from = fortranStride(outer).map((s) => s * sf);
      const to = fortranStride(shape).map((s) => s * st);
      const data = Uint16Array.from({ length: product(outer) * sf }, (_, i) => i);
      const out = new Uint16Array(product(shape) * st).fill(65535);
      const right = out.slice();
      for (let i = 0; i < product(shape); i++) {
        const index = fortranStride(shape).map((s, axis) => Math.floor(i / s) % shape[axis]!);
        right[dot(index, to)] = data[dot(at, from) + dot(index, from)]!;
      }
      copyRows(data, from, dot(at, from), out, to, 0, shape);
      expect(out).toEqual(right);
    }),
    { numRuns: 500 },
  );
});
