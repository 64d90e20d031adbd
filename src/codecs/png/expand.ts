/**
 * The PNG files that Precomputed writers do not make, but others may: interlaced ones, 1 to 4 bits a sample,
 * palettes. All end as whole bytes, one pixel after the other.
 */
import type { Region, Workspace } from "../../base/workspace.js";
import { GRAY, PALETTE, type PngHeader, pixelBits } from "./header.js";

/** One of Adam7's seven reduced images, or the whole image: where its pixels lie and how they are stored. */
export interface Pass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly width: number;
  readonly height: number;
  /** Bytes of a row without its filter byte. */
  readonly rowBytes: number;
}

const ADAM7: readonly (readonly [number, number, number, number])[] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** The passes of an image that have pixels. */
export function passesOf(header: PngHeader): Pass[] {
  const bits = pixelBits(header);
  const origins = header.interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  return origins
    .map(([x, y, stepX, stepY]) => {
      const width = Math.ceil(Math.max(0, header.width - x) / stepX);
      const height = Math.ceil(Math.max(0, header.height - y) / stepY);
      return { x, y, stepX, stepY, width, height, rowBytes: Math.ceil((width * bits) / 8) };
    })
    .filter(({ width, height }) => width > 0 && height > 0);
}

/** Puts the pixels of one pass (dense rows at `packed`) into the whole image, samples of less than 8 bits one a byte. */
export function spread(ws: Workspace, packed: Region, pass: Pass, header: PngHeader, image: Region): void {
  const bytes = ws.bytes();
  const { depth } = header;
  const pixelBytes = Math.max(1, pixelBits(header) / 8);
  for (let row = 0; row < pass.height; row++) {
    const from = packed.ptr + row * pass.rowBytes;
    let to = image.ptr + ((pass.y + row * pass.stepY) * header.width + pass.x) * pixelBytes;
    const step = pass.stepX * pixelBytes;
    for (let i = 0; i < pass.width; i++, to += step) {
      if (depth >= 8) for (let b = 0; b < pixelBytes; b++) bytes[to + b] = bytes[from + i * pixelBytes + b]!;
      else {
        const bit = i * depth;
        bytes[to] = (bytes[from + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
      }
    }
  }
}

/** Gray of less than 8 bits to its full range, as other readers do it: 1, 3 and 15 become 255. */
export function widenGray(ws: Workspace, image: Region, { colorType, depth }: PngHeader): void {
  if (colorType !== GRAY || depth >= 8) return;
  const bytes = ws.bytes();
  const factor = 255 / ((1 << depth) - 1);
  for (let i = image.ptr; i < image.ptr + image.length; i++) bytes[i] = bytes[i]! * factor;
}

/**
 * Palette indexes to red, green, blue (and alpha for `channels` 4, from the tRNS chunk; 255 past its end).
 * @returns the first index that the palette lacks, or undefined.
 */
export function lookUp(
  ws: Workspace,
  indexes: Region,
  palette: Region,
  transparency: Region | undefined,
  channels: number,
  out: Region,
): number | undefined {
  const bytes = ws.bytes();
  const alphas = transparency?.length ?? 0;
  for (let i = 0; i < indexes.length; i++) {
    const index = bytes[indexes.ptr + i]!;
    if (index * 3 >= palette.length) return index;
    const to = out.ptr + i * channels;
    for (let c = 0; c < 3; c++) bytes[to + c] = bytes[palette.ptr + index * 3 + c]!;
    if (channels === 4) bytes[to + 3] = index < alphas ? bytes[transparency!.ptr + index]! : 255;
  }
  return undefined;
}

/** Whether the unfiltered rows are the pixels already. */
export function isPlain({ colorType, depth, interlaced }: PngHeader): boolean {
  return !interlaced && depth >= 8 && colorType !== PALETTE;
}
