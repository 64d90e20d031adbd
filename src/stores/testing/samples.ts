/** What the contract puts into stores: bytes and keys. */
import type { Compression } from "../../compression/compression.js";

/** How compressed bytes begin: labels that the first bytes contradict are not believed. */
const MARKS: Readonly<Record<Compression, readonly number[]>> = {
  none: [],
  br: [],
  gzip: [0x1f, 0x8b, 8],
  zstd: [0x28, 0xb5, 0x2f, 0xfd],
  xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0],
  bz2: [0x42, 0x5a, 0x68],
};

/** Bytes that differ from place to place and from seed to seed, and begin like what they are said to be. */
export function bytesOf(length: number, seed = 1, compression: Compression = "none"): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = Math.imul(i + seed, 2654435761) >>> 24;
  bytes.set(MARKS[compression].slice(0, length));
  return bytes;
}

/** Keys as CloudVolume makes them, and odd ones that storage can hold. */
export const ODD_KEYS: readonly string[] = [
  "info",
  "8_8_40/0-64_0-64_0-64",
  "8_8_40/-64-0_-128--64_0-64",
  "mesh/777:0:0-64_0-64_0-64",
  "deep/er/and/deep/er/key",
  ".hidden",
  "..two-dots",
  "three.../dots",
  "with space/and  two",
  "per%cent/100%25",
  "plus+and&amp=eq",
  "que?ry",
  "ha#sh",
  "quote'and\"double",
  "semi;colon,comma",
  "star*pipe|less<more>",
  "brackets[0](1){2}",
  "tilde~^`dollar$at@!",
  "ünïcödé/\u{1f9e0}/日本",
  "line\nbreak\ttab",
  "name.gzip",
  "name.gz.txt",
  "__proto__",
  "constructor",
];

/** Keys that are none: see `keys.ts`. */
export const BAD_KEYS: readonly string[] = [
  "",
  "/",
  "/etc/passwd",
  "a//b",
  "a/",
  "./a",
  "a/./b",
  "a/.",
  "a\\b",
  "..\\a",
  "C:/a",
  "c:",
  "a\0b",
  "\ud800",
];

/** Keys that lead out of every store's writable part. */
export const ESCAPES: readonly string[] = [
  "..",
  "../other",
  "a/../../other",
  "../../x",
  "a/b/../../../c",
  "x/..",
];
