/**
 * bzip2, written to the format as bzip2 1.0.8 reads it: several streams behind each other, every block's
 * and every stream's checksum checked. Randomised blocks (bzip2 before 0.9.5) are refused.
 */
import { corrupt, Output } from "../output.js";
import { Bits } from "./bits.js";
import { readBlock } from "./block.js";
import { crcOf } from "./crc.js";

const BLOCK = 0x314159;
const END = 0x177245;

/** Room for one block, kept from call to call: at most 3.6 MB. Nothing is read from it before it is written. */
let work = new Uint32Array(0);

/** Decompresses whole bzip2 data. */
export function decodeBzip2(bytes: Uint8Array, limit: number): Uint8Array {
  const out = new Output(limit, bytes.length * 4);
  let at = 0;
  do at = readStream(bytes, at, out);
  while (at < bytes.length);
  return out.finish();
}

function readStream(bytes: Uint8Array, start: number, out: Output): number {
  const level = (bytes[start + 3] ?? 0) - 0x30;
  if (
    bytes[start] !== 0x42 ||
    bytes[start + 1] !== 0x5a ||
    bytes[start + 2] !== 0x68 ||
    level < 1 ||
    level > 9
  )
    corrupt(start === 0 ? "Not bzip2 data" : "Something else follows the bzip2 data");
  const bits = new Bits(bytes, start + 4);
  if (work.length < level * 100_000) work = new Uint32Array(level * 100_000);
  const room = work.subarray(0, level * 100_000);
  let combined = 0;
  for (;;) {
    const mark = bits.read(24);
    const rest = bits.read(24);
    const declared = bits.read32();
    if (mark === END && rest === 0x385090) {
      if (declared !== combined) corrupt("bzip2 stream has a wrong checksum");
      bits.align();
      return bits.at;
    }
    if (mark !== BLOCK || rest !== 0x265359) corrupt("bzip2 block does not begin as it must");
    const from = out.length;
    readBlock(bits, room, out);
    const crc = crcOf(out.bytes, from, out.length);
    if (crc !== declared) corrupt("bzip2 block has a wrong checksum");
    combined = (((combined << 1) | (combined >>> 31)) ^ crc) >>> 0;
  }
}
