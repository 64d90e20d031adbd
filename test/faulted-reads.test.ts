import { expect, test } from "vitest";
import { faultedReads, TRANSPORTS } from "./fuzz/faulted-reads.js";

/** `node scripts/faulted-reads.mjs` does the same 100,000 times. */
test.each(TRANSPORTS)("700 reads over %s at a fault rate of 5 % come out equal", async (transport) => {
  const { amplification, faults } = await faultedReads(transport, { reads: 700, percent: 5, seed: 3 });
  expect(faults).toBeGreaterThan(10);
  expect(amplification).toBeLessThanOrEqual(1.2);
});
