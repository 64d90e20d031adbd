/** The entry of a worker thread. */
import { parentPort } from "node:worker_threads";
import { toRecord, WorkerError } from "./base/errors.js";
import { loadedCodec } from "./codecs/index.js";
import { FORGET, REMEMBER, type SharedMemoryRef, serveTasks, type TaskRequest } from "./compute/pool.js";
import { fileStore } from "./stores/file/index.js";
import type { StoreSpec } from "./stores/store.js";
import {
  type DecodeJob,
  decodeFetched,
  type ReadJob,
  readSlice,
  type WorkerContext,
} from "./volume/read-worker.js";
import { type WriteJob, writeSlice } from "./volume/write-worker.js";

/** The memories that this worker was given, by id. */
const memories = new Map<number, WebAssembly.Memory>();
let last: { path: string; store: ReturnType<typeof fileStore> } | undefined;

const context: WorkerContext = {
  openSpec: (spec: StoreSpec) => {
    if (last?.path !== spec.path) last = { path: spec.path, store: fileStore(spec.path, spec.options) };
    return last.store;
  },
  codec: loadedCodec,
  memory: (id) => {
    const memory = memories.get(id);
    if (memory === undefined) throw new WorkerError("A task names a memory that this worker was not given");
    return memory;
  },
};

const port = parentPort;
if (port === null) throw new Error("worker.js runs as a worker thread only");
const serve = serveTasks(
  {
    read: (job: ReadJob) => readSlice(context, job),
    decode: (job: DecodeJob) => decodeFetched(context, job),
    write: (job: WriteJob) => writeSlice(context, job),
    [REMEMBER]: ({ id, memory }: SharedMemoryRef) => void memories.set(id, memory),
    [FORGET]: (id: number) => void memories.delete(id),
  },
  (reply, transfer) => port.postMessage(reply, transfer),
  toRecord,
);
port.on("message", (request: TaskRequest) => void serve(request));
