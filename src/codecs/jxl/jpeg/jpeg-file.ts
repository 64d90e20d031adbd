/** A JPEG file taken apart: what its pixels need, and what its bytes need beyond (ITU-T T.81). */

export interface JpegFile {
  readonly width: number;
  readonly height: number;
  /** The second bytes of all markers from behind SOI to EOI. */
  readonly markers: readonly number[];
  /** APP segments in order: the marker's second byte, the length, the content. */
  readonly apps: readonly Uint8Array[];
  /** COM segments likewise. */
  readonly comments: readonly Uint8Array[];
  readonly quantization: readonly QuantizationTable[];
  readonly huffman: readonly HuffmanTable[];
  readonly components: readonly Component[];
  readonly scans: readonly Scan[];
  /** MCUs between restarts; 0: none. */
  readonly restartInterval: number;
  /** The bits that fill the bytes before markers up, if one of them is 0. */
  readonly padding: readonly number[] | undefined;
  /** What comes behind EOI. */
  readonly tail: Uint8Array;
}

export interface QuantizationTable {
  readonly slot: number;
  /** Whether the file has its values as 16 bits. */
  readonly wide: boolean;
  /** Whether it is the last one in its segment. */
  readonly last: boolean;
  /** By row and column of the block. */
  readonly values: Uint16Array;
}

export interface HuffmanTable {
  readonly slot: number;
  readonly ac: boolean;
  readonly last: boolean;
  /** Codes of 0, 1 ... 16 bits. */
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
}

export interface Component {
  readonly id: number;
  /** Blocks of an MCU, across and down. */
  readonly across: number;
  readonly down: number;
  /** Its table's place among all. */
  readonly quantization: number;
  /** Blocks in whole MCUs. */
  readonly blocksAcross: number;
  readonly blocksDown: number;
  /** Quantised, block by block, each by row and column. */
  readonly coefficients: Int16Array;
}

export interface Scan {
  readonly components: readonly ScanComponent[];
  /** Blocks that end with more codes for 16 zeros than they need: their places in the scan, how many. */
  readonly extraZeroRuns: readonly (readonly [block: number, runs: number])[];
}

export interface ScanComponent {
  /** Its place in the frame. */
  readonly index: number;
  readonly dc: number;
  readonly ac: number;
}

export const SOF0 = 0xc0;
export const SOF1 = 0xc1;
export const DHT = 0xc4;
export const EOI = 0xd9;
export const SOS = 0xda;
export const DQT = 0xdb;
export const DRI = 0xdd;
export const COM = 0xfe;

export function isApp(marker: number): boolean {
  return (marker & 0xf0) === 0xe0;
}

/** Where the coefficients lie in a block, as they are written: along the diagonals, to and fro. */
export const ZIGZAG: Uint8Array = zigzag();

function zigzag(): Uint8Array {
  const cells = Array.from({ length: 64 }, (_, i) => ({ row: i >> 3, column: i & 7 }));
  const along = (c: { row: number; column: number }): number =>
    (c.row + c.column) % 2 === 0 ? c.column : c.row;
  cells.sort((a, b) => a.row + a.column - (b.row + b.column) || along(a) - along(b));
  return Uint8Array.from(cells, ({ row, column }) => 8 * row + column);
}

/** MCUs of a scan across and down: of one component, its blocks as the image needs them. */
export function scanSize(
  { width, height, components }: Pick<JpegFile, "width" | "height" | "components">,
  indices: readonly number[],
): readonly [number, number] {
  const most = mcuBlocks(components);
  const only = indices.length === 1 ? components[indices[0]!]! : { across: 1, down: 1 };
  return [Math.ceil((width * only.across) / (8 * most[0])), Math.ceil((height * only.down) / (8 * most[1]))];
}

/** The largest sampling factors. */
export function mcuBlocks(components: readonly { across: number; down: number }[]): [number, number] {
  return [Math.max(...components.map((c) => c.across)), Math.max(...components.map((c) => c.down))];
}
