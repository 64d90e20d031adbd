/** Kernels for shared memory: the same code as for private memory, that imports another memory. */

/** The section of imports (https://webassembly.github.io/spec/core/binary/modules.html). */
const IMPORTS = 2;
/** One import, `env.memory`: shared, from 1 page on to 65,536. */
const SHARED = [
  1, 3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 3, 1, 0x80, 0x80, 4,
] as const;

/** A module whose only import is a private memory, with a shared one in its place. */
export function forSharedMemory(wasm: Uint8Array): Uint8Array<ArrayBuffer> {
  for (let at = 8; at < wasm.length; ) {
    const [length, start] = uint(wasm, at + 1);
    const end = start + length;
    if (wasm[at] === IMPORTS) {
      const section = [IMPORTS, SHARED.length, ...SHARED];
      const out = new Uint8Array(at + section.length + wasm.length - end);
      out.set(wasm.subarray(0, at));
      out.set(section, at);
      out.set(wasm.subarray(end), at + section.length);
      return out;
    }
    at = end;
  }
  throw new TypeError("a kernel imports no memory");
}

/** An unsigned number in LEB128. @returns it, and where the next byte is. */
function uint(bytes: Uint8Array, from: number): readonly [value: number, next: number] {
  let value = 0;
  let at = from;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}
