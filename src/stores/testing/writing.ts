import fc from "fast-check";
import { describe, expect } from "vitest";
import { ArgumentError } from "../../base/errors.js";
import type { Compression } from "../../compression/compression.js";
import type { Harness } from "./harness.js";
import { BAD_KEYS, bytesOf, ESCAPES } from "./samples.js";

/** Writing, removing, versions, atomicity. */
export function testWriting(h: Harness): void {
  describe("writing", () => {
    h.eachWrite("replaces what was there", async (write) => {
      await write("key", bytesOf(100));
      await write("key", bytesOf(7, 2));
      expect(await h.content("key")).toEqual(bytesOf(7, 2));
      await write("key", new Uint8Array());
      expect(await h.content("key")).toEqual(new Uint8Array());
    });

    for (const after of h.compressions) {
      h.eachWrite(`leaves no twin of another compression than ${after}`, async (write) => {
        for (const before of h.compressions) {
          await write("folder/key", bytesOf(100, 1, before), { compression: before });
          await write("folder/key", bytesOf(7, 2, after), { compression: after });
          const stored = await h.store.read("folder/key");
          expect(stored?.bytes, `${before} then ${after}`).toEqual(bytesOf(7, 2, after));
          expect(stored?.compression).toBe(after);
          await h.store.remove!("folder/key");
          expect(await h.store.read("folder/key"), `${before} then ${after}, removed`).toBeUndefined();
        }
      });
    }

    h.eachWrite("keeps its bytes when the caller changes his", async (write) => {
      const mine = bytesOf(50);
      await write("key", mine);
      mine.fill(0);
      expect(await h.content("key")).toEqual(bytesOf(50));
    });

    h.eachWrite("takes views and shared memory", async (write) => {
      const whole = bytesOf(100);
      await write("view", whole.subarray(20, 70));
      expect(await h.content("view")).toEqual(whole.slice(20, 70));
      const shared = new Uint8Array(new SharedArrayBuffer(60));
      shared.set(bytesOf(60));
      await write("shared", shared.subarray(10));
      expect(await h.content("shared")).toEqual(bytesOf(60).slice(10));
    });

    for (const key of [...BAD_KEYS, ...ESCAPES]) {
      h.eachWrite(`refuses to store ${JSON.stringify(key)}`, async (write) => {
        await expect(write(key, bytesOf(5))).rejects.toThrow(ArgumentError);
      });
    }

    h.eachWrite("follows .. that stays inside", async (write) => {
      await write("a/../b/./c".replace("./c", "c"), bytesOf(5));
      expect(await h.content("b/c")).toEqual(bytesOf(5));
      expect(await h.content("x/y/../../b/c")).toEqual(bytesOf(5));
    });

    h.eachWrite("tells the version of what it stored", async (write) => {
      const told: string[] = [];
      const onVersion = (version: string): void => void told.push(version);
      await write("key", bytesOf(10), { onVersion });
      const first = (await h.store.stat("key"))?.version;
      await write("key", bytesOf(11), { onVersion });
      expect(told).toEqual([first, (await h.store.read("key"))?.version]);
      expect(told[0]).not.toBe(told[1]);
    });

    h.eachWrite("takes labels", async (write) => {
      await write("key", bytesOf(10), { contentType: "application/json", cacheControl: "no-cache" });
      expect(await h.content("key")).toEqual(bytesOf(10));
    });

    h.eachWrite("refuses keys that look compressed", async (write) => {
      for (const key of ["a.gz", "a.br", "a.zstd", "a.xz", "a.bz2", "folder/.gz"])
        await expect(write(key, bytesOf(5)), key).rejects.toThrow(ArgumentError);
    });

    h.it("is atomic: readers see one of the objects, never a mix", async () => {
      const values = [bytesOf(30_000, 1), bytesOf(50_000, 2), bytesOf(40_000, 3)];
      await h.store.write!("key", values[0]!);
      let done = false;
      const writer = async (): Promise<void> => {
        for (let i = 0; i < 30; i++)
          await h.store.write!("key", values[i % 3]!, { compression: i % 2 === 0 ? "none" : "br" });
        done = true;
      };
      const reader = async (): Promise<void> => {
        while (!done) {
          const bytes = await h.content("key");
          expect(values.some((v) => bytes !== undefined && Buffer.compare(v, bytes) === 0)).toBe(true);
        }
      };
      await Promise.all([writer(), reader(), reader(), reader()]);
    });

    h.it("at once on one key: one of them stays, whatever their compressions", async () => {
      for (let round = 0; round < 5; round++) {
        const all = h.compressions.map((compression, i) =>
          h.store.write!("key", bytesOf(100, i, compression), { compression }),
        );
        await Promise.all(all);
        const stored = await h.store.read("key");
        expect(stored?.bytes).toEqual(
          bytesOf(100, h.compressions.indexOf(stored!.compression), stored!.compression),
        );
      }
    });

    h.it("agrees with a map, whatever is done in whatever order", async () => {
      const key = fc.constantFrom("a", "b", "f/a", "f/b");
      const step = fc.oneof(
        fc.record({
          kind: fc.constant("write"),
          key,
          compression: fc.constantFrom(...h.compressions),
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
              await h.store.write!(path, bytesOf(9, s.seed, s.compression), { compression: s.compression });
              model.set(path, s);
            } else if (s.kind === "remove") {
              await h.store.remove!(path);
              model.delete(path);
            } else {
              const stored = await h.store.read(path);
              const expected = model.get(path);
              expect(stored?.compression).toBe(expected?.compression);
              expect(stored?.bytes).toEqual(expected && bytesOf(9, expected.seed, expected.compression));
            }
          }
          if (h.listable) expect(await h.listed(`${at}/`)).toEqual([...model.keys()].sort());
        }),
        { numRuns: 40 },
      );
    });
  });
}
