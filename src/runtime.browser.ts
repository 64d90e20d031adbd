/** This page's means of decoding: one workspace, one worker pool and, where the page is isolated, recycled outputs. */

import { ArgumentError } from "./base/errors.js";
import { createSharedMemory, createWorkspace, sharedWorkspace } from "./base/memory-workspace.js";
import { nextTurn } from "./base/turn.js";
import { loadedCodec } from "./codecs/index.js";
import { Outputs } from "./compute/outputs.js";
import { WorkerPool } from "./compute/pool.js";
import { Results } from "./compute/results.js";
import { spawnWebWorker } from "./compute/spawn.browser.js";
import type { RuntimeOptions } from "./runtime.js";
import type { Runtime } from "./volume/context.js";

export type { RuntimeOptions } from "./runtime.js";

let options: RuntimeOptions = {};
let runtime: Runtime | undefined;

/** Settings of the whole page. Call it before the first volume is opened. */
export function configureRuntime(settings: RuntimeOptions): void {
  const { threads } = settings;
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 0)) {
    throw new ArgumentError("Wrong number of threads", { expected: "an integer >= 0", got: String(threads) });
  }
  options = { ...options, ...settings };
  void runtime?.pool?.close();
  runtime = undefined;
}

/** The shared runtime, made on first use; no worker starts before a large read needs one. */
export function processRuntime(): Runtime {
  runtime ??= makeRuntime();
  return runtime;
}

export function warn(message: string): void {
  console.warn(message);
}

function makeRuntime(): Runtime {
  const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
  const size = options.threads ?? cores;
  const { workerUrl } = options;
  const pool =
    size === 0 || typeof Worker === "undefined"
      ? undefined
      : new WorkerPool({ size, spawn: () => spawnWebWorker(workerUrl) });
  return {
    workspace: createWorkspace(),
    pool,
    // Elsewhere memory may be made that is shared, but no worker is given it.
    outputs: globalThis.crossOriginIsolated === true ? sharedOutputs(() => pool) : undefined,
    codec: loadedCodec,
    results: new Results((bytes) => new ArrayBuffer(bytes)),
    turn: nextTurn,
    cores,
  };
}

function sharedOutputs(pool: () => WorkerPool | undefined): Outputs {
  return new Outputs({
    allocate: (bytes) => {
      const memory = createSharedMemory();
      return { memory, region: sharedWorkspace(memory).allocate(bytes) };
    },
    onDrop: (id) => pool()?.forget(id),
  });
}
