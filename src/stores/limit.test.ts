import { describe, expect, it } from "vitest";
import { AbortError } from "../base/errors.js";
import { Limiter, withLimit } from "./limit.js";
import { memStore, resetMemStores } from "./mem/index.js";
import { recordRequests } from "./record.js";
import { testStore } from "./testing.js";

/** Work that is over when told so. */
function held(): { work: () => Promise<number>; end: (value: number) => void; started: () => boolean } {
  let started = false;
  let end: (value: number) => void = () => undefined;
  const promise = new Promise<number>((resolve) => {
    end = resolve;
  });
  return {
    work: () => {
      started = true;
      return promise;
    },
    end: (value) => end(value),
    started: () => started,
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a limiter", () => {
  it("runs as many as allowed, the others in their order", async () => {
    const limiter = new Limiter(2);
    const works = [held(), held(), held(), held()];
    const results = works.map((w) => limiter.run(w.work));
    await settle();
    expect(works.map((w) => w.started())).toEqual([true, true, false, false]);
    works[1]!.end(1);
    await settle();
    expect(works.map((w) => w.started())).toEqual([true, true, true, false]);
    works[0]!.end(0);
    works[2]!.end(2);
    works[3]!.end(3);
    expect(await Promise.all(results)).toEqual([0, 1, 2, 3]);
    expect(limiter.running).toBe(0);
  });

  it("gives a failed one's place to the next", async () => {
    const limiter = new Limiter(1);
    const failed = limiter.run(async () => {
      throw new Error("no");
    });
    const next = limiter.run(async () => 5);
    await expect(failed).rejects.toThrow("no");
    expect(await next).toBe(5);
    expect(limiter.running).toBe(0);
  });

  it("forgets the aborted", async () => {
    const limiter = new Limiter(1);
    const first = held();
    const running = limiter.run(first.work);
    const controller = new AbortController();
    const second = held();
    const waiting = limiter.run(second.work, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toThrow(AbortError);
    await expect(limiter.run(second.work, AbortSignal.abort())).rejects.toThrow(AbortError);
    first.end(1);
    await running;
    expect(second.started()).toBe(false);
    expect(limiter.running).toBe(0);
    expect(await limiter.run(async () => 7)).toBe(7);
  });

  it("never runs more than allowed, whatever comes and goes", async () => {
    const limiter = new Limiter(3);
    let now = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++now);
      await settle();
      now--;
    };
    await Promise.all(Array.from({ length: 50 }, () => limiter.run(work)));
    expect(most).toBe(3);
  });
});

testStore("a store with a limit, recorded", async () => {
  resetMemStores();
  return { store: withLimit(recordRequests(memStore("mem://bucket/layer")).store, 3) };
});

describe("a recorded store", () => {
  it("counts requests and bytes", async () => {
    resetMemStores();
    const { store, requests, bytes, clear } = recordRequests(memStore("mem://bucket/layer"));
    await store.write!("a/key", new Uint8Array(10));
    store.writeSync!("a/other", new Uint8Array(5));
    await store.read("a/key", { range: { offset: 2, length: 3 } });
    store.readSync!("a/key");
    await store.read("a/none");
    await store.stat("a/key");
    await store.remove!("a/other");
    for await (const key of store.list!("a/")) expect(key).toBe("a/key");
    expect(requests.map((r) => [r.kind, r.key, r.bytes])).toEqual([
      ["write", "a/key", 10],
      ["write", "a/other", 5],
      ["read", "a/key", 3],
      ["read", "a/key", 10],
      ["read", "a/none", 0],
      ["stat", "a/key", 0],
      ["remove", "a/other", 0],
      ["list", "a/", 0],
    ]);
    expect(bytes("read")).toBe(13);
    expect(bytes("write")).toBe(15);
    clear();
    expect(requests).toEqual([]);
  });
});
