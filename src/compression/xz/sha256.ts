/** SHA-256 (FIPS 180-4) on the calling thread: `xz --check=sha256` needs it, and WebCrypto only answers later. */
const ROUND: Uint32Array = fractions((p) => Math.cbrt(p), 64);
const START: Uint32Array = fractions((p) => Math.sqrt(p), 8);

/** First 32 bits of the fractions of a root of the first `count` primes. */
function fractions(root: (prime: number) => number, count: number): Uint32Array {
  const out = new Uint32Array(count);
  let n = 0;
  for (let p = 2; n < count; p++) {
    let prime = true;
    for (let d = 2; d * d <= p; d++) if (p % d === 0) prime = false;
    if (prime) out[n++] = Math.floor((root(p) % 1) * 2 ** 32);
  }
  return out;
}

export function sha256(bytes: Uint8Array): Uint8Array {
  const tail = new Uint8Array(bytes.length % 64 < 56 ? 64 : 128);
  const whole = bytes.length - (bytes.length % 64);
  tail.set(bytes.subarray(whole));
  tail[bytes.length - whole] = 0x80;
  const end = new DataView(tail.buffer);
  end.setUint32(tail.length - 8, Math.floor(bytes.length / 2 ** 29));
  end.setUint32(tail.length - 4, (bytes.length << 3) >>> 0);
  const hash = START.slice();
  const words = new Uint32Array(64);
  for (let i = 0; i < whole; i += 64) digest(hash, words, bytes, i);
  for (let i = 0; i < tail.length; i += 64) digest(hash, words, tail, i);
  const out = new DataView(new ArrayBuffer(32));
  hash.forEach((h, i) => {
    out.setUint32(i * 4, h);
  });
  return new Uint8Array(out.buffer);
}

function digest(hash: Uint32Array, w: Uint32Array, bytes: Uint8Array, at: number): void {
  for (let i = 0; i < 16; i++) {
    const p = at + i * 4;
    w[i] = (bytes[p]! << 24) | (bytes[p + 1]! << 16) | (bytes[p + 2]! << 8) | bytes[p + 3]!;
  }
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!;
    const y = w[i - 2]!;
    const s0 = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
    const s1 = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10);
    w[i] = w[i - 16]! + s0 + w[i - 7]! + s1;
  }
  let [a, b, c, d, e, f, g, h] = hash as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let i = 0; i < 64; i++) {
    const t1 = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUND[i]! + w[i]!) | 0;
    const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((v, i) => {
    hash[i] = hash[i]! + v;
  });
}

function turn(x: number, n: number): number {
  return (x >>> n) | (x << (32 - n));
}
