/** Decoding of baseline files by our own kernel: the pixels of libjpeg, two to three times as fast as its WebAssembly. */
import { createWorkspace, type MemoryWorkspace } from "../../base/memory-workspace.js";
import { jpeg as kernels } from "../../kernels/jpeg.js";
import { type BaselineFile, readBaseline } from "./baseline-file.js";
import type { JpegEngine } from "./engine.js";
import type { JpegHeader } from "./header.js";

/** Zeros below the scan, for readers that run ahead: more than a block can take. */
const BELOW = 512;
/** Pixels above which the memory that decoding takes (twice the image) is not kept. */
const LARGE = 64 << 20;

/** An engine that leaves to `other` what is not a sound baseline file, and all encoding. */
export function withBaseline(other: JpegEngine): JpegEngine {
  let kept: MemoryWorkspace | undefined;
  return {
    decode(file, header) {
      const baseline =
        header.components === 3 || header.components === 1
          ? readBaseline(file, header.components)
          : undefined;
      if (baseline === undefined || !plausible(baseline, header)) return other.decode(file, header);
      const ws = kept ?? createWorkspace();
      const pixels = decodeBaseline(ws, baseline, header);
      kept = header.width * header.height * header.components <= LARGE ? ws : undefined;
      return pixels ?? other.decode(file, header);
    },
    encode: (pixels, image) => other.encode(pixels, image),
  };
}

/** A block takes at least two codes of one bit: what a scan cannot hold is not allocated. */
function plausible({ scan }: BaselineFile, { width, height, components }: JpegHeader): boolean {
  return width > 0 && height > 0 && blocks(width) * blocks(height) * components <= 4 * scan.length + 4;
}

function blocks(pixels: number): number {
  return Math.ceil(pixels / 8);
}

/** @returns undefined if the scan is damaged. The pixels lie in the workspace. */
function decodeBaseline(ws: MemoryWorkspace, file: BaselineFile, header: JpegHeader): Uint8Array | undefined {
  const { width, height, components } = header;
  const kernel = ws.kernel(kernels);
  const tables = ws.scratch("jpeg.tables", kernel.tablesSize()).ptr;
  kernel.prepare(tables);
  const put = (name: string, bytes: Uint8Array): number => {
    const { ptr } = ws.scratch(name, bytes.length);
    ws.bytes().set(bytes, ptr);
    return ptr;
  };
  for (const { slot, bytes } of file.quantization) kernel.quantize(tables, slot, put("jpeg.table", bytes));
  for (const { slot, bytes } of file.huffman)
    if (!kernel.huffman(tables, slot, put("jpeg.table", bytes), bytes.length)) return undefined;
  const source = put("jpeg.scan", file.scan);
  const turned = ws.scratch("jpeg.turned", BELOW + file.scan.length);
  const end = turned.ptr + turned.length;
  const count = kernel.unstuff(source, file.scan.length, end);
  const [across, down] = [blocks(width), blocks(height)];
  const plane = 64 * across * down;
  const planes = ws.scratch("jpeg.planes", components * plane).ptr;
  const status = kernel.scan(end, count, tables, components, file.slots, across, down, planes);
  if (status !== 0) return undefined;
  const length = width * height * components;
  if (components === 1 && width === 8 * across) return ws.bytes().subarray(planes, planes + length);
  const { ptr } = ws.scratch("jpeg.pixels", length);
  if (components === 3) kernel.toRgb(planes, 8 * across, plane, width, height, ptr);
  else
    for (let y = 0; y < height; y++) {
      const row = planes + y * 8 * across;
      ws.bytes().copyWithin(ptr + y * width, row, row + width);
    }
  return ws.bytes().subarray(ptr, ptr + length);
}
