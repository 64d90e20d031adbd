/** Encoding of baseline files by our own kernel: byte for byte those of libjpeg-turbo, several times as fast as its WebAssembly. */
import type { Region, Workspace } from "../../base/workspace.js";
import { jpegEncode } from "../../kernels/jpeg-encode.js";
import type { JpegImage } from "./engine.js";
import { CODES, divisorsOf, factorsOf } from "./tables.js";

/** Version 1.1, pixels as wide as high. */
const JFIF = [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];
const [SOF0, DHT, SOS, DQT, APP0] = [0xc0, 0xc4, 0xda, 0xdb, 0xe0];
const [START, END] = [
  [0xff, 0xd8],
  [0xff, 0xd9],
];

/** From this quality on libjpeg-turbo's TurboJPEG takes the more exact transform. */
const EXACT = 96;

/** Where a workspace has the tables, and for which quality. */
interface Prepared {
  readonly tables: number;
  readonly quality: number;
}

const prepared = new WeakMap<Workspace, Prepared>();

/** Encodes planes of samples, the second and third behind the first. `source` must be followed by 7 readable bytes. */
export function encodeBaseline(ws: Workspace, source: Region, image: JpegImage): Uint8Array {
  const { width, height, components } = image;
  const kernel = ws.kernel(jpegEncode);
  const tables = prepare(ws, image.quality);
  const work = ws.scratch("jpeg-encode.work", kernel.workSize(width, components)).ptr;
  const header = headerOf(image);
  for (let room = kernel.leastRoom(width, components) + width * height * components; ; room *= 2) {
    const { ptr } = ws.scratch("jpeg-encode.scan", room);
    const length = kernel.scan(source.ptr, width, height, components, tables, work, ptr, room);
    if (length === 0) continue;
    const file = new Uint8Array(header.length + length + 2);
    file.set(header);
    file.set([...big(height), ...big(width)], sizeAt(components));
    file.set(ws.bytes().subarray(ptr, ptr + length), header.length);
    file.set(END, header.length + length);
    return file;
  }
}

function prepare(ws: Workspace, quality: number): number {
  const there = prepared.get(ws);
  if (there?.quality === quality) return there.tables;
  const kernel = ws.kernel(jpegEncode);
  const tables = there?.tables ?? ws.scratch("jpeg-encode.tables", kernel.tablesSize()).ptr;
  const put = (...parts: readonly Uint8Array[]): number => {
    const { ptr } = ws.scratch("jpeg-encode.table", 256);
    let at = ptr;
    for (const part of parts) {
      ws.bytes().set(part, at);
      at += part.length;
    }
    return ptr;
  };
  if (there === undefined) {
    kernel.prepare(tables);
    for (const [slot, codes] of CODES.entries()) kernel.huffman(tables, slot, put(...codes));
  }
  const quick = quality < EXACT;
  for (const [slot, factors] of factorsOf(quality).entries()) {
    const divisors = divisorsOf(factors, quick);
    kernel.quantize(tables, slot, put(new Uint8Array(divisors.buffer)), quick ? 1 : 0);
  }
  prepared.set(ws, { tables, quality });
  return tables;
}

const headers = new Map<number, Uint8Array>();

/** All that comes before the scan, in libjpeg's order, but for the size. Made once. */
function headerOf({ components, quality }: JpegImage): Uint8Array {
  const key = 4 * quality + components;
  const made = headers.get(key) ?? makeHeader(components, factorsOf(quality));
  headers.set(key, made);
  return made;
}

function makeHeader(components: 1 | 3, factors: readonly Uint8Array[]): Uint8Array {
  const slots = components === 1 ? [0] : [0, 1, 1];
  const tables = components === 1 ? [0] : [0, 1];
  const size = [0, 0, 0, 0];
  return Uint8Array.from([
    ...START,
    ...segment(APP0, JFIF),
    ...tables.flatMap((slot) => segment(DQT, [slot, ...factors[slot]!])),
    ...segment(SOF0, [8, ...size, components, ...slots.flatMap((slot, c) => [c + 1, 0x11, slot])]),
    ...tables.flatMap((slot) =>
      CODES[slot]!.flatMap((code, kind) => segment(DHT, [(kind << 4) | slot, ...code])),
    ),
    ...segment(SOS, [components, ...slots.flatMap((slot, c) => [c + 1, slot * 0x11]), 0, 63, 0]),
  ]);
}

/** Where a header has its size: behind the start, JFIF's segment and tables of factors. */
function sizeAt(components: number): number {
  return 2 + 18 + 69 * (components === 1 ? 1 : 2) + 5;
}

function segment(marker: number, content: readonly number[]): number[] {
  return [0xff, marker, ...big(content.length + 2), ...content];
}

function big(n: number): [number, number] {
  return [n >> 8, n & 255];
}
