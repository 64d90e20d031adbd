import type { Workspace } from "../../base/workspace.js";

/** Writes numbers of 1, 2, 4 or 8 bytes, one list behind the other, from `at` on. The function returns the end. */
export function numberWriter(
  ws: Workspace,
  at: number,
): (values: Iterable<number | bigint>, bytes: number) => number {
  const view = new DataView(ws.memory.buffer);
  return (values, bytes) => {
    for (const value of values) {
      if (bytes === 8) view.setBigUint64(at, BigInt(value), true);
      else if (bytes === 4) view.setUint32(at, Number(value), true);
      else if (bytes === 2) view.setUint16(at, Number(value), true);
      else view.setUint8(at, Number(value));
      at += bytes;
    }
    return at;
  };
}

/** Bytes of the largest of `values` (0 if there is none): 1, 2, 4 or 8. */
export function bytesForAll(values: Iterable<bigint>): number {
  let most = 0n;
  for (const value of values) if (value > most) most = value;
  return most < 1n << 8n ? 1 : most < 1n << 16n ? 2 : most < 1n << 32n ? 4 : 8;
}
