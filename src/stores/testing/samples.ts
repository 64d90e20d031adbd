/** What the contract puts into stores: bytes and keys. */
/** Bytes that differ from place to place and from seed to seed. */
export const bytesOf = (length: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => ((i + seed) * 2654435761) >>> 24);

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
