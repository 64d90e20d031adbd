/** Several pictures as one. */
import { ArgumentError } from "../base/errors.js";
import type { Picture } from "./picture.js";

const GAP = 4;

/** A contact sheet: pictures of one size in rows, left to right, with thin gaps. @throws ArgumentError without any, or of several sizes. */
export function contactSheet(pictures: readonly Picture[], columns: number): Picture {
  const [first] = pictures;
  if (first === undefined || pictures.some(({ shape }) => shape.some((n, i) => n !== first.shape[i])))
    throw new ArgumentError("A contact sheet is made of pictures of one size", {
      got: pictures.map(({ shape }) => shape.slice(0, 2).join(" x ")).join(", ") || "none",
    });
  const across = Math.min(columns, pictures.length);
  const down = Math.ceil(pictures.length / across);
  const [w = 0, h = 0] = first.shape;
  const [width, height] = [across * (w + GAP) - GAP, down * (h + GAP) - GAP];
  const area = width * height;
  const data = new Uint8Array(3 * area).fill(48);
  pictures.forEach((picture, i) => {
    const at = (i % across) * (w + GAP) + Math.floor(i / across) * (h + GAP) * width;
    for (let part = 0; part < 3; part++)
      for (let y = 0; y < h; y++) {
        const from = part * w * h + y * w;
        data.set(picture.data.subarray(from, from + w), part * area + at + y * width);
      }
  });
  return { data, shape: [width, height, 1, 3], stride: [1, width, area, area] };
}
