import { DecodingError } from "../../base/errors.js";

/** The IHDR chunk: https://www.w3.org/TR/png-3/#11IHDR */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample (of a palette index for colour type 3). */
  readonly depth: number;
  readonly colorType: ColorType;
  readonly interlaced: boolean;
}

export const GRAY = 0;
export const PALETTE = 3;
export type ColorType = 0 | 2 | 3 | 4 | 6;

/** Samples of a pixel and the depths allowed, by colour type. */
const TYPES: Readonly<Record<ColorType, { readonly samples: number; readonly depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

/** @throws DecodingError for anything the specification does not allow. */
export function readHeader(data: DataView): PngHeader {
  if (data.byteLength !== 13) throw invalid("an IHDR chunk of 13 bytes", `${data.byteLength}`);
  const [width, height] = [data.getUint32(0), data.getUint32(4)];
  for (const side of [width, height])
    if (side < 1 || side > 0x7fffffff)
      throw invalid("a width and height of 1 to 2147483647", `${width} x ${height}`);
  const [depth, colorType] = [data.getUint8(8), data.getUint8(9)];
  if (!isColorType(colorType)) throw invalid("a colour type of 0, 2, 3, 4 or 6", `${colorType}`);
  const { depths } = TYPES[colorType];
  if (!depths.includes(depth))
    throw invalid(`a bit depth of ${depths.join(", ")} for colour type ${colorType}`, `${depth}`);
  const [compression, filter, interlace] = [data.getUint8(10), data.getUint8(11), data.getUint8(12)];
  if (compression !== 0 || filter !== 0 || interlace > 1)
    throw invalid(
      "compression and filter method 0, interlace 0 or 1",
      `${compression}, ${filter}, ${interlace}`,
    );
  return { width, height, depth, colorType, interlaced: interlace === 1 };
}

export function samplesOf(header: PngHeader): number {
  return TYPES[header.colorType].samples;
}

/** Bits of a pixel as the file holds it. */
export function pixelBits(header: PngHeader): number {
  return samplesOf(header) * header.depth;
}

function isColorType(n: number): n is ColorType {
  return n in TYPES;
}

function invalid(expected: string, got: string): DecodingError {
  return new DecodingError("Invalid PNG header", { expected, got });
}
