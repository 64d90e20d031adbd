/** The tables of ITU-T T.81, annex K, which libjpeg writes unless told: for luminance and for chrominance. */

/** Factors at quality 50, in zigzag order. */
const FACTORS: readonly Uint8Array[] = [
  fromHex(
    "100b0c0e0c0a100e0d0e1211101318281a181616183123251d283a333d3c3933383740485c4e404457453738506d51575f626768673e4d71" +
      "797064785c656763",
  ),
  fromHex(`1112121815182f1a1a2f63423842${"63".repeat(50)}`),
];

const DC = ["00010501010101010100000000000000", "00030101010101010101010000000000"].map((counts) =>
  fromHex(`${counts}000102030405060708090a0b`),
);
const AC = [
  "0002010303020403050504040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a2" +
    "5262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a929394959697" +
    "98999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa",
  "00020102040403040705040400010277000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f1171" +
    "8191a262728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495" +
    "969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa",
].map(fromHex);

/** Huffman tables as a file has them: 16 counts of lengths and the symbols, for DC and for AC coefficients. */
export const CODES: readonly (readonly [Uint8Array, Uint8Array])[] = [
  [DC[0]!, AC[0]!],
  [DC[1]!, AC[1]!],
];

/** Factors of a quality from 0 to 100, as libjpeg scales them. */
export function factorsOf(quality: number): readonly Uint8Array[] {
  const q = Math.max(1, quality);
  const percent = q < 50 ? Math.trunc(5000 / q) : 200 - 2 * q;
  return FACTORS.map((table) =>
    table.map((factor) => Math.min(255, Math.max(1, Math.trunc((factor * percent + 50) / 100)))),
  );
}

/**
 * What coefficients are divided by, in natural order, for `quick` the scaled ones of libjpeg's faster transform
 * (jcdctmgr.c: 14 bits of fraction).
 */
export function divisorsOf(factors: Uint8Array, quick: boolean): Uint16Array {
  const out = new Uint16Array(64);
  for (const [k, place] of zigzag().entries()) {
    const scale = Math.round(16384 * SCALES[place >> 3]! * SCALES[place & 7]!);
    out[place] = quick ? (factors[k]! * scale + 1024) >> 11 : 8 * factors[k]!;
  }
  return out;
}

/** By the row or column of a coefficient. */
const SCALES = Array.from({ length: 8 }, (_, k) => (k === 0 ? 1 : Math.SQRT2 * Math.cos((k * Math.PI) / 16)));

/** Places by diagonals, which are walked in turn up and down. */
function zigzag(): readonly number[] {
  const diagonal = (place: number): number => (place >> 3) + (place & 7);
  const along = (place: number): number => (diagonal(place) % 2 === 0 ? place & 7 : place >> 3);
  return Array.from({ length: 64 }, (_, i) => i).sort(
    (a, b) => diagonal(a) - diagonal(b) || along(a) - along(b),
  );
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}
