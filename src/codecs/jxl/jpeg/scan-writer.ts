/** Sequential scans as Huffman-coded bits (ITU-T T.81, annex F). */
import { DecodingError } from "../../../base/errors.js";
import { type HuffmanTable, type JpegFile, type Scan, scanSize, ZIGZAG } from "./jpeg-file.js";
import type { ByteSink } from "./sink.js";

/** Codes and their lengths by symbol; length 0 where there is none. */
export interface HuffmanCode {
  readonly codes: Uint16Array;
  readonly lengths: Uint8Array;
}

/** @throws DecodingError for lengths that are no code. */
export function makeCode({ counts, symbols }: HuffmanTable): HuffmanCode {
  const codes = new Uint16Array(257);
  const lengths = new Uint8Array(257);
  let [code, place] = [0, 0];
  for (let length = 1; length <= 16; length++, code *= 2)
    for (let i = 0; i < counts[length]!; i++, code++, place++) {
      if (code >= 1 << length) throw impossible("a Huffman table that is no code");
      codes[symbols[place]!] = code;
      lengths[symbols[place]!] = length;
    }
  return { codes, lengths };
}

/** Bits into bytes, highest first, with a zero behind each FF. */
class ScanSink {
  readonly #out: ByteSink;
  readonly #padding: Iterator<number> | undefined;
  #window = 0;
  #count = 0;

  constructor(out: ByteSink, padding: Iterator<number> | undefined) {
    this.#out = out;
    this.#padding = padding;
  }

  put(bits: number, count: number): void {
    this.#window = ((this.#window << count) | bits) >>> 0;
    this.#count += count;
    while (this.#count >= 8) {
      this.#count -= 8;
      const byte = (this.#window >>> this.#count) & 255;
      this.#out.push(byte);
      if (byte === 255) this.#out.push(0);
    }
  }

  symbol({ codes, lengths }: HuffmanCode, symbol: number): void {
    const length = lengths[symbol]!;
    if (length === 0) throw impossible(`a symbol without a code, ${symbol}`);
    this.put(codes[symbol]!, length);
  }

  number(value: number, size: number): void {
    if (size > 0) this.put((value < 0 ? value - 1 : value) & ((1 << size) - 1), size);
  }

  fill(): void {
    while (this.#count > 0) {
      const next = this.#padding?.next();
      if (next?.done) throw impossible("too few bits of padding");
      this.put(next === undefined ? 1 : next.value, 1);
    }
  }
}

export interface WriteTask {
  readonly file: JpegFile;
  readonly scan: Scan;
  readonly dc: readonly (HuffmanCode | undefined)[];
  readonly ac: readonly (HuffmanCode | undefined)[];
  readonly restartInterval: number;
  readonly padding: Iterator<number> | undefined;
}

export function writeScan(out: ByteSink, { file, scan, dc, ac, restartInterval, padding }: WriteTask): void {
  const bits = new ScanSink(out, padding);
  const last = file.components.map(() => 0);
  const [across, down] = scanSize(
    file,
    scan.components.map(({ index }) => index),
  );
  const single = scan.components.length === 1;
  const extras = new Map(scan.extraZeroRuns);
  for (let mcu = 0, block = 0; mcu < across * down; mcu++) {
    if (restartInterval > 0 && mcu > 0 && mcu % restartInterval === 0) {
      bits.fill();
      out.push(0xff);
      out.push(0xd0 + ((mcu / restartInterval - 1) & 7));
      last.fill(0);
    }
    const [row, column] = [Math.floor(mcu / across), mcu % across];
    for (const chosen of scan.components) {
      const component = file.components[chosen.index]!;
      const [dcCode, acCode] = [dc[chosen.dc], ac[chosen.ac]];
      if (dcCode === undefined || acCode === undefined) throw impossible("a scan without its Huffman tables");
      const [wide, tall] = single ? [1, 1] : [component.across, component.down];
      for (let i = 0; i < wide * tall; i++, block++) {
        const y = row * tall + Math.floor(i / wide);
        const x = column * wide + (i % wide);
        const at = 64 * (y * component.blocksAcross + x);
        const value = component.coefficients[at]!;
        const difference = value - last[chosen.index]!;
        last[chosen.index] = value;
        const size = sizeOf(difference);
        bits.symbol(dcCode, size);
        bits.number(difference, size);
        writeBlock(bits, acCode, component.coefficients, at, extras.get(block) ?? 0);
      }
    }
  }
  bits.fill();
}

function writeBlock(
  bits: ScanSink,
  code: HuffmanCode,
  coefficients: Int16Array,
  at: number,
  extra: number,
): void {
  let zeros = 0;
  for (let k = 1; k < 64; k++) {
    const value = coefficients[at + ZIGZAG[k]!]!;
    if (value === 0) {
      zeros++;
      continue;
    }
    for (; zeros > 15; zeros -= 16) bits.symbol(code, 0xf0);
    const size = sizeOf(value);
    bits.symbol(code, (zeros << 4) | size);
    bits.number(value, size);
    zeros = 0;
  }
  for (let i = 0; i < extra; i++, zeros -= 16) bits.symbol(code, 0xf0);
  if (zeros > 0) bits.symbol(code, 0);
}

/** Bits of a number without its sign. */
function sizeOf(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}

export function impossible(got: string): DecodingError {
  return new DecodingError("The JPEG file in a JPEG XL file cannot be restored", { got });
}
