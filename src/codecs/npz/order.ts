import type { Vec4 } from "../../base/strided.js";
import type { Region, Workspace } from "../../base/workspace.js";

/** From the last axis fastest to the first axis fastest. The regions must be aligned and not overlap. */
export function toFortranOrder(ws: Workspace, from: Region, to: Region, shape: Vec4, bytes: number): void {
  const [nx, ny, nz, nc] = shape;
  // Values of 8 bytes as two words: as numbers, some would change (NaN).
  const words = bytes === 8 ? 2 : 1;
  const Words = bytes === 1 ? Uint8Array : bytes === 2 ? Uint16Array : Uint32Array;
  const count = nx * ny * nz * nc * words;
  const source = new Words(ws.memory.buffer, from.ptr, count);
  const target = new Words(ws.memory.buffer, to.ptr, count);
  const step = ny * nz * nc * words;
  let at = 0;
  for (let c = 0; c < nc; c++)
    for (let z = 0; z < nz; z++)
      for (let y = 0; y < ny; y++) {
        let value = ((y * nz + z) * nc + c) * words;
        for (let x = 0; x < nx; x++, value += step)
          for (let word = 0; word < words; word++) target[at++] = source[value + word]!;
      }
}
