import { describe, expect } from "vitest";
import { ArgumentError, StorageError } from "../../base/errors.js";
import type { Harness } from "./harness.js";
import { BAD_KEYS, bytesOf } from "./samples.js";

/** Whole objects: what was put comes back, and nothing else. */
export function testReading(h: Harness): void {
  describe("reading", () => {
    for (const compression of h.compressions) {
      h.eachRead(`gives what was put, with its size and compression: ${compression}`, async (read) => {
        const bytes = bytesOf(300, 1, compression);
        await h.put(`key-${compression}`, bytes, compression);
        const stored = await read(`key-${compression}`);
        expect(stored?.bytes).toEqual(bytes);
        expect(stored?.bytes.constructor).toBe(Uint8Array);
        expect(stored?.compression).toBe(compression);
        expect(stored?.totalSize).toBe(300);
      });
    }

    for (const key of [
      "nothing",
      "folder",
      "folder/the",
      "folder/there2",
      "no/folder/at/all",
      "folder/there/below",
    ]) {
      h.eachRead(`gives undefined for ${key}, which is missing, with and without a range`, async (read) => {
        await h.put("folder/there", bytesOf(5));
        expect(await read(key), key).toBeUndefined();
        expect(await read(key, { offset: 0, length: 4 }), key).toBeUndefined();
        expect(await read(key, { offset: 0, length: 0 }), key).toBeUndefined();
        expect(await read(key, { suffixLength: 4 }), key).toBeUndefined();
        expect(await h.store.stat(key)).toBeUndefined();
      });
    }

    for (const size of [1, 2, 3, 255, 4096, 65_535, 65_536, 65_537, 1_000_000]) {
      h.eachRead(`holds ${size} bytes, to the last one`, async (read) => {
        await h.put("sized", bytesOf(size, 7));
        expect(Buffer.compare((await read("sized"))!.bytes, bytesOf(size, 7))).toBe(0);
        expect((await read("sized", { offset: size - 1, length: 5 }))?.bytes).toEqual(
          bytesOf(size, 7).slice(-1),
        );
      });
    }

    h.eachRead("keeps every byte", async (read) => {
      const all = Uint8Array.from({ length: 1024 }, (_, i) => (i < 512 ? i : 1023 - i));
      await h.put("binary", all);
      expect((await read("binary"))?.bytes).toEqual(all);
    });

    h.eachRead("holds empty objects apart from missing ones", async (read) => {
      for (const compression of h.compressions) {
        await h.put("empty", bytesOf(0, 1, compression), compression);
        const stored = await read("empty");
        expect(stored?.bytes.length).toBe(0);
        expect(stored?.compression).toBe(compression);
        expect((await read("empty", { offset: 0, length: 10 }))?.bytes.length).toBe(0);
        expect((await read("empty", { suffixLength: 10 }))?.bytes.length).toBe(0);
      }
    });

    h.eachRead("holds large objects", async (read) => {
      const bytes = bytesOf(h.large);
      await h.put("large", bytes);
      expect(Buffer.compare((await read("large"))!.bytes, bytes)).toBe(0);
      const range = { offset: h.large - 70_000, length: 65_536 };
      const part = bytes.subarray(range.offset, range.offset + range.length);
      expect(Buffer.compare((await read("large", range))!.bytes, part)).toBe(0);
    });

    h.eachRead("holds keys with odd characters apart", async (read) => {
      for (const [i, key] of h.oddKeys.entries()) await h.put(key, bytesOf(20, i));
      for (const [i, key] of h.oddKeys.entries())
        expect((await read(key))?.bytes, key).toEqual(bytesOf(20, i));
    });

    for (const key of h.oddKeys) {
      h.it(`takes the key ${JSON.stringify(key)}`, async () => {
        await h.put(key, bytesOf(20));
        expect((await h.store.read(key, { range: { offset: 3, length: 4 } }))?.bytes).toEqual(
          bytesOf(20).slice(3, 7),
        );
        expect((await h.store.stat(key))?.size).toBe(20);
      });
    }

    for (const key of h.refusedKeys) {
      h.lacks(`the key ${JSON.stringify(key)}`, async () => {
        await expect(h.put(key, bytesOf(20))).rejects.toThrow(StorageError);
      });
    }

    for (const key of BAD_KEYS) {
      h.eachRead(`refuses ${JSON.stringify(key)}, which is no key`, async (read) => {
        await expect(read(key)).rejects.toThrow(ArgumentError);
        await expect(h.store.stat(key)).rejects.toThrow(ArgumentError);
      });
    }

    h.it("tells capitals from small letters", async () => {
      await h.put("Key", bytesOf(5));
      expect(await h.content("key")).toBeUndefined();
      expect(await h.content("KEY")).toBeUndefined();
      expect(await h.content("Key")).toEqual(bytesOf(5));
    });

    h.it("takes long keys", async () => {
      const key = Array.from({ length: 4 }, (_, i) => `${i}`.repeat(200)).join("/");
      await h.put(key, bytesOf(5));
      expect(await h.content(key)).toEqual(bytesOf(5));
      expect(await h.content(key.slice(0, -1))).toBeUndefined();
    });

    h.it("gives fresh bytes each time", async () => {
      await h.put("key", bytesOf(10));
      const first = await h.content("key");
      first!.fill(0);
      expect(await h.content("key")).toEqual(bytesOf(10));
    });

    for (const [title, range, from, to] of [
      ["a part", { offset: 10, length: 20 }, 10, 30],
      ["a suffix", { suffixLength: 30 }, 70, 100],
      ["a part over the end", { offset: 90, length: 20 }, 90, 100],
      ["a part behind the end", { offset: 200, length: 20 }, 100, 100],
      ["no bytes", { offset: 10, length: 0 }, 10, 10],
    ] as const) {
      h.it(`puts ${title} where the caller says`, async () => {
        await h.put("key", bytesOf(100));
        const memory = new Uint8Array(300).fill(9);
        const stored = await h.store.read("key", { range, into: () => memory.subarray(100) });
        expect(stored?.bytes).toEqual(bytesOf(100).slice(from, to));
        expect(stored?.bytes.buffer).toBe(memory.buffer);
        expect(memory.subarray(0, 100).every((b) => b === 9)).toBe(true);
        expect(memory.subarray(100 + to - from).every((b) => b === 9)).toBe(true);
      });
    }

    h.it("puts bytes where the caller says", async () => {
      const last = h.compressions.at(-1);
      const content = bytesOf(100, 1, last);
      await h.put("key", content, last);
      const memory = new Uint8Array(500).fill(9);
      const lengths: number[] = [];
      const into = (length: number): Uint8Array => {
        lengths.push(length);
        return memory.subarray(50, 450);
      };
      const stored = await h.store.read("key", { into });
      expect(stored?.bytes.buffer).toBe(memory.buffer);
      expect(stored?.bytes.byteOffset).toBe(50);
      expect(stored?.bytes).toEqual(content);
      expect((await h.store.read("key", { into, range: { offset: 90, length: 20 } }))?.bytes).toEqual(
        content.subarray(90),
      );
      expect(lengths).toEqual([100, 10]);
      expect(memory.subarray(0, 50).every((b) => b === 9)).toBe(true);
      expect(memory.subarray(150).every((b) => b === 9)).toBe(true);
      const tooSmall = (): Uint8Array => new Uint8Array(99);
      await expect(h.store.read("key", { into: tooSmall })).rejects.toThrow(ArgumentError);
      expect(await h.store.read("missing", { into: () => expect.unreachable() })).toBeUndefined();
    });

    if (h.sync) {
      h.it("lets the range be chosen when the object is known (readSync)", async () => {
        const content = bytesOf(100, 1, h.compressions.at(-1));
        await h.put("key", content, h.compressions.at(-1));
        const seen: unknown[] = [];
        const stored = h.store.readSync!("key", {
          range: (stat) => {
            seen.push(stat.size, stat.compression);
            return { offset: 10, length: 5 };
          },
        });
        expect(stored?.bytes).toEqual(content.subarray(10, 15));
        expect(h.store.readSync!("key", { range: () => undefined })?.bytes).toEqual(content);
        expect(seen).toEqual([100, h.compressions.at(-1)]);
      });
    } else {
      h.lacks("synchronous forms", () => {
        expect(h.store.readSync).toBeUndefined();
        expect(h.store.writeSync).toBeUndefined();
      });
    }

    h.it("serves many at once", async () => {
      const keys = Array.from({ length: 40 }, (_, i) => `chunks/${i}`);
      await Promise.all(keys.map((key, i) => h.put(key, bytesOf(1000 + i, i))));
      const all = await Promise.all([...keys, ...keys].map((key) => h.content(key)));
      for (const [i, bytes] of all.entries()) expect(bytes).toEqual(bytesOf(1000 + (i % 40), i % 40));
    });

    h.it("names the object in messages", () => {
      expect(h.store.url("folder/key")).toContain("folder/key");
      expect(h.store.url("folder/key")).toMatch(/^[a-z\d]+:\/\//);
    });
  });
}
