/** A JPEG file into its parts. */
import {
  COM,
  type Component,
  DHT,
  DQT,
  DRI,
  EOI,
  type HuffmanTable,
  isApp,
  type JpegFile,
  mcuBlocks,
  type QuantizationTable,
  type Scan,
  type ScanComponent,
  SOF0,
  SOF1,
  SOS,
  scanSize,
  ZIGZAG,
} from "./jpeg-file.js";
import { type Lookup, makeLookup, readScan } from "./scan-reader.js";

/** Stands behind a Huffman table's symbols, for the code that JPEG leaves free. */
export const NO_SYMBOL = 256;
/** More markers than writers make. */
const MAX_MARKERS = 1000;

/** What is known while the markers are walked. */
interface Draft {
  readonly file: Uint8Array;
  readonly markers: number[];
  readonly apps: Uint8Array[];
  readonly comments: Uint8Array[];
  readonly quantization: QuantizationTable[];
  readonly huffman: HuffmanTable[];
  readonly dc: (Lookup | undefined)[];
  readonly ac: (Lookup | undefined)[];
  readonly scans: Scan[];
  readonly padding: number[];
  frame: Frame | undefined;
  restartInterval: number;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: readonly (Component & { readonly slot: number })[];
}

/** Of which images are taken: those of a chunk. */
export interface Expected {
  /** Width times height: one of these. */
  readonly pixels: readonly number[];
  readonly channels: number;
}

export function isExpected(
  { pixels, channels }: Expected,
  width: number,
  height: number,
  components: number,
): boolean {
  return pixels.includes(width * height) && components === channels;
}

/**
 * Takes a file of one sequential, Huffman-coded frame of 8 bits apart, gray or of three components. @returns
 * undefined for any other file, and for a damaged one.
 */
export function parseJpeg(file: Uint8Array, expected: Expected): JpegFile | undefined {
  if (file[0] !== 0xff || file[1] !== 0xd8) return undefined;
  const draft: Draft = {
    ...{ file, markers: [], apps: [], comments: [], quantization: [], huffman: [] },
    ...{ dc: [], ac: [], scans: [], padding: [], frame: undefined, restartInterval: 0 },
  };
  for (let at = 2; draft.markers.length < MAX_MARKERS; ) {
    if (file[at] !== 0xff) return undefined;
    const marker = file[at + 1] ?? 0;
    draft.markers.push(marker);
    if (marker === EOI) return finished(draft, file.slice(at + 2));
    const length = ((file[at + 2] ?? 0) << 8) | (file[at + 3] ?? 0);
    const end = at + 2 + length;
    if (length < 2 || end > file.length) return undefined;
    const segment = file.subarray(at + 4, end);
    if (isApp(marker) && length > 2) draft.apps.push(file.slice(at + 1, end));
    else if (marker === COM && length > 2) draft.comments.push(file.slice(at + 1, end));
    else if (!takeSegment(draft, marker, segment)) return undefined;
    at = end;
    if (marker !== SOS) continue;
    const { width, height, components } = draft.frame!;
    if (!isExpected(expected, width, height, components.length)) return undefined;
    const next = takeScan(draft, segment, end);
    if (next === undefined) return undefined;
    at = next;
  }
  return undefined;
}

function takeSegment(draft: Draft, marker: number, segment: Uint8Array): boolean {
  if (marker === DQT) return takeQuantization(draft, segment);
  if (marker === DHT) return takeHuffman(draft, segment);
  if (marker === SOS) return draft.frame !== undefined;
  if (marker === DRI) {
    const again = draft.markers.indexOf(DRI) < draft.markers.length - 1;
    draft.restartInterval = ((segment[0] ?? 0) << 8) | (segment[1] ?? 0);
    return segment.length === 2 && !again && draft.scans.length === 0;
  }
  if ((marker !== SOF0 && marker !== SOF1) || draft.frame !== undefined) return false;
  draft.frame = frameOf(segment);
  return draft.frame !== undefined;
}

function takeQuantization({ quantization }: Draft, segment: Uint8Array): boolean {
  for (let at = 0; at < segment.length; ) {
    const [wide, slot] = [segment[at]! >> 4, segment[at]! & 15];
    const next = at + 1 + 64 * (wide + 1);
    if (wide > 1 || slot > 3 || next > segment.length || quantization.some((t) => t.slot === slot))
      return false;
    const values = new Uint16Array(64);
    for (let k = 0; k < 64; k++) {
      const from = at + 1 + k * (wide + 1);
      const value = wide === 1 ? (segment[from]! << 8) | segment[from + 1]! : segment[from]!;
      if (value === 0) return false;
      values[ZIGZAG[k]!] = value;
    }
    quantization.push({ slot, wide: wide === 1, last: next === segment.length, values });
    at = next;
  }
  return segment.length > 0;
}

function takeHuffman({ huffman, dc, ac }: Draft, segment: Uint8Array): boolean {
  for (let at = 0; at < segment.length; ) {
    const [kind, slot] = [segment[at]! >> 4, segment[at]! & 15];
    if (kind > 1 || slot > 3 || at + 17 > segment.length) return false;
    const counts = [0, ...segment.subarray(at + 1, at + 17)];
    const next = at + 17 + counts.reduce((sum, n) => sum + n, 0);
    if (next > segment.length || next === at + 17) return false;
    const symbols = [...segment.subarray(at + 17, next)];
    if (new Set(symbols).size < symbols.length || (kind === 0 && symbols.some((s) => s > 11))) return false;
    const lookup = makeLookup({ slot, ac: kind === 1, last: true, counts, symbols });
    if (lookup === undefined || lookup[0xffff] !== 0) return false;
    (kind === 1 ? ac : dc)[slot] = lookup;
    counts[counts.findLastIndex((n) => n > 0)]!++;
    const last = next === segment.length;
    huffman.push({ slot, ac: kind === 1, last, counts, symbols: [...symbols, NO_SYMBOL] });
    at = next;
  }
  return segment.length > 0;
}

function frameOf(segment: Uint8Array): Frame | undefined {
  const [precision = 0, h1 = 0, h0 = 0, w1 = 0, w0 = 0, count = 0] = segment;
  const [width, height] = [(w1 << 8) | w0, (h1 << 8) | h0];
  if (precision !== 8 || (count !== 1 && count !== 3) || width < 1 || height < 1) return undefined;
  if (segment.length !== 6 + 3 * count) return undefined;
  const named = Array.from({ length: count }, (_, i) => {
    const [id = 0, sampling = 0, slot = 0] = segment.subarray(6 + 3 * i);
    return { id, across: sampling >> 4, down: sampling & 15, slot };
  });
  if (named.some(({ across, down }) => ![1, 2].includes(across) || ![1, 2].includes(down))) return undefined;
  if (new Set(named.map(({ id }) => id)).size < count) return undefined;
  const [across, down] = mcuBlocks(named);
  const components = named.map((component) => {
    const blocksAcross = Math.ceil(width / (8 * across)) * component.across;
    const blocksDown = Math.ceil(height / (8 * down)) * component.down;
    return { ...component, quantization: 0, blocksAcross, blocksDown, coefficients: NOTHING };
  });
  return { width, height, components };
}

const NOTHING = new Int16Array(0);

/** Decodes a scan. @returns where its bytes end. */
function takeScan(draft: Draft, segment: Uint8Array, from: number): number | undefined {
  const { file, frame, dc, ac, restartInterval, scans, padding } = draft;
  const count = segment[0] ?? 0;
  if (frame === undefined || count < 1 || count > 3 || segment.length !== 4 + 2 * count) return undefined;
  const [start, end, approximation] = segment.subarray(1 + 2 * count);
  if (start !== 0 || end !== 63 || approximation !== 0) return undefined;
  if (!makeRoom(draft, file.length - from)) return undefined;
  const { components } = draft.frame!;
  const chosen: ScanComponent[] = [];
  for (let i = 0; i < count; i++) {
    const [id, tables = 255] = segment.subarray(1 + 2 * i);
    const index = components.findIndex((component) => component.id === id);
    if (index < 0 || chosen.some((c) => c.index === index)) return undefined;
    if (scans.some((scan) => scan.components.some((c) => c.index === index))) return undefined;
    chosen.push({ index, dc: tables >> 4, ac: tables & 15 });
  }
  const size = scanSize(
    { ...frame, components },
    chosen.map(({ index }) => index),
  );
  const result = readScan({ file, from, components, chosen, dc, ac, size, restartInterval });
  if (result === undefined || result.extraZeroRuns.some(([, runs]) => runs > 4)) return undefined;
  scans.push({ components: chosen, extraZeroRuns: result.extraZeroRuns });
  padding.push(...result.padding);
  return result.end;
}

/** Makes the coefficients of the first scan. False if the file cannot hold that many: a block takes two bits or more. */
function makeRoom(draft: Draft, bytes: number): boolean {
  const { width, height, components } = draft.frame!;
  if (components[0]!.coefficients !== NOTHING) return true;
  const blocks = components.map((c) => c.blocksAcross * c.blocksDown);
  if (Math.ceil(width / 8) * Math.ceil(height / 8) > 4 * bytes) return false;
  draft.frame = {
    width,
    height,
    components: components.map((c, i) => ({ ...c, coefficients: new Int16Array(64 * blocks[i]!) })),
  };
  return true;
}

function finished(draft: Draft, tail: Uint8Array): JpegFile | undefined {
  const { frame, scans, quantization, padding } = draft;
  if (frame === undefined || quantization.length < 1 || quantization.length > 3) return undefined;
  const seen = scans.flatMap((scan) => scan.components.map(({ index }) => index));
  if (seen.length !== frame.components.length) return undefined;
  const components = frame.components.map(({ slot, ...component }) => ({
    ...component,
    quantization: quantization.findIndex((table) => table.slot === slot),
  }));
  const used = new Set(components.map((c) => c.quantization));
  if (used.has(-1) || used.size !== quantization.length) return undefined;
  const { markers, apps, comments, huffman, restartInterval } = draft;
  const { width, height } = frame;
  return {
    ...{ width, height, markers, apps, comments, quantization, huffman, components, scans, restartInterval },
    padding: padding.includes(0) ? padding : undefined,
    tail,
  };
}
