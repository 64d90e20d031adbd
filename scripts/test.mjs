// The checks of `npm test`: kernels up to date, format and lint, types, and every test.
// Says at the end what this machine left out and why, and closes with `N passed, N failed`.
// usage: node scripts/test.mjs [--peers] [vitest arguments]
// --peers: only the tests that need more than Node and npm: the Python originals, servers (see TESTING.md).
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";

const report = resolve(".cache/test/report.json");
const leftOut = resolve(".cache/test/left-out.txt");
mkdirSync(".cache/test", { recursive: true });
for (const file of [report, leftOut]) rmSync(file, { force: true });

let passed = 0;
let failed = 0;

function run(command, args, env = {}) {
  const plain = process.stdout.isTTY ? {} : { NO_COLOR: "1" };
  return (
    spawnSync(command, args, { stdio: "inherit", env: { ...process.env, ...plain, ...env } }).status === 0
  );
}

function check(what, script, args) {
  const good = run(process.execPath, [script, ...args]);
  console.log(`${good ? "passed" : "FAILED"}: ${what}`);
  if (good) passed++;
  else failed++;
}

const given = process.argv.slice(2);
const peers = given.includes("--peers");
const rest = given.filter((a) => a !== "--peers");
const projects = (peers ? ["peers"] : ["rooms", "whole"]).map((p) => `--project=${p}`);

if (!peers) {
  check("kernels are those of their sources", "scripts/build-kernels.mjs", ["--check"]);
  check("format and lint", "node_modules/@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."]);
  check("types", "node_modules/typescript/bin/tsc", ["--noEmit"]);
}

const vitest = [
  "node_modules/vitest/vitest.mjs",
  "run",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${report}`,
  ...projects,
];
const good = run(process.execPath, [...vitest, ...rest], { CLOUDVOLUME_LEFT_OUT: leftOut });
if (existsSync(report)) {
  const { numPassedTests, numFailedTests, numTotalTests } = JSON.parse(readFileSync(report, "utf8"));
  passed += numPassedTests;
  failed += numFailedTests;
  if (!good && numFailedTests === 0) failed++; // A file that could not run, or an error outside of tests.
  const skipped = numTotalTests - numPassedTests - numFailedTests;
  if (skipped > 0) console.log(`${skipped} tests were skipped; the reasons follow`);
} else failed++;

if (existsSync(leftOut)) {
  const lines = [...new Set(readFileSync(leftOut, "utf8").trim().split("\n"))].sort();
  console.log(
    `\nLeft out on this machine:\n${lines.map((l) => `  ${l.replace(/^left out: /, "")}`).join("\n")}`,
  );
}
if (!peers && process.env.CI === undefined)
  console.log(
    "\nNot part of npm test: the Python originals and servers (npm run test:peers, needs Python 3).",
  );
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
