// Kills uploads by SIGKILL at random moments until 200 are dead, and says what they left.
// usage: node scripts/crash.mjs [KILLS]
import { spawnSync } from "node:child_process";

const kills = Number(process.argv[2] ?? 200);
const run = spawnSync(
  "npx",
  ["vitest", "run", "test/crash", "--reporter=default", "--disable-console-intercept"],
  {
    encoding: "utf8",
    env: { ...process.env, CLOUDVOLUME_KILLS: String(Math.ceil(kills / 4)), NO_COLOR: "1" },
    maxBuffer: 1 << 26,
  },
);
const sums = [...run.stdout.matchAll(/crash: (\{.*\})/g)].map((m) => JSON.parse(m[1]));
const total = (key) => sums.reduce((n, s) => n + s[key], 0);
if (run.status !== 0) process.stdout.write(run.stdout.slice(-5000));
for (const s of sums) console.log(JSON.stringify(s));
console.log(
  `${total("kills")} kills, ${total("midFile")} while a file was being written; ` +
    `${total("newer")} chunks new, ${total("older")} old, ${run.status === 0 ? "0" : "some"} wrong`,
);
process.exitCode = run.status === 0 && total("midFile") >= Math.min(50, kills / 4) ? 0 : 1;
