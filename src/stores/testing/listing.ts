import { describe, expect } from "vitest";
import { AbortError, ArgumentError } from "../../base/errors.js";
import type { Compression } from "../../compression/compression.js";
import type { Harness } from "./harness.js";
import { bytesOf } from "./samples.js";

/** Logical keys by prefix. */
export function testListing(h: Harness): void {
  describe("listing", () => {
    h.it("gives exactly the keys with the prefix, each once, in order", async () => {
      await put(h, "a/b", "none");
      await h.store.remove?.("a/b");
      const keys = ["a", "a-b", "a/b/c", "a/bc", "ab", "b/a", "b/a.txt", "c/deep/er/x"];
      for (const [i, key] of keys.entries())
        await put(h, key.replace(/^a$/, "a-"), h.compressions[i % h.compressions.length]!);
      const all = keys.map((key) => key.replace(/^a$/, "a-")).sort();
      expect(all.length).toBe(8);
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

    h.it("gives logical names of compressed objects", async () => {
      for (const compression of h.compressions) await put(h, `folder/${compression}`, compression);
      expect(await h.listed("folder/")).toEqual(h.compressions.map((c) => `folder/${c}`).sort());
    });

    for (const [title, prefix, expected] of [
      ["all", "", ["a b/x", "a%20b/x", "a+b/x", "a.b/x", "ab"]],
      ["a space", "a ", ["a b/x"]],
      ["a percent sign", "a%", ["a%20b/x"]],
      ["a plus", "a+", ["a+b/x"]],
      ["a dot", "a.", ["a.b/x"]],
      ["a folder with a plus", "a+b/", ["a+b/x"]],
      ["a folder that is only another's beginning", "a/", []],
      ["a whole key", "ab", ["ab"]],
      ["more than a key", "abc", []],
    ] as const) {
      h.it(`by a prefix with ${title}`, async () => {
        for (const key of ["ab", "a b/x", "a+b/x", "a%20b/x", "a.b/x"]) await h.put(key, bytesOf(3));
        expect(await h.listed(prefix)).toEqual(expected);
      });
    }

    h.it("of many objects, each once, in order", async () => {
      const keys = Array.from({ length: h.many }, (_, i) => `many/${String(i).padStart(5, "0")}`);
      for (let at = 0; at < keys.length; at += 50)
        await Promise.all(keys.slice(at, at + 50).map((key) => h.put(key, bytesOf(1))));
      expect(await h.listed("many/")).toEqual(keys);
      expect(await h.listed("")).toEqual(keys);
    });

    h.it("does not go on after an abort", async () => {
      for (let i = 0; i < 5; i++) await h.put(`k${i}`, bytesOf(1));
      const controller = new AbortController();
      const list = h.store.list!("", { signal: controller.signal })[Symbol.asyncIterator]();
      expect(await list.next()).toEqual({ done: false, value: "k0" });
      controller.abort();
      await expect(list.next()).rejects.toThrow(AbortError);
    });

    h.it("gives odd keys as they were", async () => {
      for (const key of h.oddKeys) await h.put(key, bytesOf(3));
      expect(await h.listed("")).toEqual([...h.oddKeys].sort());
    });

    h.it("gives nothing for an empty store, and stops when asked to", async () => {
      expect(await h.listed("")).toEqual([]);
      for (let i = 0; i < 5; i++) await h.put(`k${i}`, bytesOf(1));
      for await (const key of h.store.list!("")) {
        expect(key).toBe("k0");
        break;
      }
    });

    h.it("refuses prefixes that lead out", async () => {
      await expect(h.listed("../")).rejects.toThrow(ArgumentError);
    });
  });
}

async function put(h: Harness, key: string, compression: Compression): Promise<void> {
  await h.put(key, bytesOf(3, 1, compression), compression);
}
