/** The browser's build of the library, and what tests run beside it. */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll } from "vitest";

/** Builds into a folder that goes with the test file: `index.js`, `worker.js`, their chunks, and `probe.js`. @returns the folder. */
export function buildForBrowser(): string {
  const out = resolve(`.cache/test/browser-${process.pid}`);
  afterAll(() => rmSync(out, { recursive: true, force: true }));
  const further = "probe=test/support/browser/probe.ts";
  execFileSync(process.execPath, ["scripts/build-browser.mjs", "--out", out, further], { stdio: "inherit" });
  return out;
}
