/** The parts of a JPEG file into its bytes. */
import {
  COM,
  DHT,
  DQT,
  DRI,
  EOI,
  type HuffmanTable,
  isApp,
  type JpegFile,
  type QuantizationTable,
  SOF0,
  SOF1,
  SOS,
  ZIGZAG,
} from "./jpeg-file.js";
import { type HuffmanCode, impossible, makeCode, writeScan } from "./scan-writer.js";
import { ByteSink } from "./sink.js";

/** @throws DecodingError for parts that make no file. */
export function writeJpeg(file: JpegFile): Uint8Array {
  const out = new ByteSink();
  const apps = file.apps.values();
  const comments = file.comments.values();
  const quantization = file.quantization.values();
  const huffman = file.huffman.values();
  const scans = file.scans.values();
  const padding = file.padding?.values();
  const dc: HuffmanCode[] = [];
  const ac: HuffmanCode[] = [];
  let restartInterval = 0;
  out.pushAll([0xff, 0xd8]);
  for (const marker of file.markers) {
    out.push(0xff);
    if (isApp(marker)) out.pushAll(next(apps));
    else if (marker === COM) out.pushAll(next(comments));
    else if (marker === DQT) putSegment(out, DQT, group(quantization).flatMap(quantizationBytes));
    else if (marker === DHT) {
      const tables = group(huffman);
      for (const table of tables) (table.ac ? ac : dc)[table.slot] = makeCode(table);
      putSegment(out, DHT, tables.flatMap(huffmanBytes));
    } else if (marker === DRI) {
      restartInterval = file.restartInterval;
      putSegment(out, DRI, [restartInterval >> 8, restartInterval & 255]);
    } else if (marker === SOF0 || marker === SOF1) putSegment(out, marker, frameBytes(file));
    else if (marker === SOS) {
      const scan = next(scans);
      const chosen = scan.components.flatMap(({ index, dc, ac }) => [
        file.components[index]!.id,
        (dc << 4) | ac,
      ]);
      putSegment(out, SOS, [scan.components.length, ...chosen, 0, 63, 0]);
      writeScan(out, { file, scan, dc, ac, restartInterval, padding });
    } else if (marker === EOI) out.push(EOI);
    else throw impossible(`a marker FF ${marker.toString(16).toUpperCase()}`);
  }
  if (padding !== undefined && !padding.next().done) throw impossible("too many bits of padding");
  out.pushAll(file.tail);
  return out.bytes();
}

function next<T>(items: Iterator<T>): T {
  const { value, done } = items.next();
  if (done) throw impossible("fewer parts than markers");
  return value;
}

/** The tables of one segment. */
function group<Table extends { readonly last: boolean }>(tables: Iterator<Table>): Table[] {
  const found = [next(tables)];
  while (!found.at(-1)!.last) found.push(next(tables));
  return found;
}

function putSegment(out: ByteSink, marker: number, content: readonly number[]): void {
  const length = content.length + 2;
  if (length > 0xffff) throw impossible("a segment that is too long");
  out.pushAll([marker, length >> 8, length & 255]);
  out.pushAll(content);
}

function quantizationBytes({ slot, wide, values }: QuantizationTable): number[] {
  const ordered = Array.from(ZIGZAG, (at) => values[at]!);
  if (!wide && ordered.some((n) => n > 255)) throw impossible("a quantization table of 8 bits above 255");
  return [(wide ? 16 : 0) | slot, ...ordered.flatMap((n) => (wide ? [n >> 8, n & 255] : [n]))];
}

function huffmanBytes({ slot, ac, counts, symbols }: HuffmanTable): number[] {
  const own = counts.slice(1);
  own[own.findLastIndex((n) => n > 0)]!--;
  return [(ac ? 16 : 0) | slot, ...own, ...symbols.slice(0, -1)];
}

function frameBytes({ width, height, components, quantization }: JpegFile): number[] {
  const named = components.flatMap((c) => [
    c.id,
    (c.across << 4) | c.down,
    quantization[c.quantization]!.slot,
  ]);
  return [8, height >> 8, height & 255, width >> 8, width & 255, components.length, ...named];
}
