import { describe, expect } from "vitest";
import { ConflictError } from "../../base/errors.js";
import type { Harness } from "./harness.js";
import { bytesOf } from "./samples.js";

/** Reading of one version only, so that parts are of one object. */
export function testVersions(h: Harness): void {
  describe("versions", () => {
    const ranges = [
      ["a whole object", undefined],
      ["a part", { offset: 5, length: 10 }],
      ["a suffix", { suffixLength: 3 }],
      ["nothing", { offset: 5, length: 0 }],
    ] as const;
    for (const [title, range] of ranges) {
      h.it(`of ${title}: the one that is there is read, another is a conflict`, async () => {
        await h.put("key", bytesOf(40));
        const ifVersion = (await h.store.stat("key"))!.version!;
        expect(ifVersion).toBeTypeOf("string");
        const now = await h.store.read("key", { range, ifVersion });
        expect(now?.bytes).toEqual((await h.store.read("key", { range }))?.bytes);
        await h.put("key", bytesOf(41, 9));
        await expect(h.store.read("key", { range, ifVersion })).rejects.toThrow(ConflictError);
        expect((await h.store.read("key", { range }))?.version).not.toBe(ifVersion);
      });
    }
  });
}
