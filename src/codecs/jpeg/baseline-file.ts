/** The segments of the JPEG files that most writers make: one baseline scan, all components of the same size. */
import type { JpegHeader, Scan } from "./header.js";

const [SOF0, DHT, EOI, SOS, DQT, DRI] = [0xc0, 0xc4, 0xd9, 0xda, 0xdb, 0xdd];
const [APP0, ADOBE, COM] = [0xe0, 0xee, 0xfe];
/** JFIF, version 1: libjpeg warns of any other. */
const JFIF = [0x4a, 0x46, 0x49, 0x46, 0, 1];
const ONE_BY_ONE = 0x11;

/** A table and the slot it belongs to. */
export interface BaselineTable {
  readonly slot: number;
  readonly bytes: Uint8Array;
}

export interface BaselineFile {
  readonly quantization: readonly BaselineTable[];
  /** Slots 0 to 3 for DC, 4 to 7 for AC; counts of 16 lengths, then symbols. */
  readonly huffman: readonly BaselineTable[];
  /** For each component a byte: DC slot | AC slot << 2 | quantization slot << 4. */
  readonly slots: number;
  /** Where the scan's data begin and end in the file. */
  readonly scan: Scan;
}

/**
 * @returns undefined for any other kind of file, and for one in which something looks damaged: progressive, subsampled,
 * several scans, restarts, colours that are not JFIF's YCbCr. Expects that `readJpegHeader` has accepted it.
 */
export function readBaseline(file: Uint8Array, { components, scan }: JpegHeader): BaselineFile | undefined {
  const quantization: BaselineTable[] = [];
  const huffman: BaselineTable[] = [];
  let frame: Uint8Array | undefined;
  let jfif = false;
  for (let at = 2; at + 4 <= file.length; ) {
    if (file[at] !== 0xff) return undefined;
    const marker = file[at + 1]!;
    const segment = file.subarray(at + 4, at + 2 + ((file[at + 2]! << 8) | file[at + 3]!));
    at += 4 + segment.length;
    if (marker === SOS) {
      if (frame === undefined || (components === 3 && !jfif)) return undefined;
      const slots = slotsOf(frame, segment, components, quantization, huffman);
      // Nothing but the end marker comes behind the data.
      const isOnly = scan.plain && scan.start === at && file[scan.end + 1] === EOI;
      return slots === undefined || !isOnly ? undefined : { quantization, huffman, slots, scan };
    }
    if (marker === APP0) {
      if (segment.length < 14 || !JFIF.every((byte, i) => segment[i] === byte)) return undefined;
      jfif = true;
    }
    if (marker === SOF0) frame = segment;
    else if (
      marker === DQT ? !quantizationOf(segment, quantization) : marker === DHT && !huffmanOf(segment, huffman)
    )
      return undefined;
    const known = marker === DQT || marker === DHT || marker === SOF0 || marker === COM;
    if (marker === ADOBE || marker === DRI || !(known || (marker & 0xf0) === APP0)) return undefined;
  }
  return undefined;
}

function quantizationOf(segment: Uint8Array, into: BaselineTable[]): boolean {
  if (segment.length % 65 !== 0) return false;
  for (let at = 0; at < segment.length; at += 65) {
    const slot = segment[at]!; // Above 3: a table of 16 bits, or none.
    if (slot > 3) return false;
    into.push({ slot, bytes: segment.slice(at + 1, at + 65) });
  }
  return true;
}

function huffmanOf(segment: Uint8Array, into: BaselineTable[]): boolean {
  for (let at = 0; at < segment.length; ) {
    const kind = segment[at]!;
    if ((kind & ~0x13) !== 0 || at + 17 > segment.length) return false;
    const counts = segment.subarray(at + 1, at + 17);
    const end = at + 17 + counts.reduce((n, c) => n + c, 0);
    if (end > segment.length) return false;
    into.push({ slot: (kind & 3) + (kind >> 4) * 4, bytes: segment.slice(at + 1, end) });
    at = end;
  }
  return true;
}

/** Component numbers and table numbers of frame and scan, which must name the components in the same order. */
function slotsOf(
  frame: Uint8Array,
  scan: Uint8Array,
  components: number,
  quantization: readonly BaselineTable[],
  huffman: readonly BaselineTable[],
): number | undefined {
  const spectral = scan.subarray(1 + 2 * components);
  if (scan[0] !== components || spectral.length !== 3) return undefined;
  if (spectral[0] !== 0 || spectral[1] !== 63 || spectral[2] !== 0) return undefined;
  let slots = 0;
  for (let c = 0; c < components; c++) {
    const [id, sampling, factors = 255] = frame.subarray(6 + 3 * c);
    const [named, tables = 255] = scan.subarray(1 + 2 * c);
    const [dc, ac] = [tables >> 4, tables & 15];
    if (id !== named || sampling !== ONE_BY_ONE) return undefined;
    const there =
      quantization.some((t) => t.slot === factors) &&
      huffman.some((t) => t.slot === dc && dc < 4) &&
      huffman.some((t) => t.slot === ac + 4 && ac < 4);
    if (!there) return undefined;
    slots |= (dc | (ac << 2) | (factors << 4)) << (8 * c);
  }
  return slots;
}
