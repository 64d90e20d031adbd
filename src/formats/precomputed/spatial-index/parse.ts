/** A `.spatial` file: JSON of `{"<label>": [x0, y0, z0, x1, y1, z1]}`, read straight into arrays. */
import { SpecViolation } from "../../../base/errors.js";

export interface IndexFile {
  readonly labels: BigUint64Array;
  /** Six numbers for each label: its box within the cell's task, in physical units. */
  readonly boxes: Float64Array;
}

const [QUOTE, COMMA, COLON, MINUS, ZERO, NINE] = [0x22, 0x2c, 0x3a, 0x2d, 0x30, 0x39];
const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];
const MOST = 2n ** 64n - 1n;
/** The shortest entry: `"1":[0,0,0,0,0,0],`. */
const ENTRY_BYTES = 18;

/** One pass over the bytes, about 100 MB a second. @throws SpecViolation for anything else than such an object. */
export function parseIndexFile(bytes: Uint8Array, where: string): IndexFile {
  return new Scanner(bytes, where).file();
}

class Scanner {
  readonly #bytes: Uint8Array;
  readonly #where: string;
  #at = 0;

  constructor(bytes: Uint8Array, where: string) {
    this.#bytes = bytes;
    this.#where = where;
  }

  file(): IndexFile {
    const most = Math.floor(this.#bytes.length / ENTRY_BYTES) + 1;
    const labels = new BigUint64Array(most);
    const boxes = new Float64Array(6 * most);
    let count = 0;
    this.#expect(OPEN, "{");
    if (this.#next() !== CLOSE) {
      for (;;) {
        labels[count] = this.#label();
        this.#expect(COLON, ":");
        this.#box(boxes, 6 * count++);
        if (this.#next() !== COMMA) break;
        this.#at++;
      }
    }
    this.#expect(CLOSE, "} or ,");
    if (this.#next() !== -1) this.#fail("the end of the file");
    return { labels: labels.slice(0, count), boxes: boxes.slice(0, 6 * count) };
  }

  #label(): bigint {
    this.#expect(QUOTE, "a label in quotes");
    const start = this.#at;
    let value = 0;
    for (;;) {
      const digit = this.#bytes[this.#at]! - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
      this.#at++;
    }
    const digits = this.#at - start;
    if (digits === 0 || digits > 20) this.#fail("a label of at most 20 digits");
    const label = digits <= 15 ? BigInt(value) : BigInt(this.#text(start));
    if (label > MOST) this.#fail("a label below 2^64");
    if (this.#bytes[this.#at++] !== QUOTE) this.#fail("a quote");
    return label;
  }

  #box(boxes: Float64Array, to: number): void {
    this.#expect(OPEN_LIST, "[");
    for (let i = 0; i < 6; i++) {
      if (i > 0) this.#expect(COMMA, "six numbers");
      boxes[to + i] = this.#number();
    }
    this.#expect(CLOSE_LIST, "]");
  }

  #number(): number {
    this.#next();
    const start = this.#at;
    const negative = this.#bytes[start] === MINUS;
    if (negative) this.#at++;
    let value = 0;
    const digits = this.#at;
    for (;;) {
      const digit = this.#bytes[this.#at]! - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
      this.#at++;
    }
    const after = this.#bytes[this.#at];
    const plain = after === COMMA || after === CLOSE_LIST || after === 0x20;
    if (plain && this.#at > digits && this.#at - digits <= 15) return negative ? -value : value;
    return this.#decimal(start);
  }

  #decimal(start: number): number {
    while (this.#at < this.#bytes.length && isNumeric(this.#bytes[this.#at]!)) this.#at++;
    const text = this.#text(start);
    const value = /^-?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,4})?$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isFinite(value)) this.#fail("a finite number");
    return value;
  }

  #text(start: number): string {
    return String.fromCharCode(...this.#bytes.subarray(start, Math.min(this.#at, start + 1000)));
  }

  /** The next byte that is no space, or -1 at the end; it is not consumed. */
  #next(): number {
    while (this.#at < this.#bytes.length) {
      const byte = this.#bytes[this.#at]!;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.#at++;
    }
    return -1;
  }

  #expect(byte: number, what: string): void {
    if (this.#next() !== byte) this.#fail(what);
    this.#at++;
  }

  #fail(expected: string): never {
    const byte = this.#bytes[this.#at];
    throw new SpecViolation("Not a file of a spatial index", {
      where: `${this.#where}, byte ${this.#at}`,
      expected,
      got: byte === undefined ? "the end of the file" : JSON.stringify(String.fromCharCode(byte)),
    });
  }
}

/** Digits, signs, points and exponents. */
function isNumeric(byte: number): boolean {
  return (
    (byte >= ZERO && byte <= NINE) ||
    byte === MINUS ||
    byte === 0x2b ||
    byte === 0x2e ||
    (byte | 0x20) === 0x65
  );
}
