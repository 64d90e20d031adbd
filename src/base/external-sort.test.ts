/** Sorting with and without a spool, and the helpers beside it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openFileSpool } from "../compute/spool.node.js";
import { DistinctCount } from "./distinct-count.js";
import { ExternalSort, type SortKey } from "./external-sort.js";
import { radixOrder } from "./radix-order.js";
import { scramble } from "./scramble.js";
import type { Spool } from "./spool.js";

interface Item {
  readonly key: SortKey;
  readonly bytes: Uint8Array;
}

const word = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const items = fc.array(
  fc.record({ key: fc.tuple(word, word, word, word), bytes: fc.uint8Array({ maxLength: 40 }) }),
  { maxLength: 200 },
);

function expected(all: readonly Item[]): Item[] {
  return [...all].sort((a, b) => {
    const at = a.key.findIndex((w, i) => w !== b.key[i]);
    return at < 0 ? 0 : a.key[at]! - b.key[at]!;
  });
}

async function read(sort: ExternalSort): Promise<Item[]> {
  const out: Item[] = [];
  for await (const record of sort.sorted())
    out.push({
      key: [record.word(0), record.word(1), record.word(2), record.word(3)],
      bytes: record.bytes.slice(),
    });
  return out;
}

describe("external sort", () => {
  test("any records, in memory and in runs of few, twice", async () => {
    const property = fc.asyncProperty(items, fc.integer({ min: 64, max: 4096 }), async (all, memory) => {
      for (const open of [undefined, openFileSpool]) {
        const sort = new ExternalSort(memory, open);
        for (const { key, bytes } of all) await sort.add(key, bytes);
        expect(sort.count).toBe(all.length);
        expect(await read(sort)).toEqual(expected(all));
        expect(await read(sort)).toEqual(expected(all));
        await sort.close();
      }
    });
    await fc.assert(property, { numRuns: 50 });
  });

  test("many records, and records larger than a block", async () => {
    const all = Array.from({ length: 30_000 }, (_, i): Item => {
      const key: SortKey = [0, ...scramble(i % 9000, 0, 5), i % 2];
      const length = i % 5000 === 0 ? 300_000 + i : i % 7;
      return { key, bytes: new Uint8Array(length).fill(i) };
    });
    let closed = 0;
    const open = async (): Promise<Spool> => {
      const spool = await openFileSpool();
      return {
        ...spool,
        close: async () => {
          closed++;
          await spool.close();
        },
      };
    };
    const sort = new ExternalSort(1 << 18, open);
    for (const { key, bytes } of all) await sort.add(key, bytes);
    const [found, wanted] = [await read(sort), expected(all)];
    expect(found.map(({ key }) => key)).toEqual(wanted.map(({ key }) => key));
    expect(found.every(({ bytes }, i) => Buffer.compare(bytes, wanted[i]!.bytes) === 0)).toBe(true);
    await sort.close();
    await sort.close();
    expect(closed).toBe(1);
  });
});

test("radix order is a stable sort", () => {
  const values = Uint32Array.from({ length: 20_000 }, (_, i) => scramble(i >> 1, 0, 9)[i % 3 === 0 ? 0 : 1]);
  const order = radixOrder(values.length, 1, (item) => values[item]!);
  const wanted = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]! || a - b);
  expect(Array.from(order)).toEqual(wanted);
});

test("scrambled numbers are all different, and evenly spread", () => {
  const found = new Set<string>();
  const eighths = new Uint32Array(8);
  for (let i = 0; i < 20_000; i++) {
    const [low, high] = scramble(i, 0, 77);
    found.add(`${high} ${low}`);
    eighths[high >>> 29]!++;
  }
  expect(found.size).toBe(20_000);
  expect(Math.min(...eighths)).toBeGreaterThan(2300);
  expect(Math.max(...eighths)).toBeLessThan(2700);
  expect(scramble(1, 0, 1)).not.toEqual(scramble(1, 0, 2));
});

test("distinct numbers: exact for few, near for many", () => {
  for (const n of [0, 1, 4000, 100_000]) {
    const count = new DistinctCount();
    for (let i = 0; i < 2 * n; i++) count.add(BigInt(i % n) << 20n);
    expect(Math.abs(count.count - n)).toBeLessThanOrEqual(n <= 4096 ? 0 : 0.06 * n);
  }
});
