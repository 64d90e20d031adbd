import { describe, expect } from "vitest";
import { AbortError, ConflictError } from "../../base/errors.js";
import type { Harness } from "./harness.js";
import { bytesOf } from "./samples.js";

/** Aborts: before and at any moment. */
export function testAbort(h: Harness): void {
  describe("abort", () => {
    h.it("before: nothing is done", async () => {
      await h.put("key", bytesOf(10));
      const signal = AbortSignal.abort();
      await expect(h.store.read("key", { signal })).rejects.toThrow(AbortError);
      await expect(h.store.stat("key", { signal })).rejects.toThrow(AbortError);
      if (h.store.write !== undefined) {
        await expect(h.store.write("key", bytesOf(5), { signal })).rejects.toThrow(AbortError);
        await expect(h.store.write("other", bytesOf(5), { signal })).rejects.toThrow(AbortError);
        await expect(h.store.remove!("key", { signal })).rejects.toThrow(AbortError);
        expect(await h.content("key")).toEqual(bytesOf(10));
        expect(await h.content("other")).toBeUndefined();
      }
      if (h.listable) {
        const list = h.store.list!("", { signal });
        await expect(list[Symbol.asyncIterator]().next()).rejects.toThrow(AbortError);
      }
    });

    h.it("at any moment: an error or the right answer, and the store goes on", async () => {
      const bytes = bytesOf(200_000);
      await h.put("key", bytes);
      for (let delay = 0; delay < 8; delay++) {
        const controller = new AbortController();
        const reads = Array.from({ length: 8 }, () => h.store.read("key", { signal: controller.signal }));
        setTimeout(() => controller.abort(), delay / 2);
        for (const result of await Promise.allSettled(reads)) {
          if (result.status === "rejected") expect(result.reason).toBeInstanceOf(AbortError);
          else expect(Buffer.compare(result.value!.bytes, bytes)).toBe(0);
        }
      }
      expect((await h.content("key"))?.length).toBe(bytes.length);
    });

    h.it("keeps a typed reason", async () => {
      const reason = new ConflictError("mine");
      await h.put("key", bytesOf(10));
      await expect(h.store.read("key", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    });
  });
}
