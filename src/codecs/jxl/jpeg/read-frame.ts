/** A frame of 8 x 8 transforms into the coefficients that a JPEG file had (ISO/IEC 18181-1, annexes G and I). */
import { BitReader } from "../bits.js";
import { corrupt } from "../distribution.js";
import { NumberReader, readEntropyCode } from "../entropy.js";
import type { FrameHeader } from "../frame-header.js";
import { type CoefficientTask, readCoefficients } from "./coefficients.js";
import { BlockContexts } from "./contexts.js";
import type { FrameState } from "./frame-state.js";
import type { Component } from "./jpeg-file.js";
import {
  GROUP,
  LARGE_GROUP,
  type Layout,
  layoutOf,
  planeOf,
  type Rect,
  rects,
  TILE,
  turned,
  USUAL_ORDER,
} from "./layout.js";
import { type Channel, channel, readModular, readSharedTree } from "./modular.js";
import type { Reconstruction } from "./reconstruction.js";
import { unsupported } from "./tree.js";

/** Noise, patches, splines, a frame of its own for the lowest frequencies. */
const EXTRAS = 1 | 2 | 16 | 32;
const COLOR_FACTOR = 84;
/** 1 / (8 * 255) as a 16-bit float. */
const DENOMINATOR = 0x1004;
const TABLES = 17;
const [LIBRARY, RAW] = [0, 7];
const [USUAL_CENTRE, NO_CORRELATION] = [128, 0];

export interface Coefficients {
  readonly layout: Layout;
  readonly components: readonly Component[];
  /** Quantization of each component, by row and column. */
  readonly quantization: readonly Uint16Array[];
}

/** @throws DecodingError for what is damaged, or no JPEG file's. */
export function readFrame(
  bytes: Uint8Array,
  frame: FrameHeader,
  { components: named }: Reconstruction,
): Coefficients {
  if (frame.modular || frame.kind !== "regular" || !frame.last || !frame.replaces)
    throw unsupported("a frame of another kind", "one frame of transforms");
  if (frame.flags & EXTRAS || frame.passes !== 1) throw unsupported("noise, patches or passes", "none");
  const layout = layoutOf(frame.width, frame.height, frame.sampling);
  const sections = frame.parts.map(({ start, end }) => {
    if (end > bytes.length) throw corrupt();
    return new BitReader(bytes.subarray(0, end), start);
  });
  // One section holds all, or each part has its own.
  const part = (i: number): BitReader => sections[sections.length === 1 ? 0 : i]!;
  const state = readGlobal(part(0), layout);
  const large = rects(layout, LARGE_GROUP);
  for (const [i, rect] of large.entries()) readLargeGroup(part(1 + i), state, rect, i, large.length);
  const count = named.length;
  const bits = part(1 + large.length);
  const tables = readQuantization(bits, state, large.length);
  const groups = rects(layout, GROUP);
  const task = readAcGlobal(bits, state, groups.length);
  const components = named.map(({ id, quantization }, i) => {
    const { across, down, shiftAcross, shiftDown } = layout.planes[planeOf(i, count, frame.ycc)]!;
    const [blocksAcross, blocksDown] = [layout.blocksAcross >> shiftAcross, layout.blocksDown >> shiftDown];
    const coefficients = new Int16Array(64 * blocksAcross * blocksDown);
    return { ...{ id, quantization, across, down, blocksAcross, blocksDown }, coefficients };
  });
  const planes: (Component | undefined)[] = [undefined, undefined, undefined];
  for (const [i, component] of components.entries()) planes[planeOf(i, count, frame.ycc)] = component;
  const whole: CoefficientTask = { ...task, state, tables, planes, ycc: frame.ycc };
  for (const [i, rect] of groups.entries()) readCoefficients(part(2 + large.length + i), whole, rect);
  const quantization = components.map((_, i) => tables[planeOf(i, count, frame.ycc)]!);
  return { layout, components, quantization };
}

function readGlobal(bits: BitReader, layout: Layout): FrameState {
  if (!bits.bool()) bits.skip(3 * 16);
  bits.u32([11, 1], [11, 2049], [12, 4097], [16, 8193]);
  bits.u32(16, [5, 1], [8, 1], [16, 1]);
  const contexts = BlockContexts.read(bits);
  if (!bits.bool()) {
    const factor = bits.u32(84, 256, [8, 2], [16, 258]);
    const base = [bits.u(16), bits.u(16)];
    const dc = [bits.u(8), bits.u(8)];
    if (
      factor !== COLOR_FACTOR ||
      base.some((n) => n !== NO_CORRELATION) ||
      dc.some((n) => n !== USUAL_CENTRE)
    )
      throw unsupported("colours that depend on luma everywhere", "a JPEG file's");
  }
  const shared = bits.bool() ? readSharedTree(bits) : undefined;
  const { blocksAcross, blocksDown } = layout;
  const tiles = (): Channel => channel(Math.ceil(blocksAcross / TILE), Math.ceil(blocksDown / TILE));
  return {
    ...{ layout, shared, contexts, correlation: [tiles(), tiles()] },
    dc: layout.planes.map((p) => channel(blocksAcross >> p.shiftAcross, blocksDown >> p.shiftDown)),
    blockQuantization: channel(blocksAcross, blocksDown),
  };
}

function readLargeGroup(bits: BitReader, state: FrameState, rect: Rect, index: number, count: number): void {
  const { layout, shared, dc, correlation, blockQuantization } = state;
  if (bits.u(2) !== 0) throw unsupported("parts of DC coefficients", "whole ones");
  const own = [1, 0, 2].map((plane) => {
    const { shiftAcross, shiftDown } = layout.planes[plane]!;
    return channel(rect.width >> shiftAcross, rect.height >> shiftDown);
  });
  readModular(bits, own, 1 + index, shared);
  for (const [i, plane] of [1, 0, 2].entries()) {
    const { shiftAcross, shiftDown } = layout.planes[plane]!;
    place(own[i]!, dc[plane]!, rect.x >> shiftAcross, rect.y >> shiftDown);
  }
  const blocks = rect.width * rect.height;
  const varied = 1 + bits.u(32 - Math.clz32(blocks - 1));
  if (varied !== blocks) throw unsupported("transforms of other sizes", "8 x 8");
  const [wide, tall] = [Math.ceil(rect.width / TILE), Math.ceil(rect.height / TILE)];
  const tiles = [channel(wide, tall, "tile"), channel(wide, tall, "tile")] as const;
  const strategies = channel(blocks, 2);
  readModular(bits, [...tiles, strategies, channel(rect.width, rect.height)], 1 + 2 * count + index, shared);
  for (const i of [0, 1] as const) place(tiles[i], correlation[i], rect.x / TILE, rect.y / TILE);
  for (let i = 0; i < blocks; i++) {
    if (strategies.pixels[i] !== 0) throw unsupported("other transforms", "8 x 8");
    const at = (rect.y + Math.floor(i / rect.width)) * blockQuantization.width + rect.x + (i % rect.width);
    blockQuantization.pixels[at] = 1 + Math.max(0, Math.min(255, strategies.pixels[blocks + i]!));
  }
}

function place(from: Channel, to: Channel, x: number, y: number): void {
  for (let row = 0; row < from.height; row++)
    to.pixels.set(from.pixels.subarray(row * from.width, (row + 1) * from.width), (y + row) * to.width + x);
}

/** The three planes' tables, by row and column. */
function readQuantization(bits: BitReader, { shared }: FrameState, large: number): Uint16Array[] {
  if (bits.bool()) throw unsupported("the usual quantization", "a JPEG file's");
  let found: Channel[] | undefined;
  for (let i = 0; i < TABLES; i++) {
    const mode = bits.u(3);
    if (mode !== (i === 0 ? RAW : LIBRARY)) throw unsupported("computed quantization", "a JPEG file's");
    if (i > 0) continue;
    if (bits.u(16) !== DENOMINATOR) throw unsupported("fractions of quantization", "a JPEG file's");
    found = [channel(8, 8), channel(8, 8), channel(8, 8)];
    readModular(bits, found, 1 + 3 * large, shared);
  }
  return found!.map(({ pixels }) => {
    if (pixels.some((n) => n < 1 || n > 0xffff)) throw corrupt();
    return Uint16Array.from(pixels, (_, at) => pixels[turned(at)]!);
  });
}

const USED_ORDERS = [0x5f, 0x13, 0] as const;
const ORDER_CONTEXTS = 8;

function readAcGlobal(
  bits: BitReader,
  { contexts }: FrameState,
  groups: number,
): Pick<CoefficientTask, "sets" | "code" | "orders"> {
  const sets = 1 + bits.u(32 - Math.clz32(groups - 1));
  const used = bits.u32(...USED_ORDERS, [13]);
  if (used > 1) throw unsupported("orders of other transforms", "8 x 8");
  const orders = [USUAL_ORDER, USUAL_ORDER, USUAL_ORDER];
  if (used === 1) {
    const numbers = new NumberReader(bits, readEntropyCode(bits, ORDER_CONTEXTS));
    for (let plane = 0; plane < 3; plane++) orders[plane] = readOrder(numbers);
    numbers.end();
  }
  return { sets, orders, code: readEntropyCode(bits, sets * contexts.total) };
}

/** An order by the places of its items among those that are left; the first stays. */
function readOrder(numbers: NumberReader): Uint8Array {
  const contextOf = (n: number): number => Math.min(32 - Math.clz32(n), ORDER_CONTEXTS - 1);
  const count = numbers.read(contextOf(64));
  if (count > 63) throw corrupt();
  const left = Array.from({ length: 63 }, (_, i) => i + 1);
  const order = [0];
  for (let i = 0, last = 0; i < count; i++) {
    last = numbers.read(contextOf(last));
    if (last >= left.length) throw corrupt();
    order.push(...left.splice(last, 1));
  }
  return Uint8Array.from([...order, ...left], (k) => USUAL_ORDER[k]!);
}
