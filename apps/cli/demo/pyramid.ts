/** Coarser levels: 2 x 2 x 1 voxels become one. Real pipelines have better ways; these are short. */

type Shape = readonly [number, number, number];

export interface Level<T> {
  readonly shape: Shape;
  readonly data: T;
}

export type Halve<T> = (data: T, shape: Shape) => T;

/** `levels` levels, the given one first. */
export function pyramid<T>(data: T, shape: Shape, levels: number, halve: Halve<T>): Level<T>[] {
  const out: Level<T>[] = [{ data, shape }];
  for (let i = 1; i < levels; i++) {
    const below = out[i - 1] as Level<T>;
    const [x, y, z] = below.shape;
    out.push({ data: halve(below.data, below.shape), shape: [Math.ceil(x / 2), Math.ceil(y / 2), z] });
  }
  return out;
}

/** The mean of the four, for images. */
export function halveImage(data: Uint8Array<ArrayBuffer>, shape: Shape): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(halfLength(shape));
  eachFour(shape, (to, a, b, c, d) => {
    out[to] =
      ((data[a] as number) + (data[b] as number) + (data[c] as number) + (data[d] as number) + 2) >> 2;
  });
  return out;
}

/** The label that most of the four have, for segmentations. */
export function halveLabels(data: BigUint64Array<ArrayBuffer>, shape: Shape): BigUint64Array<ArrayBuffer> {
  const out = new BigUint64Array(halfLength(shape));
  eachFour(shape, (to, a, b, c, d) => {
    const first = data[a] as bigint;
    const second = data[b] as bigint;
    const third = data[c] as bigint;
    const last = data[d] as bigint;
    out[to] =
      first === second || first === third ? first : second === third || second === last ? second : last;
  });
  return out;
}

function halfLength([x, y, z]: Shape): number {
  return Math.ceil(x / 2) * Math.ceil(y / 2) * z;
}

/** Tells for each coarse voxel the indices of its four; at the edge the last ones repeat. */
function eachFour(
  [sx, sy, sz]: Shape,
  act: (to: number, a: number, b: number, c: number, d: number) => void,
): void {
  let to = 0;
  for (let z = 0; z < sz; z++) {
    for (let y = 0; y < sy; y += 2) {
      const row = sx * (y + sy * z);
      const next = y + 1 < sy ? row + sx : row;
      for (let x = 0; x < sx; x += 2) {
        const right = x + 1 < sx ? 1 : 0;
        act(to++, row + x, row + x + right, next + x, next + x + right);
      }
    }
  }
}
