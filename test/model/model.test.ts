import { existsSync } from "node:fs";
import { test } from "vitest";
import { scratchDirectory } from "../support/scratch.js";
import { runModel } from "./run.js";

/** 10,000 runs: `node scripts/model.mjs`. */
const RUNS = 300;

test(`${RUNS} random sequences of writes, reads, questions and deletions by two clients equal a plain array`, async () => {
  const folder = existsSync("/dev/shm") ? "/dev/shm" : scratchDirectory();
  await runModel({ runs: RUNS, steps: 10, folder });
});
