/** The CRC-32 of bzip2: polynomial 0x04c11db7, highest bit first, nothing reflected. */
const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n << 24;
  for (let k = 0; k < 8; k++) c = c & 0x80000000 ? (c << 1) ^ 0x04c11db7 : c << 1;
  return c >>> 0;
});

export function crcOf(bytes: Uint8Array, from: number, to: number): number {
  let c = -1;
  for (let i = from; i < to; i++) c = (c << 8) ^ TABLE[(c >>> 24) ^ bytes[i]!]!;
  return ~c >>> 0;
}
