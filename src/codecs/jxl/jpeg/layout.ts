/** How the blocks of a frame lie in groups (ISO/IEC 18181-1, annex G), and which part of the JPEG file each is. */
import { type Component, ZIGZAG } from "./jpeg-file.js";

/** Blocks along a side of a group; as many groups along a side of a group of groups. */
export const GROUP = 32;
export const LARGE_GROUP = 256;
/** Blocks along a side of a tile with one correlation of its colours. */
export const TILE = 8;

/** By the numbers of the format: how often a sample is taken, across and down, as powers of two. */
const ACROSS = [0, 1, 1, 0] as const;
const DOWN = [0, 1, 0, 1] as const;

/** Blocks of the image, and how each of the format's three planes is subsampled. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Blocks, whole MCUs. */
  readonly blocksAcross: number;
  readonly blocksDown: number;
  readonly planes: readonly Plane[];
  readonly groupsAcross: number;
  readonly groupsDown: number;
}

export interface Plane {
  readonly shiftAcross: number;
  readonly shiftDown: number;
  /** Sampling factors of JPEG. */
  readonly across: number;
  readonly down: number;
}

export type Sampling = readonly [number, number, number];

export function layoutOf(width: number, height: number, sampling: Sampling): Layout {
  const most = [
    Math.max(...sampling.map((mode) => ACROSS[mode]!)),
    Math.max(...sampling.map((mode) => DOWN[mode]!)),
  ] as const;
  const planes = sampling.map((mode) => ({
    ...{ shiftAcross: most[0] - ACROSS[mode]!, shiftDown: most[1] - DOWN[mode]! },
    ...{ across: 1 << ACROSS[mode]!, down: 1 << DOWN[mode]! },
  }));
  return {
    ...{ width, height, planes },
    blocksAcross: Math.ceil(width / (8 << most[0])) << most[0],
    blocksDown: Math.ceil(height / (8 << most[1])) << most[1],
    groupsAcross: Math.ceil(width / (8 * GROUP)),
    groupsDown: Math.ceil(height / (8 * GROUP)),
  };
}

/** The format's number for the sampling factors of a component. */
export function samplingMode({ across, down }: Pick<Component, "across" | "down">): number {
  return [0, 1, 2, 3].findIndex((mode) => across === 1 << ACROSS[mode]! && down === 1 << DOWN[mode]!);
}

/** A rectangle of blocks. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function rectAt(
  { blocksAcross, blocksDown }: Layout,
  side: number,
  column: number,
  row: number,
): Rect {
  const [x, y] = [column * side, row * side];
  return { x, y, width: Math.min(side, blocksAcross - x), height: Math.min(side, blocksDown - y) };
}

/** All groups of a size, row by row. */
export function rects(layout: Layout, side: number): Rect[] {
  const across = side === GROUP ? layout.groupsAcross : Math.ceil(layout.blocksAcross / side);
  const down = side === GROUP ? layout.groupsDown : Math.ceil(layout.blocksDown / side);
  return Array.from({ length: across * down }, (_, i) =>
    rectAt(layout, side, i % across, Math.floor(i / across)),
  );
}

/** The planes are those of blue, luma and red of YCbCr, or of red, green and blue; gray is in the second. */
export function planeOf(component: number, components: number, ycc: boolean): number {
  if (components === 1) return 1;
  return ycc && component < 2 ? 1 - component : component;
}

/** The order in which a block's planes come: luma first. */
export const PLANES: readonly number[] = [1, 0, 2];

/** Where in a JPEG file's block the coefficients lie, in the usual order: blocks are turned round. */
export const USUAL_ORDER: Uint8Array = Uint8Array.from(ZIGZAG, turned);

/** The place in a block with rows and columns exchanged. */
export function turned(at: number): number {
  return (at % 8) * 8 + (at >> 3);
}
