/** N5's lz4: the blocks of lz4-java's LZ4BlockOutputStream, each with a header and a checksum. */
import { blosc as kernel } from "../../kernels/blosc.js";
import { type ByteCodec, corruptBytes, integerOf, tooLong } from "./byte-codec.js";
import { packLz4 } from "./pack.js";
import { xxh32 } from "./xxh32.js";

const MAGIC = new TextEncoder().encode("LZ4Block");
const HEADER = MAGIC.length + 13;
const STORED = 0x10;
const PACKED = 0x20;
const SEED = 0x9747b28c;
/** lz4-java keeps 28 bits of the checksum. */
const KEPT = 0x0fffffff;

export const lz4Block: ByteCodec = {
  decode(ws, source, { limit, scratch }) {
    const broken = (expected: string, got: string): Error => corruptBytes("lz4", expected, got);
    let out = ws.scratch(scratch, limit);
    let at = 0;
    let length = 0;
    while (at < source.length) {
      if (source.length - at < HEADER) throw broken("a block's header", `${source.length - at} bytes`);
      const view = new DataView(ws.memory.buffer, source.ptr + at, HEADER);
      if (MAGIC.some((m, i) => view.getUint8(i) !== m)) throw broken("LZ4Block", "other bytes");
      const method = view.getUint8(8) & 0xf0;
      const packed = view.getUint32(9, true);
      const size = view.getUint32(13, true);
      const sum = view.getUint32(17, true);
      at += HEADER;
      if (packed > source.length - at) throw broken(`a block of ${packed} bytes`, `${source.length - at}`);
      if (size > limit - length) throw tooLong("lz4", limit);
      if (method === STORED && packed === size)
        ws.bytes().copyWithin(out.ptr + length, source.ptr + at, source.ptr + at + packed);
      else if (method === PACKED) {
        const written = ws.kernel(kernel).lz4Decode(source.ptr + at, packed, out.ptr + length, size, 0);
        if (size > 0 && written !== size) throw broken(`${size} bytes`, "a broken block");
      } else throw broken("a stored or packed block", `method ${method}`);
      const content = ws.bytes().subarray(out.ptr + length, out.ptr + length + size);
      if (size > 0 && (xxh32(content, SEED) & KEPT) !== sum) throw broken("its checksum", "another one");
      at += packed;
      length += size;
      if (size === 0 && at !== source.length) throw broken("nothing behind the last block", "more bytes");
    }
    out = { ptr: out.ptr, length };
    return out;
  },
  encode(ws, bytes, config) {
    const blockSize = integerOf(config, "blockSize", 65536, 64, 1 << 25);
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += blockSize) {
      const plain = bytes.subarray(at, at + blockSize);
      const packed = packLz4(ws, plain, plain.length);
      const body = packed === undefined || packed.length >= plain.length ? plain : packed;
      parts.push(header(body === plain ? STORED : PACKED, blockSize, body.length, plain), body);
    }
    parts.push(header(STORED, blockSize, 0, new Uint8Array(0)));
    const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let to = 0;
    for (const part of parts) {
      out.set(part, to);
      to += part.length;
    }
    return out;
  },
};

function header(method: number, blockSize: number, packed: number, plain: Uint8Array): Uint8Array {
  const out = new Uint8Array(HEADER);
  out.set(MAGIC);
  const view = new DataView(out.buffer);
  view.setUint8(8, method | Math.max(0, 32 - Math.clz32(blockSize - 1) - 10));
  view.setUint32(9, packed, true);
  view.setUint32(13, plain.length, true);
  view.setUint32(17, plain.length === 0 ? 0 : xxh32(plain, SEED) & KEPT, true);
  return out;
}
