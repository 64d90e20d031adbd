import { describe, expect } from "vitest";
import { ConflictError } from "../../base/errors.js";
import type { Harness } from "./harness.js";
import { bytesOf } from "./samples.js";

/** Writing only over the version that one saw. */
export function testConditions(h: Harness): void {
  const versionOf = async (key: string): Promise<string> => {
    const version = (await h.store.read(key))?.version;
    expect(version).toBeTypeOf("string");
    return version!;
  };

  describe("conditions", () => {
    h.eachWrite("with a version writes only over that one", async (write) => {
      await write("key", bytesOf(10), { ifVersion: null });
      await expect(write("key", bytesOf(11), { ifVersion: null })).rejects.toThrow(ConflictError);
      const last = h.compressions.at(-1);
      const first = await versionOf("key");
      await write("key", bytesOf(12, 1, last), { ifVersion: first, compression: last });
      await expect(write("key", bytesOf(13), { ifVersion: first })).rejects.toThrow(ConflictError);
      await expect(write("none", bytesOf(13), { ifVersion: first })).rejects.toThrow(ConflictError);
      expect(await h.content("key")).toEqual(bytesOf(12, 1, last));
      expect(await h.content("none")).toBeUndefined();
    });

    h.eachWrite("of an object that is gone is a conflict, unless none is wanted", async (write) => {
      await write("key", bytesOf(10));
      const version = await versionOf("key");
      await h.store.remove!("key");
      await expect(write("key", bytesOf(11), { ifVersion: version })).rejects.toThrow(ConflictError);
      expect(await h.content("key")).toBeUndefined();
      await write("key", bytesOf(12), { ifVersion: null });
      expect(await h.content("key")).toEqual(bytesOf(12));
    });

    h.eachWrite("go on with the version that a write told", async (write) => {
      let version: string | null = null;
      for (let i = 0; i < 4; i++) {
        await write("key", bytesOf(10 + i, i), {
          ifVersion: version,
          onVersion: (now) => {
            version = now;
          },
        });
      }
      expect(await h.content("key")).toEqual(bytesOf(13, 3));
      expect(await versionOf("key")).toBe(version);
    });

    h.it("lets one of two creators win", async () => {
      for (let round = 0; round < 5; round++) {
        const key = `created-${round}`;
        const both = [1, 2].map((n) => h.store.write!(key, bytesOf(50, n), { ifVersion: null }));
        const results = await Promise.allSettled(both);
        const won = results.findIndex((r) => r.status === "fulfilled");
        const lost = results.find((r) => r.status === "rejected");
        expect(results.filter((r) => r.status === "fulfilled").length).toBe(1);
        expect(lost?.reason).toBeInstanceOf(ConflictError);
        expect(await h.content(key)).toEqual(bytesOf(50, won + 1));
      }
    });

    h.it("lets one of many writers of a version win", async () => {
      await h.store.write!("key", bytesOf(50, 0));
      const version = await versionOf("key");
      const all = [1, 2, 3, 4].map((n) => h.store.write!("key", bytesOf(50, n), { ifVersion: version }));
      const results = await Promise.allSettled(all);
      expect(results.filter((r) => r.status === "fulfilled").length).toBe(1);
      for (const result of results)
        if (result.status === "rejected") expect(result.reason).toBeInstanceOf(ConflictError);
      const won = results.findIndex((r) => r.status === "fulfilled");
      expect(await h.content("key")).toEqual(bytesOf(50, won + 1));
    });

    h.it("lets every writer win in the end", async () => {
      const writers = 8;
      const add = async (n: number): Promise<void> => {
        for (;;) {
          const now = await h.store.read("set");
          const next = Uint8Array.of(...(now?.bytes ?? []), n);
          try {
            return await h.store.write!("set", next, { ifVersion: now?.version ?? null });
          } catch (error) {
            if (!(error instanceof ConflictError)) throw error;
          }
        }
      };
      await Promise.all(Array.from({ length: writers }, (_, n) => add(n)));
      expect([...(await h.content("set"))!].sort()).toEqual(Array.from({ length: writers }, (_, n) => n));
    });
  });
}
