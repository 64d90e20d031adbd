/** Before the tests that open volumes: bundles the library, its worker and the command line. */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { resolve } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Directory of the bundled index.js, worker.js and cli.js. */
    readonly build: string;
  }
}

export default function setup(project: TestProject): () => void {
  const out = resolve(`.cache/test/build-${process.pid}`);
  execFileSync(process.execPath, ["scripts/build.mjs", "--no-types", "--out", out], { stdio: "inherit" });
  project.provide("build", out);
  return () => rmSync(out, { recursive: true, force: true });
}
