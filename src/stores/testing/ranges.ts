import fc from "fast-check";
import { describe, expect } from "vitest";
import { ArgumentError } from "../../base/errors.js";
import type { ByteRange } from "../store.js";
import type { Harness } from "./harness.js";
import { bytesOf } from "./samples.js";

/** Parts of objects, up to their ends and beyond, and what is known without reading. */
export function testRanges(h: Harness): void {
  describe("ranges", () => {
    const size = 50;
    const cases: readonly (readonly [string, ByteRange, number, number])[] = [
      ["the start", { offset: 0, length: 10 }, 0, 10],
      ["the middle", { offset: 7, length: 13 }, 7, 20],
      ["one byte", { offset: 49, length: 1 }, 49, 50],
      ["all", { offset: 0, length: 50 }, 0, 50],
      ["up to the end", { offset: 40, length: 10 }, 40, 50],
      ["beyond the end", { offset: 40, length: 11 }, 40, 50],
      ["far beyond the end", { offset: 40, length: 1e9 }, 40, 50],
      ["nothing at the start", { offset: 0, length: 0 }, 0, 0],
      ["nothing in the middle", { offset: 20, length: 0 }, 20, 20],
      ["nothing at the end", { offset: 50, length: 0 }, 50, 50],
      ["something exactly at the end", { offset: 50, length: 1 }, 50, 50],
      ["something behind the end", { offset: 51, length: 10 }, 50, 50],
      ["something far behind the end", { offset: 2 ** 40, length: 10 }, 50, 50],
      ["a suffix", { suffixLength: 8 }, 42, 50],
      ["a suffix of one byte", { suffixLength: 1 }, 49, 50],
      ["a suffix of all", { suffixLength: 50 }, 0, 50],
      ["a suffix longer than all", { suffixLength: 51 }, 0, 50],
      ["an empty suffix", { suffixLength: 0 }, 50, 50],
    ];
    for (const [title, range, from, to] of cases) {
      h.eachRead(`gives ${title}`, async (read) => {
        for (const compression of h.compressions) {
          const content = bytesOf(size, 1, compression);
          await h.put("key", content, compression);
          const stored = await read("key", range);
          expect(stored?.bytes).toEqual(content.slice(from, to));
          expect(stored?.compression).toBe(compression);
          expect(stored?.totalSize).toBe(size);
        }
      });
    }

    for (const range of [
      { offset: -1, length: 5 },
      { offset: 0, length: -1 },
      { offset: 0.5, length: 5 },
      { offset: 0, length: Number.NaN },
      { offset: Number.POSITIVE_INFINITY, length: 1 },
      { suffixLength: -1 },
      { suffixLength: 1.5 },
    ]) {
      h.eachRead(`refuses ${Object.entries(range).join(" ")}, which is no range`, async (read) => {
        await h.put("key", bytesOf(size));
        await expect(read("key", range)).rejects.toThrow(ArgumentError);
      });
    }

    h.it("many at once of one object, each its own", async () => {
      await h.put("key", bytesOf(5000));
      const parts = Array.from({ length: 60 }, (_, i) => ({ offset: i * 83, length: 50 + i }));
      const all = await Promise.all(parts.map((range) => h.store.read("key", { range })));
      for (const [i, { offset, length }] of parts.entries())
        expect(all[i]?.bytes).toEqual(bytesOf(5000).slice(offset, offset + length));
    });

    h.it("agree with slices, for any range", async () => {
      await h.put("key", bytesOf(size));
      const natural = fc.nat({ max: 70 });
      await fc.assert(
        fc.asyncProperty(natural, natural, fc.boolean(), async (offset, length, suffix) => {
          const range = suffix ? { suffixLength: length } : { offset, length };
          const expected = suffix
            ? bytesOf(size).slice(Math.max(0, size - length))
            : bytesOf(size).slice(offset, offset + length);
          expect((await h.store.read("key", { range }))?.bytes).toEqual(expected);
        }),
        { numRuns: 50 },
      );
    });
  });

  describe("stat", () => {
    for (const compression of h.compressions) {
      h.it(`tells size and compression: ${compression}`, async () => {
        await h.put("key", bytesOf(33, 1, compression), compression);
        expect(await h.store.stat("key")).toMatchObject({ size: 33, compression });
      });
    }

    h.it("tells nothing of missing objects", async () => {
      await h.put("key", bytesOf(33));
      expect(await h.store.stat("nothing")).toBeUndefined();
      expect(await h.store.stat("key/below")).toBeUndefined();
      await expect(h.store.stat("a//b")).rejects.toThrow(ArgumentError);
    });

    h.it("gives the version that reading gives", async () => {
      await h.put("key", bytesOf(10));
      const stored = await h.store.read("key");
      expect((await h.store.stat("key"))?.version).toBe(stored?.version);
      await h.put("key", bytesOf(11));
      const again = await h.store.read("key");
      if (stored?.version !== undefined) expect(again?.version).not.toBe(stored.version);
    });
  });
}
