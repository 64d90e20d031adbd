/** The contract of a store as a test suite: every store runs it. Not part of the library. */
import { afterEach, beforeEach, describe, expect } from "vitest";
import { UnsupportedProtocolError } from "../base/errors.js";
import { testAbort } from "./testing/abort.js";
import { testAlone } from "./testing/alone.js";
import { testConditions } from "./testing/conditions.js";
import { Harness, type StoreTraits, type StoreUnderTest } from "./testing/harness.js";
import { testListing } from "./testing/listing.js";
import { testPieces } from "./testing/pieces.js";
import { testRanges } from "./testing/ranges.js";
import { testReading } from "./testing/reading.js";
import { testRemoving } from "./testing/removing.js";
import { testVersions } from "./testing/versions.js";
import { testWriting } from "./testing/writing.js";

export type { StoreTraits, StoreUnderTest } from "./testing/harness.js";

/**
 * Runs the contract on stores that `open` gives: a new, empty one for each case. What a store lacks is a case, too
 * (`cannot: …`), and stands in the name of the last one.
 */
export function testStore(name: string, open: () => Promise<StoreUnderTest>, traits: StoreTraits = {}): void {
  const h = new Harness(traits);
  describe(name, () => {
    beforeEach(async () => h.use(await open()));
    afterEach(() => h.close());

    testReading(h);
    testRanges(h);
    testVersions(h);
    testAbort(h);
    if (h.writable) {
      testWriting(h);
      testConditions(h);
      testPieces(h);
      testAlone(h);
      testRemoving(h);
    } else {
      h.lacks("writing", () => {
        expect(h.store.write).toBeUndefined();
        expect(h.store.writeSync).toBeUndefined();
        expect(h.store.writeFrom).toBeUndefined();
      });
      h.lacks("removing", () => {
        expect(h.store.remove).toBeUndefined();
        expect(h.store.removeAll).toBeUndefined();
      });
    }
    if (h.listable) testListing(h);
    else {
      h.lacks("listing", async () => {
        if (h.store.list === undefined) return;
        await expect(h.listed("")).rejects.toThrow(UnsupportedProtocolError);
        await expect(h.listed("")).rejects.toThrow(/list/);
      });
    }
    // At the end: only now all cases are known.
    describe("in all", () => h.summary());
  });
}
