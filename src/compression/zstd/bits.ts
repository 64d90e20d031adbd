import { corrupt } from "../output.js";

/** Zero bytes before the copied data, so that reading a little too far back is harmless and then noticed. */
const MARGIN = 8;

/** A stream of bits that is read from its end to its start (RFC 8878, 4.1), out of a scratch copy. */
export class BackwardBits {
  view: DataView = new DataView(new ArrayBuffer(1024));
  /** Bits above the start of the margin that are not read yet. */
  position = 0;

  /** Starts on `bytes[from..to)`; its last byte holds the end mark. */
  start(bytes: Uint8Array, from: number, to: number): void {
    const size = to - from;
    const last = bytes[to - 1];
    if (size <= 0 || last === undefined || last === 0) corrupt("zstd bit stream does not end as it must");
    if (this.view.byteLength < size + MARGIN + 8)
      this.view = new DataView(new ArrayBuffer((size + MARGIN + 8) * 2));
    const copy = new Uint8Array(this.view.buffer);
    copy.set(bytes.subarray(from, to), MARGIN);
    this.position = (MARGIN + size) * 8 - Math.clz32(last) + 23;
  }

  /** Takes up to 25 bits. */
  read(count: number): number {
    this.position -= count;
    if (this.position < 0) corrupt("zstd bit stream ends early");
    return (this.view.getUint32(this.position >>> 3, true) >>> (this.position & 7)) & ((1 << count) - 1);
  }

  /** Bits left before the start; negative: too many were read. */
  get left(): number {
    return this.position - MARGIN * 8;
  }
}
