// Several processes share a disk cache and are killed again and again; says what they found wrong.
// usage: node scripts/cache-stress.mjs [SECONDS] [PROCESSES]     (default: 1800 8, the first half of it without a limit)
import { spawnSync } from "node:child_process";

const seconds = Number(process.argv[2] ?? 1800);
const processes = Number(process.argv[3] ?? 8);
const run = spawnSync(
  "npx",
  [
    "vitest",
    "run",
    "--project=whole",
    "test/caches/stress.test.ts",
    "-t",
    "killed",
    "--disable-console-intercept",
  ],
  {
    encoding: "utf8",
    env: {
      ...process.env,
      CLOUDVOLUME_STRESS_SECONDS: String(seconds / 2),
      CLOUDVOLUME_STRESS_PROCESSES: String(processes),
      NO_COLOR: "1",
    },
    maxBuffer: 1 << 26,
  },
);
for (const [line] of run.stdout.matchAll(/cache stress: .*/g)) console.log(line);
if (run.status !== 0) process.stdout.write(run.stdout.slice(-4000));
process.exitCode = run.status ?? 1;
