/** Directories that vanish after the test file. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const made: string[] = [];

/** A new empty directory under the system's temporary one. */
export function scratchDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), "cloudvolume-test-"));
  made.push(dir);
  return dir;
}

afterAll(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});
