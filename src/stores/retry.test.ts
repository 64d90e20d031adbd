import { describe, expect, it, vi } from "vitest";
import { AbortError, AuthorizationError, ConflictError, StorageError, TimeoutError } from "../base/errors.js";
import { memStore, resetMemStores } from "./mem/index.js";
import {
  DEFAULT_RETRY,
  isTransient,
  retry,
  type Surroundings,
  transient,
  waitAfter,
  withRetry,
} from "./retry.js";
import { testStore } from "./testing.js";

/** Time that passes only in sleep, and chance that is always `random`. */
function virtual(random = 0.5): Surroundings & { readonly waits: number[] } {
  let time = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => time,
    random: () => random,
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
      time += milliseconds;
    },
  };
}

const busy = (wish?: number): StorageError =>
  transient(new StorageError("busy", { where: "key", got: "503" }), wish);

/** Fails with each error in turn, then works. */
function failing(...errors: readonly unknown[]): () => Promise<string> {
  let n = 0;
  return async () => {
    if (n < errors.length) throw errors[n++];
    return "done";
  };
}

describe("retry", () => {
  it("waits twice as long each time, up to the longest wait, at random below that", async () => {
    const surroundings = virtual(1);
    const errors = Array.from({ length: 11 }, () => busy());
    const policy = { tries: 12 };
    expect(await retry(failing(...errors), { surroundings, policy })).toBe("done");
    expect(surroundings.waits).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12800, 15000, 15000, 15000]);
    const lucky = virtual(0.25);
    await retry(failing(busy(), busy(), busy()), { surroundings: lucky });
    expect(lucky.waits).toEqual([25, 50, 100]);
  });

  it("gives up after seven tries, with the last error and their number", async () => {
    const surroundings = virtual();
    const attempt = vi.fn(failing(...Array.from({ length: 50 }, () => busy())));
    const error = await retry(attempt, { surroundings }).catch((e: unknown) => e);
    expect(attempt).toHaveBeenCalledTimes(7);
    expect(error).toBeInstanceOf(StorageError);
    expect((error as StorageError).message).toMatch(/busy \(key\): got 503, 7 times in \d/);
  });

  it("keeps the kind of error", async () => {
    const timeout = transient(new TimeoutError("slow"));
    await expect(retry(failing(timeout), { policy: { tries: 1 } })).rejects.toBe(timeout);
    const surroundings = virtual();
    const twice = retry(failing(timeout, timeout), { policy: { tries: 2 }, surroundings });
    await expect(twice).rejects.toThrow(TimeoutError);
  });

  it.each([
    ["an unmarked failure", new StorageError("disk")],
    ["a refusal", new AuthorizationError("no")],
    ["a conflict", new ConflictError("changed")],
    ["a defect", new TypeError("x is undefined")],
    ["something odd", "text"],
  ])("never repeats %s", async (_name, error) => {
    const attempt = vi.fn(failing(error));
    await expect(retry(attempt, { surroundings: virtual() })).rejects.toBe(error);
    expect(attempt).toHaveBeenCalledTimes(1);
    expect(isTransient(error)).toBe(false);
  });

  it.each([
    ["none", undefined, 1, 50],
    ["a short one", 20, 1, 50],
    ["a long one", 5_000, 1, 5_000],
    ["one beyond the limit", 10 ** 9, 1, 120_000],
    ["at once", 0, 1, 0],
    ["at once, but it failed again", 0, 2, 100],
  ])("the server's wish to wait: %s", (_name, wish, failures, expected) => {
    expect(waitAfter(failures, wish, DEFAULT_RETRY, () => 0.5)).toBe(expected);
  });

  it("begins no attempt after the deadline", async () => {
    const surroundings = virtual();
    const attempt = vi.fn(failing(...Array.from({ length: 50 }, () => busy(100_000))));
    await expect(retry(attempt, { surroundings })).rejects.toThrow(/2 times in 100.0 s/);
    expect(surroundings.waits).toEqual([100_000]);
  });

  it("stops waiting when aborted, in real time", async () => {
    const controller = new AbortController();
    const running = retry(failing(busy(60_000)), { signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    await expect(running).rejects.toThrow(AbortError);
    await expect(retry(failing(), { signal: AbortSignal.abort() })).rejects.toThrow(AbortError);
  });

  it("calls an attempt that fails because of an abort aborted", async () => {
    const controller = new AbortController();
    const attempt = async (): Promise<void> => {
      controller.abort();
      throw busy();
    };
    await expect(retry(attempt, { signal: controller.signal })).rejects.toThrow(AbortError);
  });

  it("spreads many clients over time", () => {
    let state = 7;
    const random = (): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return state / 2 ** 32;
    };
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 1000; i++)
      buckets[Math.floor(waitAfter(5, undefined, DEFAULT_RETRY, random) / 160)]!++;
    expect(Math.max(...buckets)).toBeLessThan(200);
    expect(Math.min(...buckets)).toBeGreaterThan(50);
  });
});

describe("a store with retry", () => {
  testStore("keeps the contract", async () => {
    resetMemStores();
    return { store: withRetry(memStore("mem://bucket/layer")) };
  });

  it("repeats reads, stats, writes and removals, but no conditional write", async () => {
    resetMemStores();
    const inner = memStore("mem://bucket/layer");
    const counts: Record<string, number> = {};
    const flaky =
      <A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        counts[name] = (counts[name] ?? 0) + 1;
        if (counts[name] === 1) throw busy();
        return await call(...args);
      };
    const store = withRetry(
      {
        ...inner,
        read: flaky("read", inner.read),
        stat: flaky("stat", inner.stat),
        write: flaky("write", inner.write),
        remove: flaky("remove", inner.remove),
      },
      { surroundings: virtual() },
    );
    await store.write!("key", Uint8Array.of(1));
    expect((await store.read("key"))?.bytes).toEqual(Uint8Array.of(1));
    expect((await store.stat("key"))?.size).toBe(1);
    await store.remove!("key");
    expect(counts).toEqual({ write: 2, read: 2, stat: 2, remove: 2 });
    counts.write = 0;
    await expect(store.write!("key", Uint8Array.of(1), { ifVersion: null })).rejects.toThrow("busy");
    expect(counts.write).toBe(1);
  });
});
