/** Colours of labels, as Neuroglancer draws them with its default colour seed. */

/** One step of MurmurHash3 (32 bits), without its final mixing. */
function mix(state: number, value: number): number {
  const first = Math.imul(value, 0xcc9e2d51);
  const turned = (first << 15) | (first >>> 17);
  const both = state ^ Math.imul(turned, 0x1b873593);
  const rotated = (both << 13) | (both >>> 19);
  return (Math.imul(rotated, 5) + 0xe6546b64) | 0;
}

/**
 * The colour of a label by its two halves, packed as 0xBBGGRR: a hue and a saturation of one half or more out of the hash, at full
 * brightness. Source: Neuroglancer `SegmentColorHash`, seed 0.
 */
export function packedSegmentColor(low: number, high: number): number {
  const hash = mix(mix(0, low), high);
  const hue = ((hash & 255) / 255) * 6;
  const saturation = 0.5 + ((hash >>> 8) & 255) / 510;
  const level = (turn: number): number => {
    const k = (turn + hue) % 6;
    return Math.round(255 * Math.fround(1 - saturation * Math.max(0, Math.min(k, 4 - k, 1))));
  };
  return level(5) | (level(3) << 8) | (level(1) << 16);
}

/** Red, green and blue (0 to 255) of a label; of negative ones, those of their 64 bits. */
export function segmentColor(label: bigint | number): readonly [red: number, green: number, blue: number] {
  const bits = BigInt.asUintN(64, BigInt(label));
  const packed = packedSegmentColor(Number(bits & 0xffffffffn), Number(bits >> 32n));
  return [packed & 255, (packed >> 8) & 255, packed >> 16];
}
