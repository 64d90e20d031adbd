/** The committed pairs of JPEG files and what libjxl makes of them, for tests and fuzzing. */
import { readFileSync } from "node:fs";
import type { Expected } from "./parse.js";

export interface Pair {
  readonly name: string;
  readonly expected: Expected;
  readonly jpeg: Uint8Array;
  readonly jxl: Uint8Array;
}

interface Stored {
  readonly jpeg: string;
  readonly jxl: string;
}

interface Named extends Stored {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

const stored = JSON.parse(readFileSync("fixtures/jxl/jpeg.json", "utf8")) as {
  readonly files: readonly Named[];
  readonly progressive: Stored;
};

export const pairs: readonly Pair[] = stored.files.map(({ name, width, height, channels, jpeg, jxl }) => ({
  ...{ name, jpeg: fromBase64(jpeg), jxl: fromBase64(jxl) },
  expected: { pixels: [width * height], channels },
}));

export const progressive: Pair = {
  ...{
    name: "progressive",
    jpeg: fromBase64(stored.progressive.jpeg),
    jxl: fromBase64(stored.progressive.jxl),
  },
  expected: { pixels: [33 * 40], channels: 3 },
};

export function pairNamed(name: string): Pair {
  const found = pairs.find((pair) => pair.name === name);
  if (found === undefined) throw new Error(`no fixture ${name}`);
  return found;
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}
