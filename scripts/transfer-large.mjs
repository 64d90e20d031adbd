// Transfers of a layer of 2 GiB: their peak memory, and whether one that is killed ends with equal bytes.
// usage: node scripts/transfer-large.mjs [MEBIBYTES]
import { spawnSync } from "node:child_process";

const run = spawnSync(
  "npx",
  ["vitest", "run", "test/transfer-large", "--reporter=default", "--disable-console-intercept"],
  {
    encoding: "utf8",
    env: { ...process.env, CLOUDVOLUME_TRANSFER: process.argv[2] ?? "2048", NO_COLOR: "1" },
    maxBuffer: 1 << 26,
  },
);
if (run.status !== 0) process.stdout.write(`${run.stdout.slice(-5000)}\n${run.stderr.slice(-8000)}`);
for (const [, line] of run.stdout.matchAll(/transfer: (\{.*\})/g)) console.log(line);
process.exitCode = run.status ?? 1;
