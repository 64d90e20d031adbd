/** Gives the values of one plane of a field, x fastest. */
export type PlaneOf = (z: number, out: Float32Array) => void;

/**
 * Smooth noise from 0 to 1 over a box: random values on a lattice of `grid` voxels, interpolated. The same on
 * every machine; another seed gives another field.
 */
export function noiseField(
  seed: number,
  [sx, sy, sz]: readonly [number, number, number],
  [gx, gy, gz]: readonly [number, number, number],
): PlaneOf {
  const nx = Math.ceil(sx / gx) + 2;
  const ny = Math.ceil(sy / gy) + 2;
  const lattice = randomLattice(seed, nx * ny * (Math.ceil(sz / gz) + 2));
  const plane = new Float32Array(nx * ny);
  const line = new Float32Array(nx);
  return (z, out) => {
    mix(plane, lattice, nx * ny * Math.floor(z / gz), nx * ny, ease(z / gz));
    for (let y = 0; y < sy; y++) {
      mix(line, plane, nx * Math.floor(y / gy), nx, ease(y / gy));
      for (let x = 0; x < sx; x++) {
        const i = Math.floor(x / gx);
        const a = line[i] as number;
        out[x + sx * y] = a + ((line[i + 1] as number) - a) * ease(x / gx);
      }
    }
  };
}

/** Between `length` values at `at` and the `length` values behind them. */
function mix(out: Float32Array, from: Float32Array, at: number, length: number, t: number): void {
  for (let i = 0; i < length; i++) {
    const a = from[at + i] as number;
    out[i] = a + ((from[at + length + i] as number) - a) * t;
  }
}

function ease(position: number): number {
  const t = position - Math.floor(position);
  return t * t * (3 - 2 * t);
}

function randomLattice(seed: number, length: number): Float32Array {
  const lattice = new Float32Array(length);
  let state = Math.imul(seed, 0x9e3779b1);
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0;
    lattice[i] = (Math.imul(state ^ (state >>> 12), 0x297a2d39) >>> 0) / 2 ** 32;
  }
  return lattice;
}
