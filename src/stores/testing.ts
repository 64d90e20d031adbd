/** The contract of a store as a test suite: every store runs it. Not part of the library. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testAbort } from "./testing/abort.js";
import { Harness, type StoreTraits, type StoreUnderTest } from "./testing/harness.js";
import { testListing } from "./testing/listing.js";
import { testRanges } from "./testing/ranges.js";
import { testReading } from "./testing/reading.js";
import { testWriting } from "./testing/writing.js";

export type { StoreTraits, StoreUnderTest } from "./testing/harness.js";

/** Runs the contract on stores that `open` gives: a new, empty one for each case. */
export function testStore(name: string, open: () => Promise<StoreUnderTest>, traits: StoreTraits = {}): void {
  const h = new Harness(traits);
  describe(name, () => {
    beforeEach(async () => h.use(await open()));
    afterEach(() => h.close());

    testReading(h);
    testRanges(h);
    testAbort(h);
    if (h.writable) testWriting(h);
    else {
      it("has no way to write", () => {
        expect(h.store.write).toBeUndefined();
        expect(h.store.writeSync).toBeUndefined();
        expect(h.store.remove).toBeUndefined();
      });
    }
    if (h.listable) testListing(h);
    else {
      it("says that it cannot list", async () => {
        if (h.store.list === undefined) return;
        await expect(h.listed("")).rejects.toThrow(/list/);
      });
    }
  });
}
