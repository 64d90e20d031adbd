// A million points with 3 properties and 2 relationships: memory and time of writing them, time of finding boxes of them.
// usage: node scripts/annotations-large.mjs [POINTS]
import { spawnSync } from "node:child_process";

const run = spawnSync(
  "npx",
  ["vitest", "run", "test/annotations-large", "--reporter=default", "--disable-console-intercept"],
  {
    encoding: "utf8",
    env: { ...process.env, CLOUDVOLUME_ANNOTATIONS: process.argv[2] ?? "1000000", NO_COLOR: "1" },
    maxBuffer: 1 << 26,
  },
);
if (run.status !== 0) process.stdout.write(`${run.stdout.slice(-5000)}\n${run.stderr.slice(-8000)}`);
for (const [, line] of run.stdout.matchAll(/annotations: (\{.*\})/g)) console.log(line);
process.exitCode = run.status ?? 1;
