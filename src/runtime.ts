/** This process's means of decoding: one workspace, one worker pool, one set of recycled outputs. */
import { availableParallelism } from "node:os";
import { ArgumentError } from "./base/errors.js";
import { createSharedMemory, createWorkspace, sharedWorkspace } from "./base/memory-workspace.js";
import { loadedCodec } from "./codecs/index.js";
import { allocateUnset } from "./compute/allocate.node.js";
import { collectGarbage } from "./compute/collect.node.js";
import { Outputs } from "./compute/outputs.js";
import { WorkerPool } from "./compute/pool.js";
import { Results } from "./compute/results.js";
import { spawnNodeWorker } from "./compute/spawn.node.js";
import { openFileSpool } from "./compute/spool.node.js";
import type { Runtime } from "./volume/context.js";

export interface RuntimeOptions {
  /** Where the worker module lies, for bundlers that move it. */
  readonly workerUrl?: URL | string;
  /** Most worker threads of this process; 0: none, everything runs on the calling thread. Default: the cores. */
  readonly threads?: number;
}

let options: RuntimeOptions = {};
let runtime: Runtime | undefined;

/** Settings of the whole process. Call it before the first volume is opened. */
export function configureRuntime(settings: RuntimeOptions): void {
  const { threads } = settings;
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 0)) {
    throw new ArgumentError("Wrong number of threads", { expected: "an integer >= 0", got: String(threads) });
  }
  options = { ...options, ...settings };
  void runtime?.pool?.close();
  runtime = undefined;
}

/** The shared runtime, made on first use; no thread starts before a large read or write needs one. */
export function processRuntime(): Runtime {
  runtime ??= makeRuntime();
  return runtime;
}

/** Tells the user something that is no error. */
export function warn(message: string): void {
  process.emitWarning(message, "CloudVolumeWarning");
}

function makeRuntime(): Runtime {
  const cores = availableParallelism();
  const size = options.threads ?? cores;
  const url = new URL(options.workerUrl ?? new URL("./worker.js", import.meta.url));
  const pool = size === 0 ? undefined : new WorkerPool({ size, spawn: () => spawnNodeWorker(url) });
  const outputs = new Outputs({
    allocate: (bytes) => {
      const memory = createSharedMemory();
      return { memory, region: sharedWorkspace(memory).allocate(bytes) };
    },
    collect: collectGarbage,
    onDrop: (id) => pool?.forget(id),
  });
  const files = async () => (await import("./volume/local-files.node.js")).nodeFiles;
  const spool = (): ReturnType<typeof openFileSpool> => openFileSpool();
  return {
    workspace: createWorkspace(),
    pool,
    outputs,
    codec: loadedCodec,
    results: new Results(allocateUnset),
    turn: () => new Promise((done) => void setImmediate(done)),
    spool,
    cores,
    files,
  };
}
