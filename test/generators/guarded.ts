import type { Region, Workspace } from "../../src/base/workspace.js";

const GUARD = 512;

/** A region between bytes of a known value, to see whether a kernel wrote outside of it. */
export interface Guarded extends Region {
  bytes(): Uint8Array;
  /** Throws if a byte outside the region changed. */
  check(): void;
}

/** `content`, or `length` bytes of the guard's value, at any alignment. */
export function guarded(
  ws: Workspace,
  name: string,
  content: Uint8Array | number,
  guard = 0xa5,
  shift = 0,
): Guarded {
  const length = typeof content === "number" ? content : content.length;
  const all = ws.scratch(name, length + 2 * GUARD + shift);
  const start = all.ptr + GUARD + shift;
  ws.bytes().fill(guard, all.ptr, all.ptr + all.length);
  if (typeof content !== "number") ws.bytes().set(content, start);
  return {
    ptr: start,
    length,
    bytes: () => ws.bytes().subarray(start, start + length),
    check() {
      const bytes = ws.bytes();
      const end = all.ptr + all.length;
      for (let i = all.ptr; i < end; i = i + 1 === start ? start + length : i + 1)
        if (bytes[i] !== guard)
          throw new Error(`Byte ${i - start} of "${name}" (${length} bytes) was overwritten`);
    },
  };
}
