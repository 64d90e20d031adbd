import { describe, expect, it } from "vitest";
import { random, someBytes } from "../../../test/generators/random.js";
import { bytesPerVoxel, type DataType } from "../../base/dtype.js";
import { DecodingError, EncodingError, OutOfBoundsError } from "../../base/errors.js";
import { createWorkspace } from "../../base/memory-workspace.js";
import type { Vec3, Vec4 } from "../../base/strided.js";
import type { Region } from "../../base/workspace.js";
import type { ChunkSpec, Codec } from "../codec.js";
import { raw } from "../raw/index.js";
import { packPalette, palette, unpackPalette } from "./index.js";

const rng = random(77);
const ws = createWorkspace();
const TYPES: readonly DataType[] = ["uint32", "int32", "float32", "uint64", "int64", "float64"];

/** `values` distinct voxels of any bits, each of them at least once, in runs. */
function voxels(count: number, bytes: number, values: number): Uint8Array {
  const table = Array.from({ length: values }, (_, i) => {
    const value = Uint8Array.from({ length: bytes }, () => rng(256));
    new DataView(value.buffer).setUint16(bytes - 2, i); // No two are alike.
    return value;
  });
  const out = new Uint8Array(count * bytes);
  let value = 0;
  for (let i = 0; i < count; i++) {
    if (i < values) value = i;
    else if (rng(3) === 0) value = rng(values);
    out.set(table[value]!, i * bytes);
  }
  return out;
}

/** Puts bytes into the memory, where they stay. */
function put(bytes: Uint8Array): Region {
  const region = ws.allocate(bytes.length);
  ws.bytes().set(bytes, region.ptr);
  return region;
}

function packed(bytes: Uint8Array, each: number): Region | undefined {
  const source = put(bytes);
  const found = packPalette(ws, source, each);
  const kept = found && put(ws.bytes().slice(found.ptr, found.ptr + found.length));
  ws.release(source);
  return kept;
}

/** A part of a chunk, with space between its rows, on a background. */
function part(codec: Codec, source: Region, spec: ChunkSpec, from: Vec3, size: Vec3): Uint8Array {
  const each = bytesPerVoxel(spec.dtype);
  const y = (size[0] + 3) * each;
  const z = y * (size[1] + 1);
  const c = z * (size[2] + 2);
  const { ptr } = ws.scratch("test.place", c * spec.shape[3] + 64);
  ws.bytes().fill(0xa5, ptr, ptr + c * spec.shape[3] + 64);
  codec.decode(ws, source, spec, { ptr: ptr + 32, stride: [y, z, c], from, size });
  return ws.bytes().slice(ptr, ptr + c * spec.shape[3] + 64);
}

describe("a palette", () => {
  it.each([1, 2, 255, 256, 257, 4095, 4096])("of %i values gives what raw voxels give", (values) => {
    for (const dtype of TYPES) {
      const shape: Vec4 = [23, 19, 13, 1 + rng(2)];
      const spec: ChunkSpec = { shape, dtype };
      const each = bytesPerVoxel(dtype);
      const bytes = voxels(shape[0] * shape[1] * shape[2] * shape[3], each, values);
      const plain = put(bytes);
      const held = packed(bytes, each)!;
      expect(held.length).toBe(16 + 8 * values + (bytes.length / each) * (values <= 256 ? 1 : 2));
      expect(Buffer.compare(unpackPalette(ws, held, each), bytes)).toBe(0);
      for (let i = 0; i < 12; i++) {
        const from = [0, 1, 2].map((a) => rng(shape[a]!)) as unknown as Vec3;
        const size = from.map((f, a) => 1 + rng(shape[a]! - f)) as unknown as Vec3;
        const [ours, theirs] = [palette, raw].map((c) => part(c, c === raw ? plain : held, spec, from, size));
        expect(Buffer.compare(ours!, theirs!)).toBe(0);
        const at: Vec4 = [...from, rng(shape[3])];
        expect(palette.readVoxel?.(ws, held, spec, at)).toEqual(raw.readVoxel?.(ws, plain, spec, at));
      }
      ws.release(plain);
      ws.release(held);
    }
  });

  it("is not made of what is better held as it is", () => {
    expect(packed(voxels(5000, 8, 4097), 8)).toBeUndefined();
    expect(packed(voxels(4095, 8, 2), 8)).toBeUndefined();
    expect(packed(voxels(40_000, 2, 2), 2)).toBeUndefined();
    expect(packed(new Uint8Array(40_001), 8)).toBeUndefined();
    expect(packed(new Uint8Array(0), 8)).toBeUndefined();
    const noise = put(Uint8Array.from({ length: 80_000 }, () => rng(256)));
    const spec: ChunkSpec = { shape: [100, 100, 1, 1], dtype: "uint64" };
    expect(() => palette.encode(ws, noise, spec)).toThrow(EncodingError);
  });

  it("holds any bytes, in one form or the other", () => {
    let made = 0;
    for (let i = 0; i < 60; i++) {
      const each = 4 << rng(2);
      const bytes = someBytes(rng, (4096 + rng(9000)) * each);
      const held = packed(bytes, each);
      if (held === undefined) continue;
      made++;
      expect(Buffer.compare(unpackPalette(ws, held, each), bytes)).toBe(0);
      ws.release(held);
    }
    expect(made).toBeGreaterThan(10);
  });

  it("keeps the payload of a NaN", () => {
    const bits = new BigUint64Array(5000).fill(0x7ff0_dead_beef_0001n);
    const held = packed(new Uint8Array(bits.buffer), 8)!;
    const back = new BigUint64Array(unpackPalette(ws, held, 8).buffer);
    expect(back.every((v) => v === bits[0])).toBe(true);
  });

  it("is refused as a chunk of another shape, and outside of it", () => {
    const held = packed(voxels(5000, 8, 9), 8)!;
    const spec: ChunkSpec = { shape: [10, 10, 50, 1], dtype: "uint64" };
    const wrong: ChunkSpec = { ...spec, shape: [10, 10, 51, 1] };
    expect(() => part(palette, held, wrong, [0, 0, 0], [1, 1, 1])).toThrow(DecodingError);
    expect(() => part(palette, held, spec, [9, 0, 0], [2, 1, 1])).toThrow(OutOfBoundsError);
    for (const at of [
      [10, 0, 0, 0],
      [0, 0, 50, 0],
      [0, 0, 0, 1],
    ] as const)
      expect(() => palette.readVoxel?.(ws, held, spec, at)).toThrow(OutOfBoundsError);
  });
});
