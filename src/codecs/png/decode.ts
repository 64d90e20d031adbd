import { DecodingError } from "../../base/errors.js";
import type { Region, Workspace } from "../../base/workspace.js";
import { png } from "../../kernels/png.js";
import type { ChunkSpec, Placement } from "../codec.js";
import { checkImage, placePixels } from "../image.js";
import { isPlain, lookUp, type Pass, passesOf, spread, widenGray } from "./expand.js";
import { type PngFile, readPng } from "./file.js";
import { PALETTE, pixelBits, samplesOf } from "./header.js";
import { inflateData } from "./inflate.js";

/** Decodes a PNG file of any colour type, depth and interlacing that fits the chunk into its place. */
export function decodePng(ws: Workspace, source: Region, spec: ChunkSpec, target: Placement): void {
  const file = readPng(ws, source);
  const { header } = file;
  const channels = channelsOf(file, spec);
  checkImage("png", header, channels, spec);
  if ((header.depth === 16) !== (spec.dtype === "uint16"))
    throw new DecodingError("A png image has another bit depth than the volume", {
      expected: spec.dtype === "uint16" ? "16 bits" : "at most 8 bits",
      got: `${header.depth}`,
    });
  const passes = passesOf(header);
  const filtered = inflateData(
    ws,
    file.data,
    passes.reduce((sum, pass) => sum + filteredBytes(pass), 0),
  );
  const pixels = isPlain(header)
    ? unfilter(ws, filtered.ptr, passes[0]!, pixelBits(header))
    : expand(ws, file, filtered, passes, channels);
  placePixels(ws, pixels, spec, target, header.depth === 16);
}

/** A palette gives three channels, or four with its transparency if the volume has four. */
function channelsOf({ header, transparency }: PngFile, spec: ChunkSpec): number {
  if (header.colorType !== PALETTE) return samplesOf(header);
  return transparency !== undefined && spec.shape[3] === 4 ? 4 : 3;
}

function filteredBytes({ rowBytes, height }: Pass): number {
  return height * (rowBytes + 1);
}

function unfilter(ws: Workspace, from: number, { rowBytes, height }: Pass, bits: number): Region {
  const out = ws.scratch("image.pixels", height * rowBytes);
  const wrong = ws.kernel(png).unfilter(from, out.ptr, height, rowBytes, Math.max(1, bits / 8));
  if (wrong >= 0)
    throw new DecodingError("Corrupt image data in a PNG file", {
      expected: "a filter of 0 to 4",
      got: `another in row ${wrong}`,
    });
  return out;
}

function expand(
  ws: Workspace,
  file: PngFile,
  filtered: Region,
  passes: readonly Pass[],
  channels: number,
): Region {
  const { header, palette, transparency } = file;
  const bits = pixelBits(header);
  const pixels = header.width * header.height;
  const image = ws.scratch("png.image", pixels * Math.max(1, bits / 8));
  let from = filtered.ptr;
  for (const pass of passes) {
    spread(ws, unfilter(ws, from, pass, bits), pass, header, image);
    from += filteredBytes(pass);
  }
  widenGray(ws, image, header);
  if (header.colorType !== PALETTE) return image;
  const colors = ws.scratch("image.pixels", pixels * channels);
  const wrong = lookUp(ws, image, palette!, transparency, channels, colors);
  if (wrong !== undefined)
    throw new DecodingError("A PNG pixel has a colour that the palette lacks", {
      expected: `an index below ${palette!.length / 3}`,
      got: `${wrong}`,
    });
  return colors;
}
