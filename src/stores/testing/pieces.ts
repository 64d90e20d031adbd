import { describe, expect } from "vitest";
import { AbortError, ConflictError, IntegrityError } from "../../base/errors.js";
import type { Source } from "../store.js";
import type { Harness } from "./harness.js";
import { bytesOf } from "./samples.js";

/** A source of `bytes` that says it has `size`, in pieces that share their memory. */
function inPieces(bytes: Uint8Array, piece: number, size = bytes.length): Source {
  return {
    size,
    pieces: async function* () {
      const shared = new Uint8Array(piece);
      for (let at = 0; at < bytes.length; at += piece) {
        const part = bytes.subarray(at, at + piece);
        shared.set(part);
        yield shared.subarray(0, part.length);
      }
    },
  };
}

/** Objects that come in pieces: all of them or nothing is stored. */
export function testPieces(h: Harness): void {
  describe("pieces", () => {
    for (const [size, piece] of [
      [0, 10],
      [1, 1],
      [100, 7],
      [100, 100],
      [1000, 4096],
    ] as const) {
      h.it(`${size} bytes, ${piece} at a time`, async () => {
        await h.store.writeFrom!("key", inPieces(bytesOf(size), piece));
        expect(await h.content("key")).toEqual(bytesOf(size));
      });
    }

    h.it("a large object", async () => {
      const bytes = bytesOf(h.large, 3);
      await h.store.writeFrom!("key", inPieces(bytes, 300_000));
      expect(Buffer.compare((await h.content("key"))!, bytes)).toBe(0);
      expect((await h.store.stat("key"))?.size).toBe(h.large);
    });

    h.it("with their compression, over what was there", async () => {
      const last = h.compressions.at(-1)!;
      await h.put("key", bytesOf(5));
      await h.store.writeFrom!("key", inPieces(bytesOf(50, 1, last), 20), { compression: last });
      expect(await h.store.read("key")).toMatchObject({ bytes: bytesOf(50, 1, last), compression: last });
    });

    h.it("in larger pieces than there are bytes declared, and no bytes at all", async () => {
      await expect(h.store.writeFrom!("key", inPieces(bytesOf(10), 10, 0))).rejects.toThrow(IntegrityError);
      await expect(h.store.writeFrom!("key", inPieces(bytesOf(0), 10, 1))).rejects.toThrow(IntegrityError);
      expect(await h.content("key")).toBeUndefined();
    });

    const lengths = [
      ["short by one", 99, 100],
      ["short by half", 50, 100],
      ["long by one", 101, 100],
      ["long by half", 150, 100],
      ["large and short", -1, 0],
      ["large and long", 1, 0],
    ] as const;
    for (const [title, given, declared] of lengths) {
      for (const before of ["nothing", "an object"]) {
        h.it(`${title}, over ${before}: an error, and nothing is stored`, async () => {
          if (before !== "nothing") await h.put("key", bytesOf(7, 2));
          const size = declared === 0 ? h.large : declared;
          const bytes = bytesOf(declared === 0 ? h.large + given : given);
          const source = inPieces(bytes, declared === 0 ? 500_000 : 30, size);
          await expect(h.store.writeFrom!("key", source)).rejects.toThrow(IntegrityError);
          expect(await h.content("key")).toEqual(before === "nothing" ? undefined : bytesOf(7, 2));
        });
      }
    }

    for (const size of [100, h.large]) {
      h.it(
        `a source that fails in the middle of ${size} bytes: its error, and nothing is stored`,
        async () => {
          const failure = new ConflictError("the source");
          const source: Source = {
            size,
            pieces: async function* () {
              yield bytesOf(Math.floor(size / 2));
              throw failure;
            },
          };
          await expect(h.store.writeFrom!("key", source)).rejects.toBe(failure);
          expect(await h.content("key")).toBeUndefined();
        },
      );
    }

    h.it("an abort in the middle: nothing is stored", async () => {
      const controller = new AbortController();
      const source: Source = {
        size: h.large,
        pieces: async function* () {
          yield bytesOf(1000);
          controller.abort();
          yield bytesOf(h.large - 1000);
        },
      };
      await expect(h.store.writeFrom!("key", source, { signal: controller.signal })).rejects.toThrow(
        AbortError,
      );
      expect(await h.content("key")).toBeUndefined();
    });

    h.it("under a condition", async () => {
      await h.store.writeFrom!("key", inPieces(bytesOf(30), 20), { ifVersion: null });
      await expect(h.store.writeFrom!("key", inPieces(bytesOf(31), 20), { ifVersion: null })).rejects.toThrow(
        ConflictError,
      );
      const ifVersion = (await h.store.stat("key"))!.version!;
      let told: string | undefined;
      const onVersion = (version: string): void => {
        told = version;
      };
      await h.store.writeFrom!("key", inPieces(bytesOf(32), 20), { ifVersion, onVersion });
      expect(await h.content("key")).toEqual(bytesOf(32));
      expect(told).toBe((await h.store.stat("key"))?.version);
    });
  });
}
