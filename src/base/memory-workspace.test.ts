import { Worker } from "node:worker_threads";
import { buildSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { inflate } from "../kernels/inflate.js";
import { CloudVolumeError, DecodingError } from "./errors.js";
import { createSharedMemory, createWorkspace, sharedWorkspace } from "./memory-workspace.js";
import type { Region } from "./workspace.js";

/** The padding that every region has of its own. */
const BEFORE = 16;
const AFTER = 320;

function overlap(regions: readonly Region[]): boolean {
  const sorted = [...regions].sort((a, b) => a.ptr - b.ptr);
  return sorted.some((r, i) => i > 0 && sorted[i - 1]!.ptr + sorted[i - 1]!.length + AFTER > r.ptr - BEFORE);
}

describe("workspace", () => {
  for (const memory of [undefined, createSharedMemory()])
    it(`gives padded, aligned regions in ${memory === undefined ? "private" : "shared"} memory`, () => {
      const ws = createWorkspace({ memory });
      const regions = [0, 1, 63, 64, 65, 100_000, 5_000_000].map((n) => ws.scratch(`r${n}`, n));
      regions.push(ws.allocate(1000), ws.allocate(1000));
      expect(overlap(regions)).toBe(false);
      for (const r of regions) {
        expect(r.ptr % 64).toBe(0);
        expect(r.ptr + r.length + AFTER).toBeLessThanOrEqual(ws.bytes().length);
      }
      expect(regions.map((r) => r.length)).toEqual([0, 1, 63, 64, 65, 100_000, 5_000_000, 1000, 1000]);
    });

  it("keeps a name's place until it has to grow, and uses old places again", () => {
    const ws = createWorkspace();
    const first = ws.scratch("a", 10_000);
    expect(ws.scratch("a", 500)).toEqual({ ptr: first.ptr, length: 500 });
    expect(ws.scratch("a", 10_000).ptr).toBe(first.ptr);
    const other = ws.scratch("b", 200);
    const grown = ws.scratch("a", 10_001);
    expect(overlap([other, grown, first])).toBe(false);
    expect(ws.allocate(9_000).ptr).toBe(first.ptr);
    const size = ws.bytes().length;
    for (let n = 0; n < 1000; n++) ws.release(ws.allocate(100_000));
    expect(ws.bytes().length - size).toBeLessThan(2_000_000);
  });

  it("does not give a released region out twice", () => {
    const ws = createWorkspace();
    const region = ws.allocate(1000);
    ws.release(region);
    ws.release(region);
    expect(overlap([ws.allocate(1000), ws.allocate(1000)])).toBe(false);
  });

  it("says when the memory is exhausted, and goes on", () => {
    for (const memory of [
      undefined,
      createSharedMemory(),
      new WebAssembly.Memory({ initial: 1, maximum: 40 }),
    ]) {
      const ws = createWorkspace({ memory });
      const attempt = () => ws.allocate(memory?.buffer instanceof ArrayBuffer ? 3_000_000 : 2 ** 32);
      expect(attempt).toThrow(CloudVolumeError);
      expect(attempt).toThrow(/exhausted.*4 GiB.*bytes asked for/);
      expect(() => ws.allocate(Number.NaN)).toThrow(/exhausted/);
      expect(ws.allocate(1000).length).toBe(1000);
    }
  });

  it("gives one workspace for each shared memory", () => {
    const memory = createSharedMemory();
    expect(sharedWorkspace(memory)).toBe(sharedWorkspace(memory));
    expect(sharedWorkspace(createSharedMemory())).not.toBe(sharedWorkspace(memory));
  });

  it("turns a trap into a DecodingError and goes on with a new instance", () => {
    const ws = createWorkspace();
    const kernel = ws.kernel(inflate);
    expect(ws.kernel(inflate)).toBe(kernel);
    const tables = ws.scratch("tables", kernel.tablesSize()).ptr;
    const outside = () => kernel.inflate(ws.bytes().length + 64, 100, tables, 10, tables);
    expect(outside).toThrow(DecodingError);
    expect(outside).toThrow(/A kernel stopped \(inflate.inflate\)/);
    const source = ws.scratch("source", 16);
    ws.bytes().set([0x01, 0x01, 0x00, 0xfe, 0xff, 0x2a], source.ptr);
    const target = ws.scratch("target", 1);
    expect(kernel.inflate(source.ptr, 6, target.ptr, 1, tables)).toBe(0);
    expect(ws.bytes()[target.ptr]).toBe(0x2a);
  });

  it("never gives threads the same place, while all of them grow the memory", async () => {
    const { outputFiles } = buildSync({
      stdin: {
        contents: `
          import { parentPort, workerData } from "node:worker_threads";
          import { sharedWorkspace } from "./memory-workspace.ts";
          const ws = sharedWorkspace(workerData.memory);
          const regions = [];
          for (let n = 0; n < 400; n++) regions.push(ws.allocate(1 + ((n * 7919) % 150000)));
          for (const r of regions) ws.bytes().fill(workerData.id, r.ptr, r.ptr + r.length);
          parentPort.postMessage(regions);`,
        resolveDir: import.meta.dirname,
        loader: "ts",
      },
      bundle: true,
      write: false,
      format: "cjs",
      platform: "node",
    });
    const memory = createSharedMemory();
    const code = outputFiles[0]!.text;
    const answers = await Promise.all(
      [1, 2, 3].map(
        (id) =>
          new Promise<Region[]>((resolve, reject) => {
            const worker = new Worker(code, { eval: true, workerData: { memory, id } });
            worker.once("message", resolve).once("error", reject);
          }),
      ),
    );
    expect(overlap(answers.flat())).toBe(false);
    const bytes = sharedWorkspace(memory).bytes();
    for (const [i, regions] of answers.entries())
      for (const { ptr, length } of regions) {
        expect(bytes[ptr]).toBe(i + 1);
        expect(bytes[ptr + length - 1]).toBe(i + 1);
      }
  });
});
