/** The coefficients of a JPEG file as a JPEG XL codestream: one frame of 8 x 8 transforms without filters. */
import { BitWriter } from "../bit-writer.js";
import type { Choice } from "../bits.js";
import { NumberCode, NumberList } from "../entropy-writer.js";
import { BlockContexts, ORDERS, predictedCount, valueContext } from "./contexts.js";
import type { Component, JpegFile } from "./jpeg-file.js";
import {
  GROUP,
  LARGE_GROUP,
  type Layout,
  layoutOf,
  PLANES,
  planeOf,
  type Rect,
  rects,
  type Sampling,
  samplingMode,
  TILE,
  turned,
  USUAL_ORDER,
} from "./layout.js";
import { type Channel, channel } from "./modular.js";
import { plainTree, weightedTree, writeModular } from "./modular-writer.js";
import { joined } from "./sink.js";
import { unsigned } from "./tree.js";

type Choices = readonly [Choice, Choice, Choice, Choice];
const SIDE: Choices = [
  [9, 1],
  [13, 1],
  [18, 1],
  [30, 1],
];
const SECTION: Choices = [[10], [14, 1024], [22, 17408], [30, 4211712]];
const GLOBAL_SCALE: Choices = [
  [11, 1],
  [11, 2049],
  [12, 4097],
  [16, 8193],
];
const DC_SCALE: Choices = [16, [5, 1], [8, 1], [16, 1]];
const USED_ORDERS: Choices = [0x5f, 0x13, 0, [13]];
/** Scales of 1. */
const [ONE_GLOBALLY, ONE] = [65536, 1];
/** 1 / (8 * 255) as a 16-bit float. */
const DENOMINATOR = 0x1004;
const [RAW, TABLES] = [7, 17];

/** What is written: the planes of the format, as far as the file has them. */
interface Source {
  readonly layout: Layout;
  readonly sampling: Sampling;
  readonly ycc: boolean;
  readonly gray: boolean;
  readonly planes: readonly (Component | undefined)[];
  /** Quantization by plane. */
  readonly tables: readonly Uint16Array[];
}

/** @param ycc whether three components are luma and two of colour, not red, green and blue. */
export function writeCodestream(file: JpegFile, ycc: boolean): Uint8Array {
  const source = sourceOf(file, ycc);
  const bits = new BitWriter();
  writeImageHeader(bits, source);
  writeFrameHeader(bits, source);
  const sections = sectionsOf(source);
  bits.bool(false);
  bits.toByte();
  for (const section of sections) bits.u32(section.length, SECTION);
  bits.toByte();
  return joined([bits.bytes(), ...sections]);
}

function sourceOf({ width, height, components, quantization }: JpegFile, ycc: boolean): Source {
  const count = components.length;
  const gray = count === 1;
  const planes: (Component | undefined)[] = [undefined, undefined, undefined];
  for (const [i, component] of components.entries()) planes[planeOf(i, count, ycc)] = component;
  const known = planes.map((component) => component ?? components[0]!);
  const sampling = known.map(samplingMode) as unknown as Sampling;
  const tables = known.map((component) => quantization[component.quantization]!.values);
  return { layout: layoutOf(width, height, sampling), sampling, ycc: ycc || gray, gray, planes, tables };
}

function writeImageHeader(bits: BitWriter, { layout: { width, height }, gray }: Source): void {
  bits.u(16, 0x0aff);
  bits.bool(false);
  bits.u32(height, SIDE);
  bits.u(3, 0);
  bits.u32(width, SIDE);
  // No defaults, nothing special, integers of 8 bits, in 16, no other channels, not XYB.
  for (const [n, value] of [
    [1, 0],
    [1, 0],
    [1, 0],
    [2, 0],
    [1, 1],
    [2, 0],
    [1, 0],
  ] as const)
    bits.u(n, value);
  bits.bool(!gray);
  if (gray) {
    // No profile; gray, the white of sRGB, its curve (13) and relative colours.
    bits.bool(false);
    bits.u(2, 1);
    bits.u(2, 1);
    bits.bool(false);
    bits.u(2, 2);
    bits.u(4, 11);
    bits.u(2, 1);
  }
  // No extensions; usual transforms.
  bits.u(2, 0);
  bits.bool(true);
  bits.toByte();
}

function writeFrameHeader(bits: BitWriter, { ycc, sampling }: Source): void {
  // No defaults, a regular frame, of transforms.
  bits.u(4, 0);
  // The DC coefficients are not smoothed: 128, as 17 and 111.
  bits.u(2, 2);
  bits.u(8, 111);
  bits.bool(ycc);
  if (ycc) for (const mode of sampling) bits.u(2, mode);
  // Not enlarged, one pass, whole, in the place of what was, the last, without a name.
  bits.u(2, 0);
  bits.u(2, 0);
  bits.bool(false);
  bits.u(2, 0);
  bits.bool(true);
  bits.u(2, 0);
  // No filters, no extensions of theirs and of the frame.
  bits.bool(false);
  bits.bool(false);
  bits.u(2, 0);
  bits.u(2, 0);
  bits.u(2, 0);
}

function sectionsOf(source: Source): Uint8Array[] {
  const { layout } = source;
  const groups = rects(layout, GROUP);
  const large = rects(layout, LARGE_GROUP);
  const count = groups.length === 1 ? 1 : 2 + large.length + groups.length;
  const sections = Array.from({ length: count }, () => new BitWriter());
  const part = (i: number): BitWriter => sections[count === 1 ? 0 : i]!;
  writeGlobal(part(0), source);
  const dc = source.planes.map((component, plane) => dcOf(source, component, plane));
  for (const [i, rect] of large.entries()) writeLargeGroup(part(1 + i), source, dc, rect);
  const contexts = blockContexts();
  const lists = groups.map((rect) => coefficientsOf(source, contexts, rect));
  const code = new NumberCode(contexts.total, lists);
  const bits = part(1 + large.length);
  writeQuantization(bits, source);
  bits.u(32 - Math.clz32(groups.length - 1), 0);
  bits.u32(0, USED_ORDERS);
  code.writeHeader(bits);
  for (const [i, list] of lists.entries()) code.write(part(2 + large.length + i), list);
  return sections.map((section) => section.bytes());
}

/** Each plane's blocks have a context of their own. */
function blockContexts(): BlockContexts {
  return new BlockContexts(
    Array.from({ length: 3 * ORDERS }, (_, i) => Math.floor(i / ORDERS)),
    [[], [], []],
    [],
  );
}

function writeGlobal(bits: BitWriter, { tables }: Source): void {
  bits.bool(false);
  for (const table of tables) bits.u(16, half((128 * table[0]!) / (8 * 255)));
  bits.u32(ONE_GLOBALLY, GLOBAL_SCALE);
  bits.u32(ONE, DC_SCALE);
  // Contexts: no limits, a simple map of three.
  bits.bool(false);
  bits.u(16, 0);
  bits.bool(true);
  bits.u(2, 2);
  for (let i = 0; i < 3 * ORDERS; i++) bits.u(2, Math.floor(i / ORDERS));
  // Colours do not depend on luma: the usual factor, nothing at its sides.
  bits.bool(false);
  bits.u(2, 0);
  bits.u(32, 0);
  bits.u(16, 0x8080);
  // No shared tree.
  bits.bool(false);
}

/** A positive number as a 16-bit float. */
function half(value: number): number {
  const exponent = Math.max(-14, Math.floor(Math.log2(value)));
  const mantissa = Math.round((value / 2 ** exponent) * 1024);
  return (exponent + 14) * 1024 + mantissa;
}

function dcOf({ layout, ycc, tables }: Source, component: Component | undefined, plane: number): Channel {
  const { shiftAcross, shiftDown } = layout.planes[plane]!;
  const dc = channel(layout.blocksAcross >> shiftAcross, layout.blocksDown >> shiftDown);
  if (component === undefined) return dc;
  const base = ycc ? 0 : Math.trunc(1024 / tables[plane]![0]!);
  for (let i = 0; i < dc.pixels.length; i++) dc.pixels[i] = component.coefficients[64 * i]! + base;
  return dc;
}

function writeLargeGroup(bits: BitWriter, { layout }: Source, dc: readonly Channel[], rect: Rect): void {
  bits.u(2, 0);
  const own = PLANES.map((plane) => {
    const { shiftAcross, shiftDown } = layout.planes[plane]!;
    return cut(dc[plane]!, {
      ...{ x: rect.x >> shiftAcross, y: rect.y >> shiftDown },
      ...{ width: rect.width >> shiftAcross, height: rect.height >> shiftDown },
    });
  });
  writeModular(bits, own, weightedTree(rect.width * rect.height));
  const blocks = rect.width * rect.height;
  bits.u(32 - Math.clz32(blocks - 1), blocks - 1);
  const [wide, tall] = [Math.ceil(rect.width / TILE), Math.ceil(rect.height / TILE)];
  const zeros = [
    channel(wide, tall),
    channel(wide, tall),
    channel(blocks, 2),
    channel(rect.width, rect.height),
  ];
  writeModular(bits, zeros, plainTree());
}

function cut(from: Channel, { x, y, width, height }: Rect): Channel {
  const to = channel(width, height);
  for (let row = 0; row < height; row++) {
    const at = (y + row) * from.width + x;
    to.pixels.set(from.pixels.subarray(at, at + width), row * width);
  }
  return to;
}

function writeQuantization(bits: BitWriter, { tables }: Source): void {
  bits.bool(false);
  bits.u(3, RAW);
  bits.u(16, DENOMINATOR);
  const channels = tables.map((table) => {
    const own = channel(8, 8);
    for (let at = 0; at < 64; at++) own.pixels[at] = table[turned(at)]!;
    return own;
  });
  writeModular(bits, channels, plainTree());
  bits.u(3 * (TABLES - 1) - 32, 0);
  bits.u(32, 0);
}

function coefficientsOf({ layout, planes }: Source, contexts: BlockContexts, rect: Rect): NumberList {
  const list = new NumberList();
  const counts = layout.planes.map(() => new Uint8Array(GROUP * GROUP));
  for (let y = 0; y < rect.height; y++)
    for (let x = 0; x < rect.width; x++)
      for (const plane of PLANES) {
        const { shiftAcross, shiftDown } = layout.planes[plane]!;
        if (x & ((1 << shiftAcross) - 1) || y & ((1 << shiftDown) - 1)) continue;
        const [inX, inY] = [x >> shiftAcross, y >> shiftDown];
        const block = contexts.of(plane, [0, 0, 0], ONE);
        const own = counts[plane]!;
        const context = contexts.ofCount(block, predictedCount(own, GROUP, inX, inY));
        const component = planes[plane];
        if (component === undefined) {
          list.add(context, 0);
          continue;
        }
        const [inAllX, inAllY] = [(rect.x >> shiftAcross) + inX, (rect.y >> shiftDown) + inY];
        const at = 64 * (inAllY * component.blocksAcross + inAllX);
        own[inY * GROUP + inX] = addBlock(
          list,
          component.coefficients,
          at,
          context,
          contexts.ofValues(block),
        );
      }
  return list;
}

/** @returns how many coefficients are not zero. */
function addBlock(
  list: NumberList,
  coefficients: Int16Array,
  at: number,
  context: number,
  values: number,
): number {
  let count = 0;
  for (let k = 1; k < 64; k++) if (coefficients[at + k] !== 0) count++;
  list.add(context, count);
  let before = count > 4 ? 0 : 1;
  for (let k = 1, left = count; left > 0; k++) {
    const value = coefficients[at + USUAL_ORDER[k]!]!;
    list.add(values + valueContext(left, k, before), unsigned(value));
    before = value === 0 ? 0 : 1;
    left -= before;
  }
  return count;
}
