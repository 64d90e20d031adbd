import { describe, expect } from "vitest";
import { ConflictError } from "../../base/errors.js";
import type { Harness } from "./harness.js";
import { bytesOf } from "./samples.js";

/** Writing alone, where a store has locks. */
export function testAlone(h: Harness): void {
  describe("writing alone", () => {
    h.it("lets each have its turn, also with conditional writes inside and beside", async () => {
      const { locked, write } = h.store;
      if (locked === undefined) return;
      let inside = 0;
      const add = (): Promise<void> =>
        locked("folder/count", async () => {
          expect(inside++).toBe(0);
          const old = await h.store.read("folder/count");
          const next = new Uint8Array([(old?.bytes[0] ?? 0) + 1]);
          await write!("folder/count", next, { ifVersion: old?.version ?? null });
          inside--;
        });
      await write!("other", bytesOf(1));
      const beside = write!("folder/count", bytesOf(3), { ifVersion: "no such version" });
      await Promise.all([...Array.from({ length: 20 }, add), expect(beside).rejects.toThrow(ConflictError)]);
      expect(await h.content("folder/count")).toEqual(new Uint8Array([20]));
      await expect(locked("folder/count", () => Promise.reject(new TypeError("mine")))).rejects.toThrow(
        "mine",
      );
      await add();
      expect(await h.content("folder/count")).toEqual(new Uint8Array([21]));
    });
  });
}
