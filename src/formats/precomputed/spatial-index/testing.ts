/** Spatial indices of random labels for tests: small and large boxes, some over the borders of cells. */
import type { Box6 } from "../../../base/bbox.js";
import { encodeJson } from "../../../base/json.js";
import { allCells, type IndexGrid } from "./grid.js";

export interface MadeIndex {
  /** The content of each file, by its name. */
  readonly files: Map<string, Uint8Array>;
  /** The box of a label in a cell. */
  readonly rows: { readonly label: bigint; readonly cell: string; readonly box: Box6 }[];
}

/** `labels` random labels, each in up to three cells, below `2 ** (33 + highBits)`; `below(n)` gives whole numbers. */
export function randomIndex(
  below: (n: number) => number,
  grid: IndexGrid,
  labels: number,
  { highBits = 31 }: { readonly highBits?: number } = {},
): MadeIndex {
  const cells = allCells(grid);
  const content = cells.map((): Record<string, number[]> => ({}));
  const rows: MadeIndex["rows"] = [];
  for (let i = 0; i < labels; i++) {
    const label = (BigInt(below(2 ** highBits)) << 33n) | BigInt(i);
    for (let times = 1 + below(3); times > 0; times--) {
      const at = below(cells.length);
      const { box: cell, name } = cells[at]!;
      if (content[at]![String(label)] !== undefined) continue;
      const wide = below(4) === 0 ? 1.1 : 0.08;
      const corner = [0, 1, 2].map((k) => cell[k]! + below(Math.ceil(cell[k + 3]! - cell[k]!)) - 1);
      const size = [0, 1, 2].map((k) => 1 + below(Math.ceil((cell[k + 3]! - cell[k]!) * wide)));
      const box = [...corner, ...corner.map((v, k) => v + size[k]!)] as unknown as Box6;
      content[at]![String(label)] = [...box];
      rows.push({ label, cell: name, box });
    }
  }
  return { files: new Map(cells.map(({ name }, i) => [name, encodeJson(content[i]!)])), rows };
}

/** A random box that touches the grid, small or large. */
export function randomQuery(below: (n: number) => number, { bounds }: IndexGrid): Box6 {
  const part = [0.02, 0.2, 0.9][below(3)]!;
  const corner = [0, 1, 2].map((k) => bounds[k]! + below(Math.ceil(bounds[k + 3]! - bounds[k]!)));
  return [
    ...corner,
    ...corner.map((v, k) => v + 1 + below(Math.ceil((bounds[k + 3]! - bounds[k]!) * part))),
  ] as unknown as Box6;
}
