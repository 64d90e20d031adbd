import { describe, expect, it } from "vitest";
import { AbortError, StorageError } from "../base/errors.js";
import { runsOf, withCoalescing } from "./coalesce.js";
import { withHedging } from "./hedge.js";
import { memStore, resetMemStores } from "./mem/index.js";
import { recordRequests } from "./record.js";
import type { Store } from "./store.js";
import { testStore } from "./testing.js";

const CONTENT = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
async function filled(): Promise<Store> {
  resetMemStores();
  const { readSync: _sync, ...store } = memStore("mem://bucket/layer");
  await store.write!("key", CONTENT);
  return store;
}
const part = (offset: number, length: number): { range: { offset: number; length: number } } => ({
  range: { offset, length },
});

describe("a store that joins parts", () => {
  testStore("keeps the contract", async () => {
    resetMemStores();
    return { store: withCoalescing(memStore("mem://bucket/layer")) };
  });

  it("asks once for what is asked for at the same time", async () => {
    const recorded = recordRequests(await filled());
    const store = withCoalescing(recorded.store, { gap: 16 });
    const parts = [
      part(0, 10),
      part(10, 10),
      part(25, 5),
      part(500, 10),
      part(505, 20),
      part(990, 50),
      part(0, 10),
    ];
    const all = await Promise.all(parts.map((how) => store.read("key", how)));
    for (const [i, { range }] of parts.entries())
      expect(all[i]).toMatchObject({
        bytes: CONTENT.subarray(range.offset, range.offset + range.length),
        totalSize: 1000,
      });
    expect(recorded.requests.map((r) => r.range)).toEqual([
      { offset: 0, length: 30 },
      { offset: 500, length: 25 },
      { offset: 990, length: 50 },
    ]);
    // Each has bytes of its own, or in its own place.
    all[0]!.bytes.fill(7);
    expect(all[6]!.bytes).toEqual(CONTENT.subarray(0, 10));
    const memory = new Uint8Array(100);
    await Promise.all([
      store.read("key", part(0, 4)),
      store.read("key", { ...part(4, 4), into: () => memory.subarray(50, 54) }),
    ]);
    expect(memory.subarray(50, 55)).toEqual(Uint8Array.of(4, 5, 6, 7, 0));
  });

  it("keeps keys, versions, suffixes and whole objects apart, and large parts alone", async () => {
    const recorded = recordRequests(await filled());
    const store = withCoalescing(recorded.store, { most: 100 });
    await store.write!("other", CONTENT);
    recorded.clear();
    await Promise.all([
      store.read("key", part(0, 10)),
      store.read("other", part(10, 10)),
      store.read("key", { range: { suffixLength: 5 } }),
      store.read("key"),
      store.read("key", part(20, 90)),
      store.read("key", part(10, 400)),
    ]);
    expect(recorded.requests.length).toBe(6);
    expect(
      runsOf([part(5, 5).range, part(0, 5).range, part(200, 5).range], 0, 99).map((r) => r.length),
    ).toEqual([2, 1]);
  });

  it("fails for all of them, and goes on until the last one has gone", async () => {
    const seen: AbortSignal[] = [];
    const inner: Store = {
      ...(await filled()),
      read: (_key, how) =>
        new Promise((_resolve, reject) => {
          seen.push(how!.signal!);
          how?.signal?.addEventListener("abort", () => reject(new StorageError("aborted below")));
        }),
    };
    const store = withCoalescing(inner);
    const [a, b] = [new AbortController(), new AbortController()];
    const reads = [a, b].map((c, i) =>
      store.read("key", { ...part(i * 5, 5), signal: c.signal }).catch((e: unknown) => e),
    );
    await new Promise((resolve) => setTimeout(resolve, 1));
    a.abort();
    expect(await reads[0]).toBeInstanceOf(AbortError);
    expect(seen.map((s) => s.aborted)).toEqual([false]);
    b.abort();
    expect(await reads[1]).toBeInstanceOf(AbortError);
    expect(seen.map((s) => s.aborted)).toEqual([true]);
    const failing = withCoalescing({ ...inner, read: async () => Promise.reject(new StorageError("no")) });
    const both = await Promise.allSettled([failing.read("key", part(0, 1)), failing.read("key", part(1, 1))]);
    expect(both.map((r) => r.status)).toEqual(["rejected", "rejected"]);
    await expect(store.read("key", { ...part(0, 1), signal: AbortSignal.abort() })).rejects.toThrow(
      AbortError,
    );
  });
});

describe("a store that asks twice", () => {
  testStore("keeps the contract", async () => {
    resetMemStores();
    return { store: withHedging(memStore("mem://bucket/layer")) };
  });

  /** Every `nth` request takes `slow` milliseconds. */
  async function slowed(
    nth: number,
    slow: number,
  ): Promise<{ store: Store; count: () => number; aborted: () => number }> {
    const inner = await filled();
    let [n, aborted] = [0, 0];
    const store: Store = {
      ...inner,
      read: async (key, how) => {
        const isSlow = ++n % nth === 0;
        await new Promise<void>((resolve, reject) => {
          const timer = setTimeout(resolve, isSlow ? slow : 1);
          how?.signal?.addEventListener("abort", () => {
            if (isSlow) aborted++;
            clearTimeout(timer);
            reject(new AbortError("aborted below"));
          });
        });
        return await inner.read(key, how);
      },
    };
    return { store, count: () => n, aborted: () => aborted };
  }

  it("does not wait for the slowest, at 5 % more requests", async () => {
    const { store, count, aborted } = await slowed(50, 3000);
    const hedged = withHedging(store);
    const start = performance.now();
    const memory = new Uint8Array(10);
    for (let i = 0; i < 201; i++) {
      const stored = await hedged.read("key", { ...part(i, 10), into: () => memory });
      expect(stored?.bytes).toEqual(CONTENT.subarray(i, i + 10));
      expect(stored?.bytes.buffer).toBe(memory.buffer);
    }
    expect(aborted()).toBeGreaterThanOrEqual(3);
    expect(performance.now() - start).toBeLessThan(3000);
    expect(count()).toBeLessThanOrEqual(201 * 1.05 + 1);
  });

  it("goes on with the first where the second fails, and gives up when aborted", async () => {
    const inner = await filled();
    let n = 0;
    const store: Store = {
      ...inner,
      read: async (key, how) => {
        const mine = ++n;
        if (mine === 31) await new Promise((resolve) => setTimeout(resolve, 60));
        if (mine === 32) throw new StorageError("the second one failed");
        return await inner.read(key, how);
      },
    };
    const hedged = withHedging(store);
    for (let i = 0; i < 31; i++) expect((await hedged.read("key"))?.bytes).toEqual(CONTENT);
    const controller = new AbortController();
    const { store: slow } = await slowed(1, 3000);
    const waiting = withHedging(slow).read("key", { signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toThrow(AbortError);
  });
});
