/** Decoding of baseline files by our own kernel: the pixels of libjpeg, two to three times as fast as its WebAssembly. */
import type { Region, Workspace } from "../../base/workspace.js";
import { jpeg as kernels } from "../../kernels/jpeg.js";
import { place } from "../../kernels/place.js";
import { type BaselineFile, readBaseline } from "./baseline-file.js";
import type { JpegEngine, WantedBlocks } from "./engine.js";
import type { JpegHeader } from "./header.js";

/** Zeros below the scan, for readers that run ahead: more than a block can take. */
const BELOW = 512;

/** An engine that leaves to `other` what is not a sound baseline file, and all encoding. */
export function withBaseline(other: JpegEngine): JpegEngine {
  return {
    decode: (file, header) => other.decode(file, header),
    encode: (pixels, image) => other.encode(pixels, image),
    decodePlanes(ws, source, header, wanted) {
      if (header.components !== 1 && header.components !== 3) return undefined;
      const bytes = ws.bytes().subarray(source.ptr, source.ptr + source.length);
      const file = readBaseline(bytes, header);
      if (file === undefined || !plausible(file, header)) return undefined;
      return decodeBaseline(ws, source, file, header, wanted);
    },
  };
}

/** A block takes at least two codes of one bit: what a scan cannot hold is not allocated. */
function plausible(
  { scan: { start, end } }: BaselineFile,
  { width, height, components }: JpegHeader,
): boolean {
  return width > 0 && height > 0 && blocks(width) * blocks(height) * components <= 4 * (end - start);
}

function blocks(pixels: number): number {
  return Math.ceil(pixels / 8);
}

/** @returns undefined if the scan is damaged. */
function decodeBaseline(
  ws: Workspace,
  source: Region,
  file: BaselineFile,
  header: JpegHeader,
  wanted: WantedBlocks,
): Region | undefined {
  const { width, height, components } = header;
  const kernel = ws.kernel(kernels);
  const tables = ws.scratch("jpeg.tables", kernel.tablesSize()).ptr;
  kernel.prepare(tables);
  const put = (bytes: Uint8Array): number => {
    const { ptr } = ws.scratch("jpeg.table", 272);
    ws.bytes().set(bytes, ptr);
    return ptr;
  };
  for (const { slot, bytes } of file.quantization) kernel.quantize(tables, slot, put(bytes));
  for (const { slot, bytes } of file.huffman)
    if (!kernel.huffman(tables, slot, put(bytes), bytes.length)) return undefined;
  const scanLength = file.scan.end - file.scan.start;
  const turned = ws.scratch("jpeg.turned", BELOW + scanLength);
  const end = turned.ptr + turned.length;
  const count = kernel.unstuff(source.ptr + file.scan.start, scanLength, end);
  const [across, down] = [blocks(width), blocks(height)];
  const plane = 64 * across * down;
  const planes = ws.scratch("jpeg.planes", components * plane).ptr;
  const rows = ws.scratch("jpeg.rows", down).ptr;
  ws.bytes().set(wanted.rows, rows);
  const { left, right } = wanted;
  const { slots } = file;
  const status = kernel.scan(end, count, tables, components, slots, across, down, planes, rows, left, right);
  if (status !== 0) return undefined;
  const length = width * height * components;
  if (components === 1 && width === 8 * across) return { ptr: planes, length };
  const { ptr } = ws.scratch("jpeg.pixels", length);
  if (components === 3) kernel.toRgb(planes, 8 * across, plane, width, height, ptr);
  else
    ws.kernel(place).copyBox(
      planes,
      8 * across,
      plane,
      plane,
      ptr,
      width,
      length,
      length,
      width,
      height,
      1,
      1,
    );
  return { ptr, length };
}
