/** The Huffman-coded blocks of sequential scans (ITU-T T.81, annex F). */
import { type Component, type HuffmanTable, type ScanComponent, ZIGZAG } from "./jpeg-file.js";

/** By 16 bits of the file: the code's length << 8 | its symbol; 0 where there is no code. */
export type Lookup = Uint16Array;

/** @returns undefined for lengths that are no code. */
export function makeLookup({ counts, symbols }: HuffmanTable): Lookup | undefined {
  const lookup = new Uint16Array(1 << 16);
  let at = 0;
  let place = 0;
  for (let length = 1; length <= 16; length++) {
    for (let i = 0; i < counts[length]!; i++, place++) {
      const end = at + (1 << (16 - length));
      if (end > lookup.length) return undefined;
      lookup.fill((length << 8) | symbols[place]!, at, end);
      at = end;
    }
  }
  return lookup;
}

/** Bits of a scan, highest first, without the zeros behind FF. */
class ScanBits {
  readonly #file: Uint8Array;
  #at: number;
  #window = 0;
  #left = 0;
  /** Zeros taken beyond the next marker, in bytes. */
  #beyond = 0;

  constructor(file: Uint8Array, at: number) {
    this.#file = file;
    this.#at = at;
  }

  /** The next symbol; -1 if there is no such code. */
  symbol(lookup: Lookup): number {
    this.#fill();
    const entry = lookup[(this.#window >>> (this.#left - 16)) & 0xffff]!;
    if (entry === 0) return -1;
    this.#left -= entry >> 8;
    return entry & 255;
  }

  /** A number of `size` bits, at most 15; those that begin with 0 are negative. */
  signed(size: number): number {
    if (size === 0) return 0;
    this.#fill();
    this.#left -= size;
    const bits = (this.#window >>> this.#left) & ((1 << size) - 1);
    return bits >> (size - 1) ? bits : bits - (1 << size) + 1;
  }

  /** The bits that fill the last byte up; undefined if bits are left, or too many were read. */
  finish(): number[] | undefined {
    const left = this.#left - 8 * this.#beyond;
    if (left < 0 || left > 7 || !this.#atMarker()) return undefined;
    const bits = Array.from({ length: left }, (_, i) => (this.#window >>> (this.#left - 1 - i)) & 1);
    this.#left = 0;
    this.#beyond = 0;
    return bits;
  }

  /** Whether the next marker is this one, which is passed over. */
  marker(marker: number): boolean {
    const found = this.#file[this.#at] === 0xff && this.#file[this.#at + 1] === marker;
    if (found) this.#at += 2;
    return found;
  }

  get at(): number {
    return this.#at;
  }

  #atMarker(): boolean {
    return this.#file[this.#at] === 0xff && this.#file[this.#at + 1] !== 0;
  }

  #fill(): void {
    while (this.#left <= 24 - 8) {
      let byte = this.#file[this.#at] ?? 0;
      if (this.#at >= this.#file.length || (byte === 0xff && this.#file[this.#at + 1] !== 0)) {
        byte = 0;
        this.#beyond++;
      } else this.#at += byte === 0xff ? 2 : 1;
      this.#window = ((this.#window << 8) | byte) >>> 0;
      this.#left += 8;
    }
  }
}

export interface ScanTask {
  readonly file: Uint8Array;
  readonly from: number;
  readonly components: readonly Component[];
  readonly chosen: readonly ScanComponent[];
  readonly dc: readonly (Lookup | undefined)[];
  readonly ac: readonly (Lookup | undefined)[];
  readonly size: readonly [number, number];
  readonly restartInterval: number;
}

export interface ScanResult {
  /** Where the next marker is. */
  readonly end: number;
  readonly padding: readonly number[];
  readonly extraZeroRuns: readonly (readonly [number, number])[];
}

/** Fills the components' coefficients. @returns undefined for a damaged scan. */
export function readScan(task: ScanTask): ScanResult | undefined {
  const { components, chosen, size, restartInterval } = task;
  const bits = new ScanBits(task.file, task.from);
  const last = components.map(() => 0);
  const padding: number[] = [];
  const extraZeroRuns: [number, number][] = [];
  const [across, down] = size;
  const single = chosen.length === 1;
  for (let mcu = 0, block = 0; mcu < across * down; mcu++) {
    if (restartInterval > 0 && mcu > 0 && mcu % restartInterval === 0) {
      const filled = bits.finish();
      if (filled === undefined || !bits.marker(0xd0 + ((mcu / restartInterval - 1) & 7))) return undefined;
      padding.push(...filled);
      last.fill(0);
    }
    const [row, column] = [Math.floor(mcu / across), mcu % across];
    for (const { index, dc, ac } of chosen) {
      const component = components[index]!;
      const [dcLookup, acLookup] = [task.dc[dc], task.ac[ac]];
      if (dcLookup === undefined || acLookup === undefined) return undefined;
      const [wide, tall] = single ? [1, 1] : [component.across, component.down];
      for (let i = 0; i < wide * tall; i++, block++) {
        const y = row * tall + Math.floor(i / wide);
        const x = column * wide + (i % wide);
        const at = 64 * (y * component.blocksAcross + x);
        const size = bits.symbol(dcLookup);
        if (size < 0 || size > 11) return undefined;
        last[index]! += bits.signed(size);
        component.coefficients[at] = last[index]!;
        const runs = readBlock(bits, acLookup, component.coefficients, at);
        if (runs < 0) return undefined;
        if (runs > 0) extraZeroRuns.push([block, runs]);
      }
    }
  }
  const filled = bits.finish();
  if (filled === undefined) return undefined;
  return { end: bits.at, padding: [...padding, ...filled], extraZeroRuns };
}

/** @returns how many codes for 16 zeros stand at the end; -1 for a damaged block. */
function readBlock(bits: ScanBits, lookup: Lookup, coefficients: Int16Array, at: number): number {
  let runs = 0;
  for (let k = 1; k < 64; k++) {
    const symbol = bits.symbol(lookup);
    if (symbol < 0) return -1;
    const [zeros, size] = [symbol >> 4, symbol & 15];
    if (size > 0) {
      k += zeros;
      if (k > 63) return -1;
      coefficients[at + ZIGZAG[k]!] = bits.signed(size);
      runs = 0;
    } else if (zeros === 15) {
      k += 15;
      runs++;
      if (k > 63) return -1;
    } else return zeros === 0 ? runs : -1;
  }
  return runs;
}
