/** numcodecs' LZ4: the size in four bytes, then one block. */
import { blosc as kernel } from "../../kernels/blosc.js";
import { type ByteCodec, corruptBytes, tooLong } from "./byte-codec.js";
import { packLz4 } from "./pack.js";

export const lz4: ByteCodec = {
  decode(ws, source, { limit, scratch }) {
    if (source.length < 4) throw corruptBytes("lz4", "a size of four bytes", `${source.length} bytes`);
    const size = new DataView(ws.memory.buffer).getUint32(source.ptr, true);
    if (size > limit) throw tooLong("lz4", limit);
    const out = ws.scratch(scratch, size);
    const written = ws.kernel(kernel).lz4Decode(source.ptr + 4, source.length - 4, out.ptr, size, 0);
    if (written !== size)
      throw corruptBytes("lz4", `${size} bytes`, written < 0 ? "a broken block" : `${written}`);
    return out;
  },
  encode(ws, bytes) {
    const block = packLz4(ws, bytes, bytes.length + Math.ceil(bytes.length / 255) + 16) ?? new Uint8Array(0);
    const out = new Uint8Array(4 + block.length);
    new DataView(out.buffer).setUint32(0, bytes.length, true);
    out.set(block, 4);
    return out;
  },
};
