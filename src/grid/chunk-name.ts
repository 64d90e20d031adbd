/** Names of chunks within a layer, and the boxes that they tell. */
import type { Box6 } from "../base/bbox.js";
import { chunkKey } from "./grid.js";

const ZERO = 48;

/** A chunk's key within its layer: `<scale key>/x0-x1_y0-y1_z0-z1`. */
export function chunkName(scaleKey: string, box: Box6): string {
  return `${scaleKey}/${chunkKey(box)}`;
}

/** The box that a key ends with, as {@link chunkKey} writes it; undefined if it ends with none. */
export function boxOfKey(key: string): Box6 | undefined {
  // Read from its end: keys are parsed for every chunk of every read, and a regular expression costs more than opening a file.
  const box: [number, number, number, number, number, number] = [0, 0, 0, 0, 0, 0];
  let at = key.length - 1;
  for (const slot of [5, 2, 4, 1, 3, 0] as const) {
    const last = at;
    let value = 0;
    for (let unit = 1; ; unit *= 10, at--) {
      const digit = key.charCodeAt(at) - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      value += digit * unit;
    }
    if (at === last) return undefined;
    const before = key[at - 1];
    const isNegative =
      key[at] === "-" &&
      (slot > 2 ? before === "-" : before === undefined || before === "_" || before === "/");
    if (isNegative) at--;
    box[slot] = isNegative && value > 0 ? -value : value;
    if (slot > 0 ? key[at] !== (slot > 2 ? "-" : "_") : at >= 0 && key[at] !== "/") return undefined;
    at--;
  }
  return box;
}
