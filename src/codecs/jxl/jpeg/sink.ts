/** Bytes that grow. */
export class ByteSink {
  #bytes = new Uint8Array(1 << 12);
  #length = 0;

  push(byte: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = byte;
  }

  pushAll(bytes: ArrayLike<number>): void {
    if (this.#length + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  get length(): number {
    return this.#length;
  }

  /** What was pushed so far: a copy. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(by: number): void {
    const more = new Uint8Array(2 * this.#bytes.length + by);
    more.set(this.#bytes);
    this.#bytes = more;
  }
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new ByteSink();
  for (const piece of pieces) out.pushAll(piece);
  return out.bytes();
}
