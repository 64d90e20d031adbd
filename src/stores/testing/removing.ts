import { describe, expect } from "vitest";
import { AbortError, ArgumentError } from "../../base/errors.js";
import type { Harness } from "./harness.js";
import { BAD_KEYS, bytesOf, ESCAPES } from "./samples.js";

/** Removing one object, and many. */
export function testRemoving(h: Harness): void {
  describe("removing", () => {
    h.it("what is not there is no error", async () => {
      await h.store.remove!("nothing");
      await h.store.remove!("no/folder/at/all");
      await h.store.write!("key", bytesOf(5));
      await h.store.remove!("key");
      await h.store.remove!("key");
      await h.store.remove!("key/below");
      expect(await h.content("key")).toBeUndefined();
      await h.store.write!("key", bytesOf(6));
      expect(await h.content("key")).toEqual(bytesOf(6));
    });

    h.it("leaves all others", async () => {
      for (const key of ["a/b", "a/bc", "a", "ab"].filter((k) => k !== "a")) await h.put(key, bytesOf(4));
      await h.store.remove!("a/b");
      await h.store.remove!("a");
      expect(await h.content("a/b")).toBeUndefined();
      expect(await h.content("a/bc")).toEqual(bytesOf(4));
      expect(await h.content("ab")).toEqual(bytesOf(4));
    });

    for (const compression of h.compressions) {
      h.it(`what is in ${compression}`, async () => {
        await h.put("key", bytesOf(20, 1, compression), compression);
        await h.store.remove!("key");
        expect(await h.store.read("key")).toBeUndefined();
        expect(await h.store.stat("key")).toBeUndefined();
      });
    }

    for (const key of [...BAD_KEYS, ...ESCAPES]) {
      h.it(`refuses ${JSON.stringify(key)}`, async () => {
        await expect(h.store.remove!(key)).rejects.toThrow(ArgumentError);
      });
    }

    if (!h.removesMany) {
      h.lacks("removing many by one request", () => {
        expect(h.store.removeAll).toBeUndefined();
      });
      return;
    }

    h.it("many: there or not, whatever they are called", async () => {
      for (const key of h.oddKeys) await h.put(key, bytesOf(4));
      await h.put("stays", bytesOf(4));
      await h.store.removeAll!([...h.oddKeys, "never/there"]);
      for (const key of h.oddKeys) expect(await h.content(key), key).toBeUndefined();
      expect(await h.content("stays")).toEqual(bytesOf(4));
      await h.store.removeAll!([]);
    });

    h.it("many hundreds", async () => {
      const keys = Array.from({ length: h.many }, (_, i) => `many/${i}`);
      for (let at = 0; at < keys.length; at += 50)
        await Promise.all(keys.slice(at, at + 50).map((key) => h.put(key, bytesOf(1))));
      await h.store.removeAll!(keys.slice(1));
      expect(await h.listed("")).toEqual(["many/0"]);
    });

    h.it("many, none of them if a key is none or the signal is aborted", async () => {
      await h.put("a", bytesOf(4));
      await expect(h.store.removeAll!(["a", "../b"])).rejects.toThrow(ArgumentError);
      await expect(h.store.removeAll!(["a"], { signal: AbortSignal.abort() })).rejects.toThrow(AbortError);
      expect(await h.content("a")).toEqual(bytesOf(4));
    });
  });
}
