import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../base/errors.js";
import type { Harness } from "./harness.js";
import { bytesOf, ODD_KEYS } from "./samples.js";

/** Logical keys by prefix. */
export function testListing(h: Harness): void {
  describe("listing", () => {
    it("gives exactly the keys with the prefix, each once, in order", async () => {
      const keys = ["a", "a-b", "a/b", "a/b/c", "a/bc", "ab", "b/a", "b/a.txt", "c/deep/er/x"];
      for (const [i, key] of keys.entries())
        await h.put(key.replace(/^a$/, "a-"), bytesOf(3), h.compressions[i % h.compressions.length]);
      const all = keys
        .map((key) => key.replace(/^a$/, "a-"))
        .filter((key) => key !== "a/b")
        .sort();
      expect(all.length).toBe(8);
      await h.store.remove?.("a/b");
      for (const prefix of [
        "",
        "a",
        "a-",
        "a/",
        "a/b",
        "a/b/",
        "a/bc",
        "b",
        "b/",
        "b/a",
        "b/a.",
        "c/deep/e",
        "d",
        "a/b/c/d",
        "A",
      ])
        expect(await h.listed(prefix), prefix).toEqual(all.filter((key) => key.startsWith(prefix)));
    });

    it("gives logical names of compressed objects", async () => {
      for (const compression of h.compressions) await h.put(`folder/${compression}`, bytesOf(3), compression);
      expect(await h.listed("folder/")).toEqual(h.compressions.map((c) => `folder/${c}`).sort());
    });

    it("gives odd keys as they were", async () => {
      for (const key of ODD_KEYS) await h.put(key, bytesOf(3));
      expect(await h.listed("")).toEqual([...ODD_KEYS].sort());
    });

    it("gives nothing for an empty store, and stops when asked to", async () => {
      expect(await h.listed("")).toEqual([]);
      for (let i = 0; i < 5; i++) await h.put(`k${i}`, bytesOf(1));
      for await (const key of h.store.list!("")) {
        expect(key).toBe("k0");
        break;
      }
    });

    it("refuses prefixes that lead out", async () => {
      await expect(h.listed("../")).rejects.toThrow(ArgumentError);
    });
  });
}
