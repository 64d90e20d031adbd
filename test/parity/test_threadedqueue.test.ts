/**
 * The assertions of CloudVolume's test_threadedqueue.py as far as they apply: its queue of Python threads is the
 * pool of worker threads here. The tasks of the pool are those of the test's own worker module.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { WorkerPool } from "../../src/compute/pool.js";
import { spawnNodeWorker } from "../../src/compute/spawn.node.js";
import { ArgumentError, configureRuntime } from "../../src/node.js";
import { scratchDirectory } from "../support/scratch.js";

const WORKER = `
import { parentPort, threadId } from "node:worker_threads";
let state = "fun";
parentPort.on("message", ({ task, payload, silent }) => {
  if (silent) return;
  if (task === "echo") parentPort.postMessage({ ok: true, value: payload });
  else if (task === "state") parentPort.postMessage({ ok: true, value: state });
  else if (task === "thread") setTimeout(() => parentPort.postMessage({ ok: true, value: threadId }), 5);
  else parentPort.postMessage({ ok: false, error: { name: "EncodingError", what: "Not implemented at all." } });
});
`;

const file = join(scratchDirectory(), "worker.mjs");
writeFileSync(file, WORKER);
const pools: WorkerPool[] = [];
const pool = (size: number): WorkerPool => {
  const made = new WorkerPool({ size, spawn: () => spawnNodeWorker(pathToFileURL(file)) });
  pools.push(made);
  return made;
};
afterEach(async () => {
  await Promise.all(pools.splice(0).map((p) => p.close()));
});

describe("test_threadedqueue.py", () => {
  test.each([1, 8])("test_threadedqueue.py::test_threading: %s threads run every job once", async (size) => {
    const p = pool(size);
    const ran = await Promise.all(Array.from({ length: 1000 }, (_, i) => p.run<number>("echo", i)));
    expect(ran).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(p.alive).toBeLessThanOrEqual(size);
    expect(p.pending).toBe(0);
  });

  test("test_threadedqueue.py::test_threading: a wrong number of threads is refused", () => {
    for (const threads of [-1, 1.5, Number.NaN])
      expect(() => configureRuntime({ threads })).toThrow(ArgumentError);
  });

  test("test_threadedqueue.py::test_derived_class: what a thread holds serves all its jobs", async () => {
    const p = pool(1);
    const states = await Promise.all(Array.from({ length: 1000 }, () => p.run("state", undefined)));
    expect(new Set(states)).toEqual(new Set(["fun"]));
  });

  test("test_threadedqueue.py::test_threads_die", async () => {
    const p = pool(4);
    expect(p.alive).toBe(0);
    const threads = await Promise.all(Array.from({ length: 40 }, () => p.run<number>("thread", undefined)));
    expect(new Set(threads).size).toBe(4);
    expect(p.alive).toBe(4);
    await p.close();
    expect(p.alive).toBe(0);
  });

  test("test_threadedqueue.py::test_thread_exceptions: each failing job rejects, and the pool goes on", async () => {
    const p = pool(4);
    const jobs = Array.from({ length: 1000 }, (_, i) => p.run(i % 10 === 3 ? "die" : "echo", i));
    const settled = await Promise.allSettled(jobs);
    settled.forEach((s, i) => {
      expect(s.status).toBe(i % 10 === 3 ? "rejected" : "fulfilled");
      if (s.status === "rejected") expect(String(s.reason)).toBe("EncodingError: Not implemented at all");
    });
    expect(await p.run("echo", "still here")).toBe("still here");
  });
});
