/** The contract of a store as a test suite: every store runs it. Not part of the library. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AbortError, ArgumentError, ConflictError } from "../base/errors.js";
import type { Compression } from "../compression/compression.js";
import { COMPRESSIONS } from "../compression/names.js";
import type { ByteRange, Store, Stored, WriteOptions } from "./store.js";

export interface StoreUnderTest {
  readonly store: Store;
  /** Puts an object where the store finds it, for stores that cannot write. Default: `store.write`. */
  readonly put?: (key: string, bytes: Uint8Array, compression: Compression) => Promise<void>;
  readonly close?: () => Promise<void>;
}

/** What a store can do; all by default. */
export interface StoreTraits {
  readonly writable?: boolean;
  readonly listable?: boolean;
  /** Compressions that the storage can express. */
  readonly compressions?: readonly Compression[];
  /** Size of the large value. */
  readonly large?: number;
}

type Read = (key: string, range?: ByteRange) => Promise<Stored | undefined>;

const bytesOf = (length: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => ((i + seed) * 2654435761) >>> 24);

/** Keys as CloudVolume makes them, and odd ones that storage can hold. */
export const ODD_KEYS: readonly string[] = [
  "info",
  "8_8_40/0-64_0-64_0-64",
  "8_8_40/-64-0_-128--64_0-64",
  "mesh/777:0:0-64_0-64_0-64",
  "deep/er/and/deep/er/key",
  ".hidden",
  "..two-dots",
  "three.../dots",
  "with space/and  two",
  "per%cent/100%25",
  "plus+and&amp=eq",
  "que?ry",
  "ha#sh",
  "quote'and\"double",
  "semi;colon,comma",
  "star*pipe|less<more>",
  "brackets[0](1){2}",
  "tilde~^`dollar$at@!",
  "ünïcödé/\u{1f9e0}/日本",
  "line\nbreak\ttab",
  "name.gzip",
  "name.gz.txt",
  "__proto__",
  "constructor",
];

/** Keys that are none: see `keys.ts`. */
export const BAD_KEYS: readonly string[] = [
  "",
  "/",
  "/etc/passwd",
  "a//b",
  "a/",
  "./a",
  "a/./b",
  "a/.",
  "a\\b",
  "..\\a",
  "C:/a",
  "c:",
  "a\0b",
  "\ud800",
];

/** Keys that lead out of every store's writable part. */
export const ESCAPES: readonly string[] = [
  "..",
  "../other",
  "a/../../other",
  "../../x",
  "a/b/../../../c",
  "x/..",
];

export function testStore(name: string, open: () => Promise<StoreUnderTest>, traits: StoreTraits = {}): void {
  const { writable = true, listable = true, compressions = COMPRESSIONS, large = 5_000_000 } = traits;
  let opened: StoreUnderTest;
  let store: Store;
  const put = async (key: string, bytes: Uint8Array, compression: Compression = "none"): Promise<void> => {
    if (opened.put !== undefined) await opened.put(key, bytes, compression);
    else await store.write!(key, bytes, { compression });
  };
  const content = async (key: string): Promise<Uint8Array | undefined> => (await store.read(key))?.bytes;
  const listed = async (prefix: string): Promise<string[]> => {
    const keys: string[] = [];
    for await (const key of store.list!(prefix)) keys.push(key);
    return keys;
  };
  /** A case for each way of reading and writing that the store has. */
  const eachRead = (title: string, test: (read: Read) => Promise<void>): void => {
    it(`${title} (read)`, () => test((key, range) => store.read(key, { range })));
    it(`${title} (readSync)`, async ({ skip }) => {
      if (store.readSync === undefined) return skip();
      await test(async (key, range) => store.readSync!(key, { range }));
    });
  };
  type Write = (key: string, bytes: Uint8Array, options?: WriteOptions) => Promise<void>;
  const eachWrite = (title: string, test: (write: Write) => Promise<void>): void => {
    it(`${title} (write)`, () => test((key, bytes, options) => store.write!(key, bytes, options)));
    it(`${title} (writeSync)`, async ({ skip }) => {
      if (store.writeSync === undefined) return skip();
      await test(async (key, bytes, options) => store.writeSync!(key, bytes, options));
    });
  };

  describe(name, () => {
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(async () => {
      await store.close?.();
      await opened.close?.();
    });

    describe("reading", () => {
      eachRead("gives what was put, with its size and compression", async (read) => {
        const bytes = bytesOf(300);
        for (const compression of compressions) {
          await put(`key-${compression}`, bytes, compression);
          const stored = await read(`key-${compression}`);
          expect(stored?.bytes).toEqual(bytes);
          expect(stored?.bytes.constructor).toBe(Uint8Array);
          expect(stored?.compression).toBe(compression);
          expect(stored?.totalSize).toBe(300);
        }
      });

      eachRead("gives undefined for a missing object, with and without a range", async (read) => {
        await put("folder/there", bytesOf(5));
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

      eachRead("keeps every byte", async (read) => {
        const all = Uint8Array.from({ length: 1024 }, (_, i) => (i < 512 ? i : 1023 - i));
        await put("binary", all);
        expect((await read("binary"))?.bytes).toEqual(all);
      });

      eachRead("holds empty objects apart from missing ones", async (read) => {
        for (const compression of compressions) {
          await put("empty", new Uint8Array(), compression);
          const stored = await read("empty");
          expect(stored?.bytes.length).toBe(0);
          expect(stored?.compression).toBe(compression);
          expect((await read("empty", { offset: 0, length: 10 }))?.bytes.length).toBe(0);
          expect((await read("empty", { suffixLength: 10 }))?.bytes.length).toBe(0);
        }
      });

      eachRead("holds large objects", async (read) => {
        const bytes = bytesOf(large);
        await put("large", bytes);
        expect(Buffer.compare((await read("large"))!.bytes, bytes)).toBe(0);
        const range = { offset: large - 70_000, length: 65_536 };
        const part = bytes.subarray(range.offset, range.offset + range.length);
        expect(Buffer.compare((await read("large", range))!.bytes, part)).toBe(0);
      });

      eachRead("takes keys with odd characters", async (read) => {
        for (const [i, key] of ODD_KEYS.entries()) await put(key, bytesOf(20, i));
        for (const [i, key] of ODD_KEYS.entries())
          expect((await read(key))?.bytes, key).toEqual(bytesOf(20, i));
      });

      eachRead("refuses what is no key", async (read) => {
        for (const key of BAD_KEYS)
          await expect(read(key), JSON.stringify(key)).rejects.toThrow(ArgumentError);
      });

      it("gives fresh bytes each time", async () => {
        await put("key", bytesOf(10));
        const first = await content("key");
        first!.fill(0);
        expect(await content("key")).toEqual(bytesOf(10));
      });

      it("puts bytes where the caller says", async () => {
        await put("key", bytesOf(100), compressions.at(-1));
        const memory = new Uint8Array(500).fill(9);
        const lengths: number[] = [];
        const into = (length: number): Uint8Array => {
          lengths.push(length);
          return memory.subarray(50, 450);
        };
        const stored = await store.read("key", { into });
        expect(stored?.bytes.buffer).toBe(memory.buffer);
        expect(stored?.bytes.byteOffset).toBe(50);
        expect(stored?.bytes).toEqual(bytesOf(100));
        expect((await store.read("key", { into, range: { offset: 90, length: 20 } }))?.bytes).toEqual(
          bytesOf(100).subarray(90),
        );
        expect(lengths).toEqual([100, 10]);
        expect(memory.subarray(0, 50).every((b) => b === 9)).toBe(true);
        expect(memory.subarray(150).every((b) => b === 9)).toBe(true);
        const tooSmall = (): Uint8Array => new Uint8Array(99);
        await expect(store.read("key", { into: tooSmall })).rejects.toThrow(ArgumentError);
        expect(await store.read("missing", { into: () => expect.unreachable() })).toBeUndefined();
      });

      it("lets the range be chosen when the object is known (readSync)", async ({ skip }) => {
        if (store.readSync === undefined) return skip();
        await put("key", bytesOf(100), compressions.at(-1));
        const seen: unknown[] = [];
        const stored = store.readSync("key", {
          range: (stat) => {
            seen.push(stat.size, stat.compression);
            return { offset: 10, length: 5 };
          },
        });
        expect(stored?.bytes).toEqual(bytesOf(100).subarray(10, 15));
        expect(store.readSync("key", { range: () => undefined })?.bytes).toEqual(bytesOf(100));
        expect(seen).toEqual([100, compressions.at(-1)]);
      });

      it("serves many at once", async () => {
        const keys = Array.from({ length: 40 }, (_, i) => `chunks/${i}`);
        await Promise.all(keys.map((key, i) => put(key, bytesOf(1000 + i, i))));
        const all = await Promise.all([...keys, ...keys].map((key) => content(key)));
        for (const [i, bytes] of all.entries()) expect(bytes).toEqual(bytesOf(1000 + (i % 40), i % 40));
      });

      it("names the object in messages", () => {
        expect(store.url("folder/key")).toContain("folder/key");
        expect(store.url("folder/key")).toMatch(/^[a-z]+:\/\//);
      });
    });

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
        eachRead(`gives ${title}`, async (read) => {
          for (const compression of compressions) {
            await put("key", bytesOf(size), compression);
            const stored = await read("key", range);
            expect(stored?.bytes).toEqual(bytesOf(size).slice(from, to));
            expect(stored?.compression).toBe(compression);
            expect(stored?.totalSize).toBe(size);
          }
        });
      }

      eachRead("refuses what is no range", async (read) => {
        await put("key", bytesOf(size));
        for (const range of [
          { offset: -1, length: 5 },
          { offset: 0, length: -1 },
          { offset: 0.5, length: 5 },
          { offset: 0, length: Number.NaN },
          { offset: Number.POSITIVE_INFINITY, length: 1 },
          { suffixLength: -1 },
          { suffixLength: 1.5 },
        ])
          await expect(read("key", range), JSON.stringify(range)).rejects.toThrow(ArgumentError);
      });

      it("agree with slices, for any range", async () => {
        await put("key", bytesOf(size));
        const natural = fc.nat({ max: 70 });
        await fc.assert(
          fc.asyncProperty(natural, natural, fc.boolean(), async (offset, length, suffix) => {
            const range = suffix ? { suffixLength: length } : { offset, length };
            const expected = suffix
              ? bytesOf(size).slice(Math.max(0, size - length))
              : bytesOf(size).slice(offset, offset + length);
            expect((await store.read("key", { range }))?.bytes).toEqual(expected);
          }),
          { numRuns: 50 },
        );
      });
    });

    describe("stat", () => {
      it("tells size and compression, and nothing of missing objects", async () => {
        for (const compression of compressions) {
          await put("key", bytesOf(33), compression);
          expect(await store.stat("key")).toMatchObject({ size: 33, compression });
        }
        expect(await store.stat("nothing")).toBeUndefined();
        expect(await store.stat("key/below")).toBeUndefined();
        await expect(store.stat("a//b")).rejects.toThrow(ArgumentError);
      });

      it("gives the version that reading gives", async () => {
        await put("key", bytesOf(10));
        const stored = await store.read("key");
        expect((await store.stat("key"))?.version).toBe(stored?.version);
        await put("key", bytesOf(11));
        const again = await store.read("key");
        if (stored?.version !== undefined) expect(again?.version).not.toBe(stored.version);
      });
    });

    describe("abort", () => {
      it("before: nothing is done", async () => {
        await put("key", bytesOf(10));
        const signal = AbortSignal.abort();
        await expect(store.read("key", { signal })).rejects.toThrow(AbortError);
        await expect(store.stat("key", { signal })).rejects.toThrow(AbortError);
        if (store.write !== undefined) {
          await expect(store.write("key", bytesOf(5), { signal })).rejects.toThrow(AbortError);
          await expect(store.write("other", bytesOf(5), { signal })).rejects.toThrow(AbortError);
          await expect(store.remove!("key", { signal })).rejects.toThrow(AbortError);
          expect(await content("key")).toEqual(bytesOf(10));
          expect(await content("other")).toBeUndefined();
        }
        if (listable) {
          const list = store.list!("", { signal });
          await expect(list[Symbol.asyncIterator]().next()).rejects.toThrow(AbortError);
        }
      });

      it("at any moment: an error or the right answer, and the store goes on", async () => {
        const bytes = bytesOf(200_000);
        await put("key", bytes);
        for (let delay = 0; delay < 8; delay++) {
          const controller = new AbortController();
          const reads = Array.from({ length: 8 }, () => store.read("key", { signal: controller.signal }));
          setTimeout(() => controller.abort(), delay / 2);
          for (const result of await Promise.allSettled(reads)) {
            if (result.status === "rejected") expect(result.reason).toBeInstanceOf(AbortError);
            else expect(Buffer.compare(result.value!.bytes, bytes)).toBe(0);
          }
        }
        expect((await content("key"))?.length).toBe(bytes.length);
      });

      it("keeps a typed reason", async () => {
        const reason = new ConflictError("mine");
        await put("key", bytesOf(10));
        await expect(store.read("key", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      });
    });

    if (writable) testWriting();
    else {
      it("has no way to write", () => {
        expect(store.write).toBeUndefined();
        expect(store.writeSync).toBeUndefined();
        expect(store.remove).toBeUndefined();
      });
    }

    function testWriting(): void {
      describe("writing", () => {
        eachWrite("replaces what was there", async (write) => {
          await write("key", bytesOf(100));
          await write("key", bytesOf(7, 2));
          expect(await content("key")).toEqual(bytesOf(7, 2));
          await write("key", new Uint8Array());
          expect(await content("key")).toEqual(new Uint8Array());
        });

        eachWrite("leaves no twin under another compression", async (write) => {
          for (const before of compressions) {
            for (const after of compressions) {
              await write("folder/key", bytesOf(100), { compression: before });
              await write("folder/key", bytesOf(7, 2), { compression: after });
              const stored = await store.read("folder/key");
              expect(stored?.bytes, `${before} then ${after}`).toEqual(bytesOf(7, 2));
              expect(stored?.compression).toBe(after);
              await store.remove!("folder/key");
              expect(await store.read("folder/key"), `${before} then ${after}, removed`).toBeUndefined();
            }
          }
        });

        eachWrite("keeps its bytes when the caller changes his", async (write) => {
          const mine = bytesOf(50);
          await write("key", mine);
          mine.fill(0);
          expect(await content("key")).toEqual(bytesOf(50));
        });

        eachWrite("takes views and shared memory", async (write) => {
          const whole = bytesOf(100);
          await write("view", whole.subarray(20, 70));
          expect(await content("view")).toEqual(whole.slice(20, 70));
          const shared = new Uint8Array(new SharedArrayBuffer(60));
          shared.set(bytesOf(60));
          await write("shared", shared.subarray(10));
          expect(await content("shared")).toEqual(bytesOf(60).slice(10));
        });

        eachWrite("refuses what is no key, and what leads out of the store", async (write) => {
          for (const key of [...BAD_KEYS, ...ESCAPES]) {
            await expect(write(key, bytesOf(5)), JSON.stringify(key)).rejects.toThrow(ArgumentError);
            await expect(store.remove!(key), JSON.stringify(key)).rejects.toThrow(ArgumentError);
          }
        });

        eachWrite("follows .. that stays inside", async (write) => {
          await write("a/../b/./c".replace("./c", "c"), bytesOf(5));
          expect(await content("b/c")).toEqual(bytesOf(5));
          expect(await content("x/y/../../b/c")).toEqual(bytesOf(5));
        });

        eachWrite("refuses keys that look compressed", async (write) => {
          for (const key of ["a.gz", "a.br", "a.zstd", "a.xz", "a.bz2", "folder/.gz"])
            await expect(write(key, bytesOf(5)), key).rejects.toThrow(ArgumentError);
        });

        eachWrite("with a version writes only over that one", async (write) => {
          await write("key", bytesOf(10), { ifVersion: null });
          await expect(write("key", bytesOf(11), { ifVersion: null })).rejects.toThrow(ConflictError);
          const first = (await store.read("key"))!.version!;
          expect(first).toBeTypeOf("string");
          await write("key", bytesOf(12), { ifVersion: first, compression: compressions.at(-1) });
          await expect(write("key", bytesOf(13), { ifVersion: first })).rejects.toThrow(ConflictError);
          await expect(write("none", bytesOf(13), { ifVersion: first })).rejects.toThrow(ConflictError);
          expect(await content("key")).toEqual(bytesOf(12));
          expect(await content("none")).toBeUndefined();
        });

        it("lets every conditional writer win in the end", async () => {
          const writers = 8;
          const add = async (n: number): Promise<void> => {
            for (;;) {
              const now = await store.read("set");
              const next = Uint8Array.of(...(now?.bytes ?? []), n);
              try {
                return await store.write!("set", next, { ifVersion: now?.version ?? null });
              } catch (error) {
                if (!(error instanceof ConflictError)) throw error;
              }
            }
          };
          await Promise.all(Array.from({ length: writers }, (_, n) => add(n)));
          expect([...(await content("set"))!].sort()).toEqual(Array.from({ length: writers }, (_, n) => n));
        });

        it("is atomic: readers see one of the objects, never a mix", async () => {
          const values = [bytesOf(30_000, 1), bytesOf(50_000, 2), bytesOf(40_000, 3)];
          await store.write!("key", values[0]!);
          let done = false;
          const writer = async (): Promise<void> => {
            for (let i = 0; i < 30; i++)
              await store.write!("key", values[i % 3]!, {
                compression: compressions[i % compressions.length],
              });
            done = true;
          };
          const reader = async (): Promise<void> => {
            while (!done) {
              const bytes = await content("key");
              expect(values.some((v) => bytes !== undefined && Buffer.compare(v, bytes) === 0)).toBe(true);
            }
          };
          await Promise.all([writer(), reader(), reader(), reader()]);
        });

        it("at once on one key: one of them stays, whatever their compressions", async () => {
          for (let round = 0; round < 5; round++) {
            const all = compressions.map((compression, i) =>
              store.write!("key", bytesOf(100, i), { compression }),
            );
            await Promise.all(all);
            const stored = await store.read("key");
            expect(stored?.bytes).toEqual(bytesOf(100, compressions.indexOf(stored!.compression)));
          }
        });

        it("removing what is not there is no error", async () => {
          await store.remove!("nothing");
          await store.remove!("no/folder/at/all");
          await store.write!("key", bytesOf(5));
          await store.remove!("key");
          await store.remove!("key");
          await store.remove!("key/below");
          expect(await content("key")).toBeUndefined();
          await store.write!("key", bytesOf(6));
          expect(await content("key")).toEqual(bytesOf(6));
        });

        it("agrees with a map, whatever is done in whatever order", async () => {
          const key = fc.constantFrom("a", "b", "f/a", "f/b");
          const step = fc.oneof(
            fc.record({
              kind: fc.constant("write"),
              key,
              compression: fc.constantFrom(...compressions),
              seed: fc.nat(255),
            }),
            fc.record({ kind: fc.constant("remove"), key }),
            fc.record({ kind: fc.constant("read"), key }),
          );
          let run = 0;
          await fc.assert(
            fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
              const model = new Map<string, { seed: number; compression: Compression }>();
              const at = `model-${run++}`;
              for (const s of steps) {
                const path = `${at}/${s.key}`;
                if (s.kind === "write" && "seed" in s) {
                  await store.write!(path, bytesOf(9, s.seed), { compression: s.compression });
                  model.set(path, s);
                } else if (s.kind === "remove") {
                  await store.remove!(path);
                  model.delete(path);
                } else {
                  const stored = await store.read(path);
                  const expected = model.get(path);
                  expect(stored?.compression).toBe(expected?.compression);
                  expect(stored?.bytes).toEqual(expected && bytesOf(9, expected.seed));
                }
              }
              if (listable) expect(await listed(`${at}/`)).toEqual([...model.keys()].sort());
            }),
            { numRuns: 40 },
          );
        });
      });
    }

    if (listable) {
      describe("listing", () => {
        it("gives exactly the keys with the prefix, each once, in order", async () => {
          const keys = ["a", "a-b", "a/b", "a/b/c", "a/bc", "ab", "b/a", "b/a.txt", "c/deep/er/x"];
          for (const [i, key] of keys.entries())
            await put(key.replace(/^a$/, "a-"), bytesOf(3), compressions[i % compressions.length]);
          const all = keys
            .map((key) => key.replace(/^a$/, "a-"))
            .filter((key) => key !== "a/b")
            .sort();
          expect(all.length).toBe(8);
          await store.remove?.("a/b");
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
            expect(await listed(prefix), prefix).toEqual(all.filter((key) => key.startsWith(prefix)));
        });

        it("gives logical names of compressed objects", async () => {
          for (const compression of compressions) await put(`folder/${compression}`, bytesOf(3), compression);
          expect(await listed("folder/")).toEqual(compressions.map((c) => `folder/${c}`).sort());
        });

        it("gives odd keys as they were", async () => {
          for (const key of ODD_KEYS) await put(key, bytesOf(3));
          expect(await listed("")).toEqual([...ODD_KEYS].sort());
        });

        it("gives nothing for an empty store, and stops when asked to", async () => {
          expect(await listed("")).toEqual([]);
          for (let i = 0; i < 5; i++) await put(`k${i}`, bytesOf(1));
          for await (const key of store.list!("")) {
            expect(key).toBe("k0");
            break;
          }
        });

        it("refuses prefixes that lead out", async () => {
          await expect(listed("../")).rejects.toThrow(ArgumentError);
        });
      });
    } else {
      it("says that it cannot list", async () => {
        if (store.list === undefined) return;
        await expect(listed("")).rejects.toThrow(/list/);
      });
    }
  });
}
