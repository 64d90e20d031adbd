import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { guarded } from "../../test/generators/guarded.js";
import { DecodingError, OutOfBoundsError } from "./errors.js";
import { createWorkspace } from "./memory-workspace.js";
import { allEqual, fillPlacement, gatherDense, placeDense } from "./place.js";
import type { Placement } from "./placement.js";
import type { Vec3, Vec4 } from "./strided.js";

const ws = createWorkspace();

/** A chunk, a sub-box of it, and a place with gaps between rows, planes and channels. */
const boxes = fc
  .record({
    bytes: fc.constantFrom(1, 2, 4, 8),
    shape: fc.tuple(fc.nat(90), fc.nat(6), fc.nat(5), fc.integer({ min: 1, max: 3 })),
    cut: fc.array(fc.nat(1000), { minLength: 6, maxLength: 6 }),
    gaps: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2)),
  })
  .map(({ bytes, shape, cut, gaps }) => {
    const from = [0, 1, 2].map((i) => cut[i]! % (shape[i]! + 1)) as unknown as Vec3;
    const size = [0, 1, 2].map((i) => cut[3 + i]! % (shape[i]! - from[i]! + 1)) as unknown as Vec3;
    const y = (size[0] + gaps[0]) * bytes;
    const z = y * size[1] + gaps[1] * bytes;
    const c = z * size[2] + gaps[2] * bytes;
    return { bytes, shape: shape as Vec4, from, size, stride: [y, z, c] as Vec3 };
  });

/** Calls `visit(dense offset, placed offset)` for each byte of the sub-box. */
function eachByte(
  box: { bytes: number; shape: Vec4; from: Vec3; size: Vec3; stride: Vec3 },
  visit: (dense: number, placed: number) => void,
): void {
  const { bytes, shape, from, size, stride } = box;
  for (let c = 0; c < shape[3]; c++)
    for (let z = 0; z < size[2]; z++)
      for (let y = 0; y < size[1]; y++)
        for (let b = 0; b < size[0] * bytes; b++)
          visit(
            (((c * shape[2] + z + from[2]) * shape[1] + y + from[1]) * shape[0] + from[0]) * bytes + b,
            c * stride[2] + z * stride[1] + y * stride[0] + b,
          );
}

const sizeOf = (shape: Vec4, bytes: number) => shape[0] * shape[1] * shape[2] * shape[3] * bytes;
const noise = (n: number) => Uint8Array.from({ length: n }, (_, i) => (i * 167 + (i >> 8) * 13) & 255);

describe("placeDense and gatherDense", () => {
  it("move exactly the sub-box, as a naive loop does", () => {
    fc.assert(
      fc.property(boxes, (box) => {
        const { bytes, shape, from, size, stride } = box;
        const content = noise(sizeOf(shape, bytes));
        const source = guarded(ws, "test.source", content);
        const target = guarded(ws, "test.target", stride[2] * shape[3], 0x77);
        const placement: Placement = { ptr: target.ptr, stride, from, size };
        placeDense(ws, source, shape, bytes, placement);
        const expected = new Uint8Array(target.length).fill(0x77);
        eachByte(box, (dense, placed) => {
          expected[placed] = content[dense]!;
        });
        expect(Buffer.compare(target.bytes(), expected)).toBe(0);
        target.check();
        source.check();

        const back = guarded(ws, "test.back", content.length, 0x33);
        gatherDense(ws, placement, shape, bytes, back);
        const again = new Uint8Array(content.length).fill(0x33);
        eachByte(box, (dense) => {
          again[dense] = content[dense]!;
        });
        expect(Buffer.compare(back.bytes(), again)).toBe(0);
        back.check();
      }),
      { numRuns: 400 },
    );
  });

  it("move long rows, and whole chunks in one piece", () => {
    for (const [x, y, z, c] of [
      [5000, 3, 2, 1],
      [70, 60, 3, 2],
      [1, 1, 1, 1],
    ] as Vec4[]) {
      const content = noise(x * y * z * c);
      const source = guarded(ws, "test.source", content);
      const target = guarded(ws, "test.target", content.length);
      const stride: Vec3 = [x, x * y, x * y * z];
      placeDense(ws, source, [x, y, z, c], 1, { ptr: target.ptr, stride, from: [0, 0, 0], size: [x, y, z] });
      expect(Buffer.compare(target.bytes(), content)).toBe(0);
      target.check();
    }
  });

  it("refuse boxes outside the chunk or the memory, and chunks that are too short", () => {
    const { ptr } = ws.scratch("test.target", 1000);
    const shape: Vec4 = [4, 4, 4, 1];
    const whole: Placement = { ptr, stride: [4, 16, 64], from: [0, 0, 0], size: [4, 4, 4] };
    const source = ws.scratch("test.source", 64);
    const place = (target: Partial<Placement>, length = 64) =>
      placeDense(ws, { ptr: source.ptr, length }, shape, 1, { ...whole, ...target });
    place({});
    expect(() => place({}, 63)).toThrow(DecodingError);
    expect(() => place({ from: [1, 0, 0] })).toThrow(OutOfBoundsError);
    expect(() => place({ size: [4, 4, 5] })).toThrow(OutOfBoundsError);
    expect(() => place({ from: [-1, 0, 0] })).toThrow(OutOfBoundsError);
    expect(() => place({ ptr: ws.bytes().length - 63 })).toThrow(OutOfBoundsError);
    expect(() => place({ stride: [4, 16, -64] })).toThrow(OutOfBoundsError);
    expect(() => place({ stride: [4, 2 ** 31, 64] })).toThrow(OutOfBoundsError);
    place({ ptr: ws.bytes().length - 64 });
  });
});

describe("fillPlacement and allEqual", () => {
  it("fill exactly the box, and see every single byte that differs", () => {
    const types = { 1: "uint8", 2: "int16", 4: "uint32", 8: "uint64" } as const;
    fc.assert(
      fc.property(boxes, fc.nat(200), (box, at) => {
        const { bytes, shape, from, size, stride } = box;
        const value = [0, 0x5b, 0x5b5c, 0, 0x5b5c5d5e, 0, 0, 0, 0x5b5c5d5e5f606162n][bytes]!;
        const target = guarded(ws, "test.target", stride[2] * shape[3], 0x77);
        fillPlacement(
          ws,
          { ptr: target.ptr, stride, from, size },
          shape[3],
          types[bytes as 1 | 2 | 4 | 8],
          value,
        );
        expect(Buffer.compare(target.bytes(), filled(box, target.length, BigInt(value)))).toBe(0);
        target.check();

        const n = size[0] * size[1] * bytes;
        const dense = guarded(ws, "test.back", n);
        const flat: Placement = {
          ptr: dense.ptr,
          stride: [size[0] * bytes, n, n],
          from,
          size: [size[0], size[1], 1],
        };
        fillPlacement(ws, flat, 1, types[bytes as 1 | 2 | 4 | 8], value);
        dense.check();
        expect(allEqual(ws, dense, bytes, BigInt(value))).toBe(true);
        if (n === 0) return;
        dense.bytes()[at % n]! ^= 1 << (at & 7);
        expect(allEqual(ws, dense, bytes, BigInt(value))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

/** The expected bytes of a fill, in a place of 0x77: a row's pattern starts at the row. */
function filled(
  box: { bytes: number; shape: Vec4; from: Vec3; size: Vec3; stride: Vec3 },
  length: number,
  value: bigint,
): Uint8Array {
  const out = new Uint8Array(length).fill(0x77);
  const start = box.from[0] * box.bytes;
  eachByte(box, (dense, placed) => {
    const b = (dense % (box.shape[0] * box.bytes)) - start;
    out[placed] = Number((value >> BigInt(8 * (b % box.bytes))) & 255n);
  });
  return out;
}
