/** CRC-32C of bytes outside of any workspace: of indices, which are short. */
let table: Uint32Array | undefined;

function tableOf(): Uint32Array {
  if (table !== undefined) return table;
  table = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
    table[n] = c;
  }
  return table;
}

export function crc32c(bytes: Uint8Array): number {
  const known = tableOf();
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ known[(crc ^ byte) & 255]!;
  return (crc ^ 0xffffffff) >>> 0;
}
