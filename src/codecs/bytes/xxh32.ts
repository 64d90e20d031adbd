/** xxHash, 32 bits (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md). */
const [P1, P2, P3, P4, P5] = [2654435761, 2246822519, 3266489917, 668265263, 374761393] as const;

const rotate = (x: number, n: number): number => (x << n) | (x >>> (32 - n));

export function xxh32(bytes: Uint8Array, seed: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  let hash: number;
  if (bytes.length >= 16) {
    const lanes = [seed + P1 + P2, seed + P2, seed, seed - P1].map((v) => v | 0);
    for (; at + 16 <= bytes.length; at += 16)
      for (let i = 0; i < 4; i++) {
        const sum = (lanes[i]! + Math.imul(view.getUint32(at + 4 * i, true), P2)) | 0;
        lanes[i] = Math.imul(rotate(sum, 13), P1);
      }
    hash = [1, 7, 12, 18].reduce((sum, n, i) => (sum + rotate(lanes[i]!, n)) | 0, 0);
  } else hash = (seed + P5) | 0;
  hash = (hash + bytes.length) | 0;
  for (; at + 4 <= bytes.length; at += 4)
    hash = Math.imul(rotate((hash + Math.imul(view.getUint32(at, true), P3)) | 0, 17), P4);
  for (; at < bytes.length; at++) hash = Math.imul(rotate((hash + Math.imul(bytes[at]!, P5)) | 0, 11), P1);
  hash = Math.imul(hash ^ (hash >>> 15), P2);
  hash = Math.imul(hash ^ (hash >>> 13), P3);
  return (hash ^ (hash >>> 16)) >>> 0;
}
