/** The real Python tools, kept running as a judge of what this library writes. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterAll } from "vitest";
import { formatNpy } from "../../src/base/npy.js";
import type { StridedArray } from "../../src/base/strided.js";
import { leaveOut } from "./left-out.js";
import { scratchDirectory } from "./scratch.js";

/** The Python that has CloudVolume: `CLOUDVOLUME_PYTHON`, or the one `scripts/originals.sh` made; undefined: none. */
export const python: string | undefined = findPython();

/** The Python that has the tools of Zarr and N5: `CLOUDVOLUME_ARRAYS_PYTHON`, or the one `scripts/originals.sh arrays` made. */
export const arraysPython: string | undefined = findArraysPython();

function findArraysPython(): string | undefined {
  const made = join(process.env.CLOUDVOLUME_ARRAYS_ENV ?? ".cache/arrays", "bin/python");
  const path = process.env.CLOUDVOLUME_ARRAYS_PYTHON ?? resolve(made);
  return existsSync(path) ? path : undefined;
}

/** Whether the tests against zarr-python and others can run; says so if they cannot. */
export function haveArrayTools(what: string): boolean {
  if (arraysPython === undefined) leaveOut(what, "no Python with zarr (run scripts/originals.sh arrays)");
  return arraysPython !== undefined;
}

/** Random arrays for each codec and data type: a quarter of them outside of CI, so that `npm test` stays short. */
export const ARRAYS: number = process.env.CI === undefined ? 50 : 200;

function findPython(): string | undefined {
  const made = join(process.env.CLOUDVOLUME_PYTHON_ENV ?? ".cache/originals", "bin/python");
  const path = process.env.CLOUDVOLUME_PYTHON ?? resolve(made);
  if (!existsSync(path)) return undefined;
  execFileSync(path, ["-c", "import numpy"], { stdio: "ignore" });
  return path;
}

/** Whether the tests against the originals can run; says so if they cannot. */
export function haveOriginals(what: string): boolean {
  if (python === undefined) leaveOut(what, "no Python with CloudVolume (run scripts/originals.sh)");
  return python !== undefined;
}

export interface Judge {
  /** Asks test/parity/judge_server.py. Rejects with what the tool said. */
  ask<Answer = string>(operation: string, question: Readonly<Record<string, unknown>>): Promise<Answer>;
  /** An array as a file for the judge. */
  npy(array: StridedArray): string;
}

/** Starts the judge; it ends with the test file. */
export function startJudge(script = "test/parity/judge_server.py", runs: string | undefined = python): Judge {
  let child: ChildProcess | undefined;
  const waiting: ((line: string) => void)[] = [];
  const start = (): ChildProcess => {
    const started = spawn(runs ?? "python3", [script], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, PYTHONPATH: resolve("test/support") }, // judge.py
    });
    createInterface({ input: started.stdout }).on("line", (line) => waiting.shift()?.(line));
    started.on("exit", (code, signal) => {
      if (child === started) child = undefined; // The next question starts another.
      for (const w of waiting.splice(0))
        w(JSON.stringify({ ok: false, error: `the judge ended with ${code ?? signal}` }));
    });
    return started;
  };
  afterAll(() => void child?.kill());
  const files = scratchDirectory();
  let count = 0;
  return {
    ask: <Answer>(operation: string, question: Readonly<Record<string, unknown>>) => {
      child ??= start();
      const answer = new Promise<string>((r) => waiting.push(r));
      child.stdin?.write(`${JSON.stringify({ operation, ...question })}\n`);
      return answer.then((line) => {
        const { ok, value, error, trace } = JSON.parse(line);
        if (ok !== true) throw new Error(`${operation}: ${error}\n${trace ?? ""}`);
        return value as Answer;
      });
    },
    npy: (array) => {
      const path = join(files, `${count++}.npy`);
      writeFileSync(path, formatNpy(array));
      return path;
    },
  };
}
