/** npz files put together and damaged by hand, for tests and fuzzing. */
import { deflateSync, inflateSync } from "node:zlib";
import { concat, mutate, type Random } from "../testing-chunks.js";

/** A .npy header of version 1 with any dictionary. */
export function npyFile(dict: string): Uint8Array {
  const text = `${dict.padEnd(Math.ceil((dict.length + 11) / 64) * 64 - 11)}\n`;
  const start = Uint8Array.of(
    0x93,
    ...[..."NUMPY"].map((c) => c.charCodeAt(0)),
    1,
    0,
    text.length & 255,
    text.length >> 8,
  );
  return concat(
    start,
    Uint8Array.from(text, (c) => c.charCodeAt(0)),
  );
}

/** Makes the checksum fit. */
export function repairNpz(bytes: Uint8Array): Uint8Array {
  try {
    return new Uint8Array(
      deflateSync(inflateSync(bytes.subarray(0, -4), { finishFlush: 2, maxOutputLength: 2 ** 22 })),
    );
  } catch {
    return bytes;
  }
}

/** Damages the .npy file within: its header mostly. */
export function mutateNpy(bytes: Uint8Array, random: Random): Uint8Array {
  const file = new Uint8Array(inflateSync(bytes));
  const to = random() < 0.7 ? 128 : file.length;
  return new Uint8Array(
    deflateSync(concat(mutate(file.subarray(0, to), random), file.subarray(to)), { level: 1 }),
  );
}
