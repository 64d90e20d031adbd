/** A sample of scripts/uploads.mjs. */
import { expect, test } from "vitest";
import { haveServer } from "../support/servers.js";
import { failUploads, loseReplies } from "../uploads/main.js";

for (const name of ["moto", "versitygw", "fake-gcs-server"] as const) {
  if (!haveServer(name, `uploads that fail on ${name}`)) continue;
  const runs = name === "versitygw" ? 12 : 5;

  test(`${name}: ${runs} uploads in parts with faults leave the old object or the new one, and no open upload`, async () => {
    const report = await failUploads(name, runs, 7);
    expect(report.violations).toEqual([]);
    expect(report.failed).toBeGreaterThan(0);
    expect(report.succeeded).toBeGreaterThan(0);
  });

  test(`${name}: conditional writes whose answers are lost`, async () => {
    const report = await loseReplies(name, 40, 3);
    expect(report.violations).toEqual([]);
    expect(report.faults).toBeGreaterThan(10);
  });
}
