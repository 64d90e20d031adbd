// Processes that write distinct chunks of one shard at the same time, with a reader beside them.
// usage: node scripts/shard-race.mjs [PROCESSES] [UPDATES]
import { spawnSync } from "node:child_process";

const [processes = "16", updates = "1000"] = process.argv.slice(2);
const run = spawnSync(
  "npx",
  ["vitest", "run", "test/shard-race", "--reporter=default", "--disable-console-intercept"],
  {
    encoding: "utf8",
    env: { ...process.env, CLOUDVOLUME_RACERS: processes, CLOUDVOLUME_UPDATES: updates, NO_COLOR: "1" },
    maxBuffer: 1 << 26,
  },
);
if (run.status !== 0) process.stdout.write(`${run.stdout.slice(-5000)}\n${run.stderr.slice(-8000)}`);
console.log(/race: (\{.*\})/.exec(run.stdout)?.[1] ?? "no result");
process.exitCode = run.status ?? 1;
