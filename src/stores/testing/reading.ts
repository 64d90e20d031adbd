import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../base/errors.js";
import type { Harness } from "./harness.js";
import { BAD_KEYS, bytesOf, ODD_KEYS } from "./samples.js";

/** Whole objects: what was put comes back, and nothing else. */
export function testReading(h: Harness): void {
  describe("reading", () => {
    h.eachRead("gives what was put, with its size and compression", async (read) => {
      const bytes = bytesOf(300);
      for (const compression of h.compressions) {
        await h.put(`key-${compression}`, bytes, compression);
        const stored = await read(`key-${compression}`);
        expect(stored?.bytes).toEqual(bytes);
        expect(stored?.bytes.constructor).toBe(Uint8Array);
        expect(stored?.compression).toBe(compression);
        expect(stored?.totalSize).toBe(300);
      }
    });

    h.eachRead("gives undefined for a missing object, with and without a range", async (read) => {
      await h.put("folder/there", bytesOf(5));
      for (const key of [
        "nothing",
        "folder",
        "folder/the",
        "folder/there2",
        "no/folder/at/all",
        "folder/there/below",
      ]) {
        expect(await read(key), key).toBeUndefined();
        expect(await read(key, { offset: 0, length: 4 }), key).toBeUndefined();
        expect(await read(key, { offset: 0, length: 0 }), key).toBeUndefined();
        expect(await read(key, { suffixLength: 4 }), key).toBeUndefined();
      }
    });

    h.eachRead("keeps every byte", async (read) => {
      const all = Uint8Array.from({ length: 1024 }, (_, i) => (i < 512 ? i : 1023 - i));
      await h.put("binary", all);
      expect((await read("binary"))?.bytes).toEqual(all);
    });

    h.eachRead("holds empty objects apart from missing ones", async (read) => {
      for (const compression of h.compressions) {
        await h.put("empty", new Uint8Array(), compression);
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

    h.eachRead("takes keys with odd characters", async (read) => {
      for (const [i, key] of ODD_KEYS.entries()) await h.put(key, bytesOf(20, i));
      for (const [i, key] of ODD_KEYS.entries())
        expect((await read(key))?.bytes, key).toEqual(bytesOf(20, i));
    });

    h.eachRead("refuses what is no key", async (read) => {
      for (const key of BAD_KEYS) await expect(read(key), JSON.stringify(key)).rejects.toThrow(ArgumentError);
    });

    it("gives fresh bytes each time", async () => {
      await h.put("key", bytesOf(10));
      const first = await h.content("key");
      first!.fill(0);
      expect(await h.content("key")).toEqual(bytesOf(10));
    });

    it("puts bytes where the caller says", async () => {
      await h.put("key", bytesOf(100), h.compressions.at(-1));
      const memory = new Uint8Array(500).fill(9);
      const lengths: number[] = [];
      const into = (length: number): Uint8Array => {
        lengths.push(length);
        return memory.subarray(50, 450);
      };
      const stored = await h.store.read("key", { into });
      expect(stored?.bytes.buffer).toBe(memory.buffer);
      expect(stored?.bytes.byteOffset).toBe(50);
      expect(stored?.bytes).toEqual(bytesOf(100));
      expect((await h.store.read("key", { into, range: { offset: 90, length: 20 } }))?.bytes).toEqual(
        bytesOf(100).subarray(90),
      );
      expect(lengths).toEqual([100, 10]);
      expect(memory.subarray(0, 50).every((b) => b === 9)).toBe(true);
      expect(memory.subarray(150).every((b) => b === 9)).toBe(true);
      const tooSmall = (): Uint8Array => new Uint8Array(99);
      await expect(h.store.read("key", { into: tooSmall })).rejects.toThrow(ArgumentError);
      expect(await h.store.read("missing", { into: () => expect.unreachable() })).toBeUndefined();
    });

    if (h.sync) {
      it("lets the range be chosen when the object is known (readSync)", async () => {
        await h.put("key", bytesOf(100), h.compressions.at(-1));
        const seen: unknown[] = [];
        const stored = h.store.readSync!("key", {
          range: (stat) => {
            seen.push(stat.size, stat.compression);
            return { offset: 10, length: 5 };
          },
        });
        expect(stored?.bytes).toEqual(bytesOf(100).subarray(10, 15));
        expect(h.store.readSync!("key", { range: () => undefined })?.bytes).toEqual(bytesOf(100));
        expect(seen).toEqual([100, h.compressions.at(-1)]);
      });
    } else {
      it("has no synchronous forms", () => {
        expect(h.store.readSync).toBeUndefined();
        expect(h.store.writeSync).toBeUndefined();
      });
    }

    it("serves many at once", async () => {
      const keys = Array.from({ length: 40 }, (_, i) => `chunks/${i}`);
      await Promise.all(keys.map((key, i) => h.put(key, bytesOf(1000 + i, i))));
      const all = await Promise.all([...keys, ...keys].map((key) => h.content(key)));
      for (const [i, bytes] of all.entries()) expect(bytes).toEqual(bytesOf(1000 + (i % 40), i % 40));
    });

    it("names the object in messages", () => {
      expect(h.store.url("folder/key")).toContain("folder/key");
      expect(h.store.url("folder/key")).toMatch(/^[a-z]+:\/\//);
    });
  });
}
