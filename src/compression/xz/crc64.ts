/** CRC-64 of xz (polynomial 0xc96c5795d7870f42, reflected), as two halves so that it needs no bigints. */
const [LOW, HIGH]: readonly [Uint32Array, Uint32Array] = build();

function build(): [Uint32Array, Uint32Array] {
  const low = new Uint32Array(256);
  const high = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    let l = n;
    let h = 0;
    for (let k = 0; k < 8; k++) {
      const odd = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd) {
        l ^= 0xd7870f42;
        h ^= 0xc96c5795;
      }
    }
    low[n] = l;
    high[n] = h;
  }
  return [low, high];
}

/** The low and the high half of the checksum of `bytes[from..to)`. */
export function crc64(bytes: Uint8Array, from: number, to: number): [low: number, high: number] {
  let low = -1;
  let high = -1;
  for (let i = from; i < to; i++) {
    const k = (low ^ bytes[i]!) & 255;
    low = ((low >>> 8) | (high << 24)) ^ LOW[k]!;
    high = (high >>> 8) ^ HIGH[k]!;
  }
  return [~low >>> 0, ~high >>> 0];
}
