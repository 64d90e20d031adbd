/**
 * A made-up piece of brain tissue: cells that run along z, their membranes, mitochondria and film grain, and the
 * labels of the cells. The same bytes on every machine.
 */
import { noiseField } from "./noise.js";

export interface Tissue {
  readonly shape: readonly [number, number, number];
  /** Grey values as an electron microscope would give them; x fastest. */
  readonly image: Uint8Array<ArrayBuffer>;
  /** 64-bit labels, 0 on membranes; x fastest. */
  readonly labels: BigUint64Array<ArrayBuffer>;
  /** How many labels there are, without 0. */
  readonly cells: number;
}

/** Voxels between the seeds of two cells. */
const SPACING = 38;
/** Half the width of a membrane in the image, and in the labels. */
const MEMBRANE = 1.8;
const BORDER = 0.8;
const FIRST_LABEL = 720_575_940_600_000_000n;

interface Cell {
  readonly label: bigint;
  /** Grey of the cytoplasm. */
  readonly grey: number;
  readonly x: number;
  readonly y: number;
  readonly drift: readonly [number, number, number, number];
  /** Radius of the mitochondrion, 0 for none. */
  readonly organelle: number;
}

export function makeTissue(shape: readonly [number, number, number]): Tissue {
  const [sx, sy, sz] = shape;
  const image = new Uint8Array(sx * sy * sz);
  const labels = new BigUint64Array(sx * sy * sz);
  const columns = Math.ceil(sx / SPACING) + 4;
  const cells = makeCells(columns, Math.ceil(sy / SPACING) + 4);
  const seeds = new Float64Array(2 * cells.length);
  const fields = [22, 22, 5].map((grid, i) => noiseField(i + 1, shape, [grid, grid, grid * 0.64]));
  const planes = fields.map(() => new Float32Array(sx * sy));
  const [warpX, warpY, texture] = planes as [Float32Array, Float32Array, Float32Array];
  const near: Nearest = new Float64Array(3);
  const seen = new Uint8Array(cells.length);
  const grain = filmGrain();
  for (let z = 0, i = 0; z < sz; z++) {
    for (const [f, field] of fields.entries()) field(z, planes[f] as Float32Array);
    moveSeeds(cells, z, seeds);
    for (let at = 0; at < sx * sy; at++, i++) {
      const x = (at % sx) + 16 * ((warpX[at] as number) - 0.5);
      const y = Math.floor(at / sx) + 16 * ((warpY[at] as number) - 0.5);
      nearestSeed(seeds, columns, x, y, near);
      const cell = cells[near[0] as number] as Cell;
      const inside = near[2] as number;
      let grey = cell.grey + 46 * ((texture[at] as number) - 0.5);
      const body = cell.organelle * (0.8 + 0.4 * Math.sin(z / 9 + cell.x)) - (near[1] as number);
      if (body > 0) grey = body < 1.6 ? 84 : 112 + 18 * Math.sin((x + y) * 0.9);
      if (inside < MEMBRANE) grey = 52 + (grey - 52) * Math.max(0, inside / MEMBRANE - 0.3);
      image[i] = Math.max(0, Math.min(255, grey + grain()));
      if (inside < BORDER) continue;
      labels[i] = cell.label;
      seen[near[0] as number] = 1;
    }
  }
  return { shape, image, labels, cells: seen.reduce((n, one) => n + one, 0) };
}

function makeCells(columns: number, rows: number): Cell[] {
  return Array.from({ length: columns * rows }, (_, i) => {
    const random = (salt: number): number => fraction(i * 31 + salt);
    return {
      label: FIRST_LABEL + BigInt(Math.floor(random(0) * 99_999_999) + 1),
      grey: 150 + 34 * random(1),
      x: ((i % columns) - 1.5 + 0.85 * random(2)) * SPACING,
      y: (Math.floor(i / columns) - 1.5 + 0.85 * random(3)) * SPACING,
      drift: [14 * random(4), 14 * random(5), 7 * random(6), 7 * random(7)],
      organelle: random(8) < 0.45 ? 5 + 4 * random(9) : 0,
    };
  });
}

function moveSeeds(cells: readonly Cell[], z: number, seeds: Float64Array): void {
  cells.forEach(({ x, y, drift: [ax, ay, px, py] }, i) => {
    seeds[2 * i] = x + ax * Math.sin(z / 21 + px);
    seeds[2 * i + 1] = y + ay * Math.sin(z / 27 + py);
  });
}

/** Index of the cell whose seed is nearest, distance to that seed, distance to the border of the next cell. */
type Nearest = Float64Array;

function nearestSeed(seeds: Float64Array, columns: number, x: number, y: number, near: Nearest): void {
  const corner = Math.floor(y / SPACING) * columns + Math.floor(x / SPACING);
  let first = 1e18;
  let second = 1e18;
  let cell = 0;
  let other = 0;
  for (let r = 0; r < 4; r++) {
    for (let k = corner + r * columns, end = k + 4; k < end; k++) {
      const dx = x - (seeds[2 * k] as number);
      const dy = y - (seeds[2 * k + 1] as number);
      const d = dx * dx + dy * dy;
      if (d < first) {
        second = first;
        other = cell;
        first = d;
        cell = k;
      } else if (d < second) {
        second = d;
        other = k;
      }
    }
  }
  const dx = (seeds[2 * cell] as number) - (seeds[2 * other] as number);
  const dy = (seeds[2 * cell + 1] as number) - (seeds[2 * other + 1] as number);
  near[0] = cell;
  near[1] = Math.sqrt(first);
  near[2] = (second - first) / (2 * Math.sqrt(dx * dx + dy * dy));
}

function filmGrain(): () => number {
  let state = 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state & 31) - 15.5) * 0.7;
  };
}

/** A number from 0 to 1 that only depends on `n`. */
function fraction(n: number): number {
  let h = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h ^= h >>> 16;
  return (h >>> 0) / 2 ** 32;
}
