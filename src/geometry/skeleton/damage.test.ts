/** Damaged skeletons and spatial indices: a typed error or a valid result. `scripts/fuzz.mjs` tries many more. */
import { expect, test } from "vitest";
import { fuzz } from "../../../test/fuzz/run.js";
import { skeletonTargets } from "../../../test/fuzz/skeletons.js";

test.each(skeletonTargets())("$name: 400 damaged inputs", async (target) => {
  const report = await fuzz(target, 400, 7);
  expect(report.violations.map((v) => v.what)).toEqual([]);
  expect([...report.refused.values()].reduce((a, b) => a + b, 0)).toBeGreaterThan(20);
  expect(report.accepted).toBeGreaterThan(10);
});
