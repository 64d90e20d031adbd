import { expect, it } from "vitest";
import { ConflictError, StorageError } from "../base/errors.js";
import { withLostReplies } from "./lost-reply.js";
import { memStore, resetMemStores } from "./mem/index.js";
import { transient, withRetry } from "./retry.js";
import type { Store } from "./store.js";

const QUICK = { surroundings: { now: () => 0, random: () => 0, sleep: async () => undefined } };

/** A store whose answers to writes are lost now and then: before the server has acted, or after. */
function losing(store: Store, chance: () => number): { store: Store; lost: () => number } {
  let lost = 0;
  const drop = (): never => {
    lost++;
    throw transient(new StorageError("the connection broke"));
  };
  return {
    lost: () => lost,
    store: {
      ...store,
      write: async (key, bytes, how) => {
        await Promise.resolve();
        if (chance() < 0.1) drop();
        await store.write!(key, bytes, how);
        if (chance() < 0.5) drop();
      },
    },
  };
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

it("1,000 lost replies: no false conflict, nothing twice", async () => {
  resetMemStores();
  const inner = losing(memStore("mem://bucket/layer"), seeded(5));
  const store = withLostReplies(withRetry(inner.store, QUICK), QUICK);
  let version: string | null = null;
  for (let n = 0; inner.lost() < 1000; n++) {
    const bytes = new TextEncoder().encode(`state ${n}`);
    // The only writer there is: any conflict would be a false one.
    await store.write!("key", bytes, { ifVersion: version });
    const now = await store.read("key");
    expect(now?.bytes).toEqual(bytes);
    version = now?.version ?? null;
  }
});

// Whose write came through may see a conflict if another writer came after it, before the lost reply was asked about:
// changes are applied anew to what is there, as those to info files and shards are, so that twice is once.
it("with other writers: no change is lost, and real conflicts are told", async () => {
  resetMemStores();
  const shared = memStore("mem://bucket/layer");
  let conflicts = 0;
  let lost = 0;
  const writer = async (w: number): Promise<void> => {
    const inner = losing(shared, seeded(w + 1));
    const store = withLostReplies(withRetry(inner.store, QUICK), QUICK);
    for (let n = 0; n < 60; n++) {
      for (;;) {
        const now = await store.read("key");
        const text = now === undefined ? "" : new TextDecoder().decode(now.bytes);
        if (text.includes(` ${w}:${n} `)) break;
        try {
          const bytes = new TextEncoder().encode(`${text || " "}${w}:${n} `);
          await store.write!("key", bytes, { ifVersion: now?.version ?? null });
          break;
        } catch (error) {
          expect(error).toBeInstanceOf(ConflictError);
          conflicts++;
        }
      }
    }
    lost += inner.lost();
  };
  await Promise.all([0, 1, 2, 3].map(writer));
  const words = new TextDecoder()
    .decode((await shared.read("key"))!.bytes)
    .trim()
    .split(" ");
  expect(conflicts).toBeGreaterThan(10);
  expect(lost).toBeGreaterThan(100);
  expect(new Set(words).size).toBe(240);
  expect(words.length).toBe(240);
});
