/** CRC-32 of gzip, xz and PNG (polynomial 0xedb88320, reflected), four bytes at a time. */
const TABLES: readonly Uint32Array[] = build();

function build(): Uint32Array[] {
  const first = Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    return c >>> 0;
  });
  const tables = [first];
  for (let t = 1; t < 4; t++) {
    const before = tables[t - 1]!;
    tables.push(before.map((c) => (c >>> 8) ^ first[c & 255]!));
  }
  return tables;
}

/** Checksum of `bytes[from..to)`. */
export function crc32(bytes: Uint8Array, from = 0, to: number = bytes.length): number {
  const [t0, t1, t2, t3] = TABLES as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  let c = -1;
  let i = from;
  for (; i + 4 <= to; i += 4) {
    c ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    c = t3[c & 255]! ^ t2[(c >>> 8) & 255]! ^ t1[(c >>> 16) & 255]! ^ t0[c >>> 24]!;
  }
  for (; i < to; i++) c = (c >>> 8) ^ t0[(c ^ bytes[i]!) & 255]!;
  return ~c >>> 0;
}
