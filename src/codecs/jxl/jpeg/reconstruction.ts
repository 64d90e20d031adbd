/**
 * The box "jbrd" (ISO/IEC 18181-2): what a JPEG file has beyond its coefficients. Fields first, then, compressed by
 * Brotli, the bytes of segments and of what comes behind the end.
 */
import { DecodingError } from "../../../base/errors.js";
import { compressSync, decompressSync } from "../../../compression/index.js";
import { BitWriter } from "../bit-writer.js";
import { BitReader, type Choice, cutShort } from "../bits.js";
import { type Fields, reading, writing } from "./fields.js";
import {
  COM,
  DHT,
  DRI,
  EOI,
  type HuffmanTable,
  isApp,
  type JpegFile,
  type QuantizationTable,
  type Scan,
  SOF0,
  SOF1,
  SOS,
} from "./jpeg-file.js";
import { NO_SYMBOL } from "./parse.js";
import { joined } from "./sink.js";

type Choices = readonly [Choice, Choice, Choice, Choice];
const MARKERS = 16384;
/** Bytes of all segments: far more than an image in a volume has. */
const MAX_CONTENT = 2 ** 24;
const APP_TYPE: Choices = [0, 1, [1, 2], [2, 4]];
const HUFFMAN_COUNT: Choices = [4, [3, 2], [4, 10], [6, 26]];
const CODES: Choices = [0, 1, [3, 2], [8]];
const SYMBOL: Choices = [[2], [2, 4], [4, 8], [8, 1]];
const UP_TO_FOUR: Choices = [1, 2, 3, 4];
const LAST_PASS: Choices = [0, 1, 2, [3, 3]];
const PLACES: Choices = [0, [2, 1], [4, 4], [16, 20]];
const BLOCK: Choices = [0, [3, 1], [5, 9], [28, 41]];
const RUNS: Choices = [1, [2, 2], [4, 5], [8, 20]];
const TAIL: Choices = [0, [8, 1], [16, 257], [22, 65793]];
/** What stands for data between segments among the markers. */
const BETWEEN = 0xff;
/** Kinds of components: the numbers 1; 1, 2, 3; the letters R, G, B; others. */
const KINDS: readonly (readonly number[])[] = [[1], [1, 2, 3], [82, 71, 66]];
const OTHER_IDS = 3;

/** A file without what the codestream has of it. */
export interface Reconstruction extends Omit<JpegFile, "width" | "height" | "components" | "quantization"> {
  readonly quantization: readonly Omit<QuantizationTable, "values">[];
  readonly components: readonly { readonly id: number; readonly quantization: number }[];
}

/** @throws DecodingError for what is damaged, or belongs to a file that is not sequential. */
export function readReconstruction(box: Uint8Array): Reconstruction {
  const bits = new BitReader(box);
  const { lengths, ...file } = fields(reading(bits), undefined);
  bits.toByte();
  const sizes = [...lengths.apps, ...lengths.comments, lengths.tail];
  const total = sizes.reduce((sum, n) => sum + n, 0);
  if (total > MAX_CONTENT) throw damaged(`${total} bytes of segments`, `at most ${MAX_CONTENT}`);
  const content = decompressSync("br", box.subarray(bits.byte), { limit: total, where: "the box jbrd" });
  if (content.length !== total) throw cutShort(box.length);
  let at = 0;
  const take = (length: number): Uint8Array => {
    at += length;
    return content.slice(at - length, at);
  };
  const segment = (length: number): Uint8Array => {
    const bytes = take(length);
    if (((bytes[1]! << 8) | bytes[2]!) !== length - 1) throw damaged("a segment of another length");
    return bytes;
  };
  const apps = lengths.apps.map(segment);
  const comments = lengths.comments.map(segment);
  return { ...file, apps, comments, tail: take(lengths.tail) };
}

export function writeReconstruction(file: JpegFile): Uint8Array {
  const bits = new BitWriter();
  fields(writing(bits), file);
  const head = bits.bytes();
  const parts = [...file.apps, ...file.comments, file.tail];
  const packed = compressSync("br", joined(parts));
  return joined([head, packed]);
}

interface Lengths {
  readonly apps: readonly number[];
  readonly comments: readonly number[];
  readonly tail: number;
}

type Parts = Omit<Reconstruction, "apps" | "comments" | "tail"> & { readonly lengths: Lengths };

function fields(f: Fields, file: JpegFile | undefined): Parts {
  const gray = f.bool(file && file.components.length === 1);
  const markers = markersOf(f, file);
  const count = (wanted: (marker: number) => boolean): number => markers.filter(wanted).length;
  const apps = list(count(isApp), (i) => {
    if (f.u32(APP_TYPE, 0) !== 0) throw damaged("a profile or metadata in boxes of their own", "none");
    return segmentLength(f, file?.apps[i]);
  });
  const comments = list(
    count((m) => m === COM),
    (i) => segmentLength(f, file?.comments[i]),
  );
  const tables = f.u32(UP_TO_FOUR, file?.quantization.length);
  if (tables > 3) throw damaged(`${tables} quantization tables`);
  const quantization = list(tables, (i) => {
    const table = file?.quantization[i];
    const wide = f.u(1, table?.wide ? 1 : 0) === 1;
    return { wide, slot: f.u(2, table?.slot), last: f.bool(table?.last) };
  });
  const components = componentsOf(f, file, tables);
  if (components.length !== (gray ? 1 : 3)) throw damaged(`${components.length} components`);
  const huffman = list(f.u32(HUFFMAN_COUNT, file?.huffman.length), (i) => huffmanOf(f, file?.huffman[i]));
  const heads = list(
    count((m) => m === SOS),
    (i) => scanOf(f, file?.scans[i], components.length),
  );
  const restartInterval = markers.includes(DRI) ? f.u(16, file?.restartInterval) : 0;
  const scans = heads.map((scan, i) => ({ components: scan, extraZeroRuns: runsOf(f, file?.scans[i]) }));
  const tail = f.u32(TAIL, file?.tail.length);
  const padding = paddingOf(f, file);
  const lengths = { apps, comments, tail };
  return { markers, quantization, huffman, components, scans, restartInterval, padding, lengths };
}

function markersOf(f: Fields, file: JpegFile | undefined): number[] {
  const markers: number[] = [];
  do {
    const marker = 0xc0 + f.u(6, file && file.markers[markers.length]! - 0xc0);
    markers.push(marker);
    if (marker === BETWEEN) throw damaged("data between its segments", "none");
    if (marker >= 0xc0 && marker <= 0xcf && ![SOF0, SOF1, DHT].includes(marker))
      throw damaged(`SOF${marker - 0xc0}`, "a sequential, Huffman-coded frame");
    if (markers.length > MARKERS) throw damaged("too many markers");
  } while (markers.at(-1) !== EOI);
  if (!markers.includes(SOS)) throw damaged("no scan");
  return markers;
}

/** A marker's second byte, two of length, and what follows. */
function segmentLength(f: Fields, segment: Uint8Array | undefined): number {
  const length = f.u(16, segment && segment.length - 1) + 1;
  if (length < 4) throw damaged(`a segment of ${length - 1} bytes`);
  return length;
}

function componentsOf(f: Fields, file: JpegFile | undefined, tables: number): Reconstruction["components"] {
  const known = KINDS.findIndex((ids) => String(ids) === String(file?.components.map(({ id }) => id)));
  const kind = f.u(2, known < 0 ? OTHER_IDS : known);
  const ids =
    kind === OTHER_IDS
      ? list(f.u32(UP_TO_FOUR, file?.components.length), (i) => f.u(8, file?.components[i]?.id))
      : KINDS[kind]!;
  return ids.map((id, i) => {
    const quantization = f.u(2, file?.components[i]?.quantization);
    if (quantization >= tables) throw damaged(`quantization table ${quantization}`);
    return { id, quantization };
  });
}

function huffmanOf(f: Fields, table: HuffmanTable | undefined): HuffmanTable {
  const ac = f.bool(table?.ac);
  const slot = f.u(2, table?.slot);
  const last = f.bool(table?.last);
  const counts = list(17, (i) => f.u32(CODES, table?.counts[i]));
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (total < 1 || total > 257) throw damaged(`a Huffman table of ${total} codes`);
  const symbols = list(total, (i) => f.u32(SYMBOL, table?.symbols[i]));
  if (counts[0] !== 0 || symbols.indexOf(NO_SYMBOL) !== total - 1 || new Set(symbols).size < total)
    throw damaged("a Huffman table of other symbols");
  return { slot, ac, last, counts, symbols };
}

function scanOf(f: Fields, scan: Scan | undefined, components: number): Scan["components"] {
  const count = f.u32(UP_TO_FOUR, scan?.components.length);
  const [start, end, low, high] = [f.u(6, 0), f.u(6, 63), f.u(4, 0), f.u(4, 0)];
  if (count > 3 || start !== 0 || end !== 63 || low !== 0 || high !== 0)
    throw damaged("a scan of a part", "scans of all coefficients");
  const chosen = list(count, (i) => {
    const index = f.u(2, scan?.components[i]?.index);
    if (index >= components) throw damaged(`component ${index}`);
    const ac = f.u(2, scan?.components[i]?.ac);
    return { index, ac, dc: f.u(2, scan?.components[i]?.dc) };
  });
  f.u32(LAST_PASS, 0);
  return chosen;
}

function runsOf(f: Fields, scan: Scan | undefined): Scan["extraZeroRuns"] {
  if (f.u32(PLACES, 0) !== 0) throw damaged("a scan with points of reset", "a sequential one");
  let before = -1;
  return list(f.u32(PLACES, scan?.extraZeroRuns.length), (i) => {
    const [place = 0, count] = scan?.extraZeroRuns[i] ?? [];
    const runs = f.u32(RUNS, count);
    const block = before + 1 + f.u32(BLOCK, place - before - 1);
    before = block;
    if (runs > 4) throw damaged(`${16 * runs} zeros behind a block`);
    return [block, runs] as const;
  });
}

function paddingOf(f: Fields, file: JpegFile | undefined): number[] | undefined {
  if (!f.bool(file && file.padding !== undefined)) return undefined;
  const padding: number[] = [];
  const count = f.u(24, file?.padding?.length);
  while (padding.length < count) padding.push(f.u(1, file?.padding?.[padding.length]));
  return padding;
}

function list<T>(length: number, make: (i: number) => T): T[] {
  return Array.from({ length }, (_, i) => make(i));
}

function damaged(got: string, expected?: string): DecodingError {
  return new DecodingError("A JPEG XL file's JPEG file cannot be restored", {
    got,
    ...(expected === undefined ? {} : { expected }),
  });
}
