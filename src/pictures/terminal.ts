/** Pictures in a terminal: two pixels a character, the upper one in its colour and the lower one in its background's. */
import type { Picture } from "./picture.js";

export interface TerminalOptions {
  /** Characters across, at most. */
  readonly columns: number;
  /** Lines, at most. */
  readonly rows: number;
  /** 24 bits, the 256 colours of older terminals, or none: shades of characters. */
  readonly colors: 24 | 8 | 0;
}

const SHADES = " .:-=+*#%@";
/** The levels of the 6 x 6 x 6 cube of the 256 colours. */
const CUBE = [0, 95, 135, 175, 215, 255];

type Color = readonly [red: number, green: number, blue: number];

/** Lines of text, without a line feed at the end. */
export function terminalPicture(picture: Picture, { columns, rows, colors }: TerminalOptions): string {
  const [width = 1, height = 1] = picture.shape;
  // A character is about twice as tall as it is wide.
  const scale = Math.min(1, columns / width, (2 * rows) / height);
  const across = Math.max(1, Math.floor(width * scale));
  const down = Math.max(1, Math.floor(height * scale));
  const pixel = (x: number, y: number): Color => mean(picture, [x, y], [across, down]);
  const lines: string[] = [];
  for (let y = 0; y < down; y += 2) {
    let line = "";
    for (let x = 0; x < across; x++) {
      const [upper, lower] = [pixel(x, y), y + 1 < down ? pixel(x, y + 1) : undefined];
      line += colors === 0 ? shade(upper, lower ?? upper) : halfBlock(upper, lower, colors);
    }
    lines.push(colors === 0 ? line.trimEnd() : `${line}\x1b[0m`);
  }
  return lines.join("\n");
}

function halfBlock(upper: Color, lower: Color | undefined, colors: 24 | 8): string {
  const code = (ground: number, color: Color): string =>
    colors === 24 ? `${ground};2;${color.join(";")}` : `${ground};5;${indexed(color)}`;
  const below = lower === undefined ? "49" : code(48, lower);
  return `\x1b[${code(38, upper)};${below}m▀`;
}

/** The nearest of 24 grays, or of the cube. */
function indexed([red, green, blue]: Color): number {
  if (Math.max(red, green, blue) - Math.min(red, green, blue) < 12)
    return 232 + Math.max(0, Math.min(23, Math.round(((red + green + blue) / 3 - 8) / 10)));
  const [r, g, b] = [red, green, blue].map(nearest) as [number, number, number];
  return 16 + 36 * r + 6 * g + b;
}

function nearest(level: number): number {
  let best = 0;
  CUBE.forEach((stop, i) => {
    if (Math.abs(stop - level) < Math.abs(CUBE[best]! - level)) best = i;
  });
  return best;
}

function shade(upper: Color, lower: Color): string {
  const light = [upper, lower].map(([r, g, b]) => 0.299 * r + 0.587 * g + 0.114 * b);
  const mid = (light[0]! + light[1]!) / 2;
  return SHADES[Math.min(SHADES.length - 1, Math.floor((mid / 256) * SHADES.length))]!;
}

/** The mean colour of the pixels that one of `size` stands for. */
function mean({ data, shape }: Picture, [x = 0, y = 0]: number[], [across = 1, down = 1]: number[]): Color {
  const [width = 1, height = 1] = shape;
  const area = width * height;
  const [left, top] = [Math.floor((x * width) / across), Math.floor((y * height) / down)];
  const right = Math.max(left + 1, Math.floor(((x + 1) * width) / across));
  const bottom = Math.max(top + 1, Math.floor(((y + 1) * height) / down));
  const sums = [0, 0, 0];
  for (let v = top; v < bottom; v++)
    for (let u = left; u < right; u++)
      for (let part = 0; part < 3; part++) sums[part]! += data[part * area + v * width + u]!;
  const count = (right - left) * (bottom - top);
  return sums.map((sum) => Math.round(sum / count)) as unknown as Color;
}
