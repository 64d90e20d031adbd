import type { Vec4 } from "../base/strided.js";
import type { ChunkRead } from "../grid/plan.js";

/**
 * Calls `act` for each row along x of a chunk's wanted part: where it starts among the part's dense voxels, where in
 * the dense array of the whole box (`shape`), and its length.
 */
export function eachRow(
  { size: [nx, ny, nz], to }: ChunkRead,
  [sx, sy, sz, channels]: Vec4,
  act: (from: number, to: number, n: number) => void,
): void {
  let from = 0;
  for (let c = 0; c < channels; c++)
    for (let z = 0; z < nz; z++)
      for (let y = 0; y < ny; y++) {
        act(from, to[0] + sx * (to[1] + y + sy * (to[2] + z + sz * c)), nx);
        from += nx;
      }
}
