import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copyRows, dot, fortranStride, product } from "./strided.js";

/** Strides of an array of `shape` with gaps behind some axes, its axes in any order; and its length. */
const arrays = (shape: readonly number[]) =>
  fc
    .record({
      order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
      gaps: fc.array(fc.constantFrom(0, 0, 0, 1, 3), { minLength: 4, maxLength: 4 }),
    })
    .map(({ order, gaps }) => {
      const steps = fortranStride(order.map((axis, i) => shape[axis]! + gaps[i]!));
      const stride = shape.map((_, axis) => steps[order.indexOf(axis)]!);
      return { stride, length: dot(shape, stride) + 8 };
    });

const copies = fc
  .array(fc.integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 4 })
  .chain((shape) => fc.record({ shape: fc.constant(shape), from: arrays(shape), to: arrays(shape) }));

describe("copyRows", () => {
  it("copies each voxel to its place and nothing else, whatever the strides", () => {
    fc.assert(
      fc.property(copies, fc.nat(5), ({ shape, from, to }, offset) => {
        const source = Uint16Array.from({ length: from.length + offset }, (_, i) => i + 1);
        const target = new Uint16Array(to.length);
        copyRows(source, from.stride, offset, target, to.stride, 2, shape);
        const expected = new Uint16Array(to.length);
        for (let i = 0; i < product(shape); i++) {
          const at = fortranStride(shape).map((step, axis) => Math.floor(i / step) % shape[axis]!);
          expected[2 + dot(at, to.stride)] = source[offset + dot(at, from.stride)]!;
        }
        expect(target).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("copies what is dense as a whole", () => {
    const target = new Uint8Array(24);
    let calls = 0;
    target.set = (values: ArrayLike<number>, at = 0) => {
      calls++;
      Uint8Array.prototype.set.call(target, values, at);
    };
    const shape = [2, 3, 4, 1];
    const source = Uint8Array.from({ length: 24 }, (_, i) => i);
    copyRows(source, fortranStride(shape), 0, target, fortranStride(shape), 0, shape);
    expect([...target]).toEqual([...source]);
    expect(calls).toBe(1);
  });
});
