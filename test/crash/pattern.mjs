/** Voxels that tell which write they come from: noise that is the same everywhere, plus the write's number. */

const NOISE = new Uint8Array(65_521);
for (let i = 0, s = 1; i < NOISE.length; i++) {
  s = (Math.imul(s, 1_103_515_245) + 12_345) >>> 0;
  NOISE[i] = (s >>> 16) & 15;
}

/**
 * Fills `array` with the pattern of write `k`, which is the same for every voxel of a write but for the noise.
 * @param {Uint8Array} array
 * @param {number} k
 */
export function patternOf(array, k) {
  for (let i = 0; i < array.length; i++) array[i] = NOISE[i % NOISE.length] + ((k * 16) & 0xf0);
}
