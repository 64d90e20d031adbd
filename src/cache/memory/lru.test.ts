/** The assertions of CloudVolume's test_lru.py, and what holds besides. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../base/errors.js";
import { Arena } from "./arena.js";
import { ChunkLru } from "./chunk-lru.js";
import { Lru } from "./lru.js";

const byBytes = (limit: number): Lru<string, Uint8Array> => new Lru({ limit, weigh: (v) => v.length });

describe("test_lru.py", () => {
  test("test_lru.py::test_lru: the least recently used goes first, get promotes", () => {
    const lru = new Lru<number, number>({ limit: 5 });
    for (let i = 0; i < 10; i++) lru.set(i, i);
    expect([...lru.keys()]).toEqual([5, 6, 7, 8, 9]);
    expect(lru.items().map(([k]) => k)).toEqual([9, 8, 7, 6, 5]);
    expect(lru.get(5)).toBe(5);
    lru.set(10, 10);
    expect([...lru.keys()]).toEqual([7, 8, 9, 5, 10]);
    expect(lru.has(6)).toBe(false);
    expect(lru.get(6)).toBeUndefined();
    expect(lru.peek(7)).toBe(7);
    expect([...lru.keys()][0]).toBe(7);
    expect(lru.delete(7)).toBe(true);
    expect(lru.delete(7)).toBe(false);
    expect(lru.length).toBe(4);
    lru.clear();
    expect([lru.length, lru.nbytes]).toEqual([0, 0]);
  });

  test("test_lru.py::test_lru_resize", () => {
    const lru = new Lru<number, number>({ limit: 5 });
    for (let i = 0; i < 5; i++) lru.set(i, i);
    lru.resize(10);
    for (let i = 5; i < 10; i++) lru.set(i, i);
    expect(lru.length).toBe(10);
    lru.resize(3);
    expect([...lru.keys()]).toEqual([7, 8, 9]);
    lru.resize(0);
    expect([lru.length, lru.size]).toEqual([0, 0]);
    // CloudVolume empties it and goes on with the old limit.
    expect(lru.set(1, 1)).toBe(false);
    expect(lru.length).toBe(0);
    for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => lru.resize(wrong)).toThrow(ArgumentError);
  });

  test("test_lru.py::test_lru_bytes: bytes are accounted for, replacing included", () => {
    const lru = byBytes(100);
    lru.set("a", new Uint8Array(40));
    lru.set("b", new Uint8Array(40));
    expect(lru.nbytes).toBe(80);
    lru.set("a", new Uint8Array(10));
    expect(lru.nbytes).toBe(50);
    lru.set("c", new Uint8Array(60));
    expect([...lru.keys()]).toEqual(["a", "c"]);
    expect(lru.nbytes).toBe(70);
    expect(lru.set("d", new Uint8Array(101))).toBe(false);
    expect(lru.nbytes).toBe(70);
    expect(lru.set("c", new Uint8Array(200))).toBe(false);
    expect(lru.has("c")).toBe(false);
  });

  test("test_lru.py::test_lru_chaos: agrees with a list, whatever is done", () => {
    const step = fc.oneof(
      fc.record({
        op: fc.constant("set" as const),
        key: fc.integer({ min: 0, max: 12 }),
        size: fc.integer({ min: 0, max: 40 }),
      }),
      fc.record({
        op: fc.constantFrom("get" as const, "delete" as const),
        key: fc.integer({ min: 0, max: 12 }),
      }),
      fc.record({ op: fc.constant("resize" as const), size: fc.integer({ min: 0, max: 120 }) }),
      fc.constant({ op: "clear" as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const dropped: number[] = [];
        const lru = new Lru<number, number>({
          limit: 100,
          weigh: (v) => v,
          onDrop: (_, k) => dropped.push(k),
        });
        let model: [number, number][] = [];
        let limit = 100;
        const weight = (): number => model.reduce((sum, [, size]) => sum + size, 0);
        for (const s of steps) {
          if (s.op === "set") {
            model = model.filter(([k]) => k !== s.key);
            const fits = s.size <= limit && limit > 0;
            while (fits && weight() + s.size > limit) model.shift();
            if (fits) model.push([s.key, s.size]);
            expect(lru.set(s.key, s.size)).toBe(fits);
          } else if (s.op === "get") {
            const found = model.find(([k]) => k === s.key);
            model = found === undefined ? model : [...model.filter(([k]) => k !== s.key), found];
            expect(lru.get(s.key)).toBe(found?.[1]);
          } else if (s.op === "delete") {
            model = model.filter(([k]) => k !== s.key);
            lru.delete(s.key);
          } else if (s.op === "resize") {
            limit = s.size;
            while (model.length > 0 && (limit === 0 || weight() > limit)) model.shift();
            lru.resize(limit);
          } else {
            model = [];
            lru.clear();
          }
          expect([...lru.keys()]).toEqual(model.map(([k]) => k));
          expect(lru.nbytes).toBe(weight());
        }
        const sets = steps.filter((s) => s.op === "set").length;
        expect(dropped.length).toBeLessThanOrEqual(sets);
      }),
      { numRuns: 300 },
    );
  });
});

describe("chunks in memory", () => {
  const bytes = (n: number, fill: number): Uint8Array => new Uint8Array(n).fill(fill);

  test("are copies, bounded, and gone when pushed out", () => {
    const lru = new ChunkLru(1000, "raw");
    const given = bytes(400, 1);
    expect(lru.set("8/a", { encoding: "raw", bytes: given })).toBe(true);
    given.fill(9);
    expect(lru.get("8/a")).toEqual({ encoding: "raw", bytes: bytes(400, 1) });
    lru.set("16/a", { encoding: "jpeg", bytes: bytes(400, 2) });
    expect([lru.length, lru.nbytes, lru.encodingOf("16/a")]).toEqual([2, 800, "jpeg"]);
    lru.get("8/a");
    lru.set("8/b", { encoding: "raw", bytes: bytes(300, 3) });
    expect([...lru.items()].map(([k, v]) => [k, v.bytes[0]])).toEqual([
      ["8/b", 3],
      ["8/a", 1],
    ]);
    expect(lru.set("8/c", { encoding: "raw", bytes: bytes(1001, 1) })).toBe(false);
    lru.clear();
    expect([lru.length, lru.nbytes, lru.memoryBytes]).toEqual([0, 0, 0]);
  });

  test("memory follows the limit, whatever the sizes", () => {
    const lru = new ChunkLru(4 << 20);
    let seed = 1;
    for (let i = 0; i < 3000; i++) {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      const size = 1 + ((seed >>> 8) % (i % 500 < 250 ? 5_000 : 300_000));
      lru.set(`8/${i}`, { encoding: "raw", bytes: bytes(size, i & 255) });
      expect(lru.nbytes).toBeLessThanOrEqual(4 << 20);
    }
    expect(lru.memoryBytes).toBeLessThan(16 << 20);
    for (const [key, { bytes: held }] of lru.items()) {
      const fill = Number(key.slice(2)) & 255;
      expect(held.every((v) => v === fill)).toBe(true);
    }
  });

  test("a chunk that was written while it was read is not added by that read", () => {
    const lru = new ChunkLru(1000);
    const before = lru.since;
    lru.invalidate("8/a");
    expect(lru.isCurrent("8/a", before)).toBe(false);
    expect(lru.isCurrent("8/b", before)).toBe(true);
    expect(lru.isCurrent("8/a", lru.since)).toBe(true);
    lru.invalidateWhere((key) => key.startsWith("8/"));
    expect(lru.isCurrent("8/b", before)).toBe(false);
    const since = lru.since;
    for (let i = 0; i < 5000; i++) lru.invalidate(`8/${i}`);
    expect(lru.isCurrent("8/x", since)).toBe(false); // Forgotten one by one: refused in doubt.
    expect(lru.isCurrent("8/x", lru.since)).toBe(true);
  });

  test("an arena's spans never overlap", () => {
    const arena = new Arena();
    const live: { span: ReturnType<Arena["allocate"]>; fill: number }[] = [];
    for (let i = 0; i < 400; i++) {
      const span = arena.allocate(1 + ((i * 7919) % 9000));
      const { ptr, length } = span.region;
      span.segment.workspace.bytes().fill(i & 255, ptr, ptr + length);
      live.push({ span, fill: i & 255 });
      if (i % 3 === 0) arena.release(live.splice((i * 31) % live.length, 1)[0]!.span);
    }
    for (const { span, fill } of live) {
      const { ptr, length } = span.region;
      expect(
        span.segment.workspace
          .bytes()
          .subarray(ptr, ptr + length)
          .every((v) => v === fill),
      ).toBe(true);
    }
  });
});
