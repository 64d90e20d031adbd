/**
 * A block of an N5 dataset: a header (mode, sides of this block, in mode 1 the number of elements), then the packed
 * big-endian array, first axis fastest. Blocks at the end may be cut or whole.
 * Source: https://github.com/saalfeldlab/n5#file-system-specification
 */
import { bytesPerVoxel } from "../../base/dtype.js";
import { DecodingError } from "../../base/errors.js";
import { fortranStride, product, type Vec4 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { loadByteCodecs, pack, unpack } from "../byte-chain.js";
import { inParts } from "../chunk-parts.js";
import type { ChunkSpec, Codec, Placement } from "../codec.js";
import { placeStored, type StoredArray, storedOf, storeVoxels } from "../stored-array.js";

/** Which stored axis (the fastest first) is x, y, z, channel; -1: there is none. In `spec.params.axes`. */
type Axes = readonly [number, number, number, number];

const DEFAULT = 0;
const VARLENGTH = 1;

export const n5: Codec = inParts({
  name: "n5",
  contentType: "application/octet-stream",
  gzipByDefault: false,
  check() {},
  load: loadByteCodecs,
  decode(ws, source, spec, target) {
    const whole = storedOf(spec);
    const { sides, body, elements } = readHeader(ws, source, spec);
    const stored = blockArray(whole, sides, axesOf(spec));
    const bytes = bytesPerVoxel(spec.dtype);
    if (elements !== stored.elements) throw broken(`${stored.elements} elements`, `${elements}`);
    checkReach(stored.shape, spec, target);
    const array = unpack(ws, body, whole.chain, elements * bytes);
    if (array.length !== elements * bytes) throw broken(`${elements * bytes} bytes`, `${array.length}`);
    const own = array.ptr < source.ptr || array.ptr >= source.ptr + source.length;
    placeStored(ws, array, stored, spec.dtype, spec.shape[3], target, own);
  },
  encode(ws, source, spec) {
    const whole = storedOf(spec);
    const axes = axesOf(spec);
    const sides = sidesOf(whole, axes);
    for (const [i, axis] of axes.entries()) if (axis >= 0) sides[axis] = spec.shape[i]!;
    const array = storeVoxels(ws, source, blockArray(whole, sides, axes), spec.dtype, spec.shape);
    const out = new Uint8Array(headerLength(sides) + array.length);
    const view = new DataView(out.buffer);
    view.setUint16(2, sides.length);
    for (const [i, side] of sides.entries()) view.setUint32(4 + 4 * i, side);
    out.set(array, headerLength(sides));
    return out;
  },
  async pack(ws, block, spec) {
    const whole = storedOf(spec);
    const start = headerLength(sidesOf(whole, axesOf(spec)));
    const body = await pack(ws, block.subarray(start), whole.chain);
    const out = new Uint8Array(start + body.length);
    out.set(block.subarray(0, start));
    out.set(body, start);
    return out;
  },
});

/** Of mode 0. */
function headerLength(sides: readonly number[]): number {
  return 4 + 4 * sides.length;
}

function axesOf(spec: ChunkSpec): Axes {
  return (spec.params?.axes as Axes | undefined) ?? [0, 1, 2, -1];
}

/** Sides of a whole block along the stored axes. Other axes than x, y, z, channel have one element. */
function sidesOf({ shape }: StoredArray, axes: Axes): number[] {
  const sides = new Array<number>(Math.max(...axes) + 1).fill(1);
  for (const [i, axis] of axes.entries()) if (axis >= 0) sides[axis] = shape[i]!;
  return sides;
}

function blockArray(whole: StoredArray, sides: readonly number[], axes: Axes): StoredArray {
  const steps = fortranStride(sides);
  const shape = axes.map((axis) => (axis < 0 ? 1 : sides[axis]!)) as unknown as Vec4;
  const stride = axes.map((axis) => (axis < 0 ? 0 : steps[axis]!)) as unknown as Vec4;
  return { ...whole, shape, stride, start: 0, elements: product(sides) };
}

function readHeader(
  ws: Workspace,
  source: Region,
  spec: ChunkSpec,
): { sides: number[]; elements: number; body: Region } {
  if (source.length < 4) throw broken("a header", `${source.length} bytes`);
  const view = new DataView(ws.memory.buffer, source.ptr, source.length);
  const mode = view.getUint16(0);
  const count = view.getUint16(2);
  if (mode !== DEFAULT && mode !== VARLENGTH) throw broken("a block of mode 0 or 1", `mode ${mode}`);
  const axes = sidesOf(storedOf(spec), axesOf(spec));
  if (count !== axes.length) throw broken(`${axes.length} axes`, `${count}`);
  const start = headerLength(axes) + (mode === VARLENGTH ? 4 : 0);
  if (source.length < start) throw broken(`a header of ${start} bytes`, `${source.length}`);
  const sides = axes.map((_, i) => view.getUint32(4 + 4 * i));
  for (const [i, side] of sides.entries())
    if (side > axes[i]!) throw broken(`a block of at most ${axes.join(" x ")}`, sides.join(" x "));
  const elements = mode === VARLENGTH ? view.getUint32(headerLength(axes)) : product(sides);
  return { sides, elements, body: { ptr: source.ptr + start, length: source.length - start } };
}

/** A block that is too small for the voxels that are wanted of it is broken, not background. */
function checkReach(shape: Vec4, spec: ChunkSpec, target: Placement): void {
  const short = target.from.some((from, i) => from + target.size[i]! > shape[i]!) || shape[3] < spec.shape[3];
  if (short) throw broken(`a block of ${spec.shape.join(" x ")}`, shape.join(" x "));
}

function broken(expected: string, got: string): DecodingError {
  return new DecodingError("Corrupt N5 block", { expected, got });
}
