import { describe, expect, test } from "vitest";
import { random, someBytes } from "../../test/generators/random.js";
import { createSharedMemory, createWorkspace } from "../base/memory-workspace.js";
import { crc32cRegion } from "./crc32c-workspace.js";

/** Bit by bit, from the polynomial alone. */
function slow(bytes: Uint8Array, start = 0): number {
  let crc = ~start;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe.each([
  ["private", undefined],
  ["shared", createSharedMemory()],
] as const)("CRC-32C in %s memory", (_, memory) => {
  const ws = createWorkspace({ memory });
  const crc = (bytes: Uint8Array, start = 0): number => {
    const source = ws.allocate(bytes.length + 16);
    try {
      const at = source.ptr + (bytes.length % 16);
      ws.bytes().set(bytes, at);
      return crc32cRegion(ws, { ptr: at, length: bytes.length }, start);
    } finally {
      ws.release(source);
    }
  };

  test("known values", () => {
    expect(crc(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
    expect(crc(new Uint8Array(32))).toBe(0x8a9136aa); // RFC 3720, B.4.
    expect(crc(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    expect(crc(new Uint8Array(0))).toBe(0);
  });

  test("tables and the fold give the same at every length around their limits", () => {
    const rng = random(1);
    const bytes = someBytes(rng, 20_000);
    const lengths = [0, 1, 15, 16, 17, 3343, 4095, 4096, 4097, 4111, 4112, 6687, 6688, 6689, 7000, 10_031];
    for (let i = 0; i < 40; i++) lengths.push(rng(20_000));
    for (const n of lengths) expect(crc(bytes.subarray(0, n)), `${n} bytes`).toBe(slow(bytes.subarray(0, n)));
  });

  test("goes on from a checksum", () => {
    const bytes = someBytes(random(2), 15_000);
    for (const at of [0, 1, 4096, 9000, 15_000])
      expect(crc(bytes.subarray(at), crc(bytes.subarray(0, at)))).toBe(slow(bytes));
  });
});
