/** Compares the inflate kernel with itself, called once and called with little room at a time. */
import type { MemoryWorkspace } from "../base/memory-workspace.js";
import { inflate } from "../kernels/inflate.js";
import { inflateRegion } from "./gunzip-workspace.js";

/** The longest match: with less room than that a call may make nothing. */
const LEAST_ROOM = 258;

/** @returns what differs between one call and many with random room, if anything. `random`: whole numbers below. */
export function differsInSteps(
  ws: MemoryWorkspace,
  input: Uint8Array,
  capacity: number,
  random: (below: number) => number,
): string | undefined {
  const source = ws.allocate(input.length);
  const [once, steps] = [ws.allocate(capacity), ws.allocate(capacity + 1)];
  try {
    ws.bytes().set(input, source.ptr);
    const expected = inflateRegion(ws, source, once);
    ws.bytes()[steps.ptr + capacity] = 0xa5;
    const kernel = ws.kernel(inflate);
    const tables = ws.scratch("inflate.tables", kernel.tablesSize()).ptr;
    let [status, consumed, produced] = [2, 0, 0];
    for (let first = true, room = 0; status === 2 && (first || room < capacity); first = false) {
      room = Math.min(capacity, produced + LEAST_ROOM + random(700));
      const [from, left, to] = [source.ptr + consumed, input.length - consumed, steps.ptr + produced];
      const history = Math.min(produced, 32768);
      status = first
        ? kernel.inflate(from, left, to, room - produced, tables)
        : kernel.resume(from, left, to, room - produced, history, tables);
      const result = new Int32Array(ws.memory.buffer, tables, 2);
      consumed += result[0]!;
      produced += result[1]!;
    }
    const bytes = ws.bytes();
    if (bytes[steps.ptr + capacity] !== 0xa5) return "a byte behind the target was written";
    if (status !== expected.status) return `status ${status} instead of ${expected.status}`;
    if (produced > capacity || consumed > input.length) return `consumed ${consumed}, produced ${produced}`;
    if (status === 0 && (consumed !== expected.consumed || produced !== expected.produced))
      return `consumed ${consumed}, produced ${produced} instead of ${expected.consumed}, ${expected.produced}`;
    for (let i = 0; i < Math.min(produced, expected.produced); i++)
      if (bytes[steps.ptr + i] !== bytes[once.ptr + i]) return `byte ${i} differs`;
    return undefined;
  } finally {
    for (const region of [source, once, steps]) ws.release(region);
  }
}
