/**
 * Many annotations are written in bounded memory, and boxes of them are found quickly. The long version, of a million points, is
 * scripts/annotations-large.mjs.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";
import { openAnnotations } from "../../src/node.js";
import { scratchDirectory } from "../support/scratch.js";

const COUNT = Number(process.env.CLOUDVOLUME_ANNOTATIONS ?? 20_000);
const isLong = process.env.CLOUDVOLUME_ANNOTATIONS !== undefined;
/** Of the process, with Node itself. */
const MOST_MEBIBYTES = 512;
const MOST_SECONDS = 180;
const MOST_MILLISECONDS = 20;

interface Report {
  readonly seconds: number;
  readonly peakMebibytes: number;
  readonly queryMilliseconds: { readonly p50: number };
  readonly foundOnAverage: number;
}

test(`${COUNT} points with properties and relationships`, {
  timeout: isLong ? 3_600_000 : 120_000,
}, async () => {
  const destination = join(scratchDirectory(), "points");
  const args = ["test/annotations-large/run.mjs", inject("build"), destination, String(COUNT)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  console.log(`annotations: ${stdout.trim()}`);
  const report: Report = JSON.parse(stdout);
  expect(report.peakMebibytes).toBeLessThan(MOST_MEBIBYTES);
  if (isLong) {
    expect(report.seconds).toBeLessThan(MOST_SECONDS);
    expect(report.queryMilliseconds.p50).toBeLessThan(MOST_MILLISECONDS);
    expect(report.foundOnAverage).toBeGreaterThan(50);
  }
  const layer = await openAnnotations(`file://${destination}`);
  const ids = await layer.ids();
  expect(ids).toHaveLength(COUNT);
  expect([ids[0], ids.at(-1)]).toEqual([10_000_000n, 10_000_000n + 3n * BigInt(COUNT - 1)]);
  let count = 0;
  const seen = new Uint8Array(COUNT);
  for await (const { id } of layer.getAll()) {
    seen[Number(id - 10_000_000n) / 3]!++;
    count++;
  }
  expect(count).toBe(COUNT);
  expect(seen.every((times) => times === 1)).toBe(true);
});
