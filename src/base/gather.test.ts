import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArgumentError, DimensionError } from "./errors.js";
import { isFortran, toFortran } from "./gather.js";
import { cStride, fortranStride, product } from "./strided.js";

describe("toFortran", () => {
  it("gathers any permutation and padding of axes", () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(shapes, fc.nat(3), fc.infiniteStream(fc.nat(1e6)), (shape, pad, order) => {
        const axes = shape.map((_, i) => ({ i, rank: order.next().value! })).sort((a, b) => a.rank - b.rank);
        const stride = shape.map(() => 0);
        let step = 1;
        for (const { i } of axes) {
          stride[i] = step;
          step = step * shape[i]! + pad;
        }
        const data = Uint32Array.from({ length: step }, (_, i) => i);
        const out = toFortran({ data, shape, stride });
        const dense = fortranStride(shape);
        expect(out.length).toBe(product(shape));
        for (let n = 0; n < out.length; n++) {
          const index = shape.map((size, i) => Math.floor(n / dense[i]!) % size);
          expect(out[n]).toBe(index.reduce((sum, x, i) => sum + x * stride[i]!, 0));
        }
      }),
    );
  });

  it("does not copy what is dense", () => {
    const data = new Float64Array(24);
    expect(toFortran({ data, shape: [2, 3, 4], stride: [1, 2, 6] })).toBe(data);
    expect(toFortran({ data, shape: [2, 1, 4], stride: [1, 99, 2] }).buffer).toBe(data.buffer);
    expect(isFortran([2, 3], cStride([2, 3]))).toBe(false);
  });

  it("repeats an axis of stride 0 and keeps empty arrays empty", () => {
    expect([...toFortran({ data: Uint8Array.of(7, 8), shape: [2, 2], stride: [0, 1] })]).toEqual([
      7, 7, 8, 8,
    ]);
    expect(toFortran({ data: new Uint8Array(0), shape: [3, 0], stride: [5, 1] }).length).toBe(0);
  });

  it("refuses strides that do not fit", () => {
    const data = new Uint8Array(5);
    expect(() => toFortran({ data, shape: [2, 3], stride: [1, 2] })).toThrow(ArgumentError);
    expect(() => toFortran({ data, shape: [2], stride: [1, 2] })).toThrow(DimensionError);
    expect(() => toFortran({ data, shape: [2], stride: [-1] })).toThrow(ArgumentError);
    expect(() => toFortran({ data, shape: [1.5], stride: [1] })).toThrow(ArgumentError);
  });
});
