/** The entry of a worker thread. */
import { parentPort } from "node:worker_threads";
import { toRecord } from "./base/errors.js";
import { loadedCodec } from "./codecs/index.js";
import { serveTasks, type TaskRequest } from "./compute/pool.js";
import { fileStore } from "./stores/file/index.js";
import type { StoreSpec } from "./stores/store.js";
import {
  type DecodeJob,
  decodeFetched,
  forgetMemory,
  type ReadJob,
  readSlice,
  type WorkerContext,
} from "./volume/read-worker.js";
import { type WriteJob, writeSlice } from "./volume/write-worker.js";

let last: { path: string; store: ReturnType<typeof fileStore> } | undefined;

const context: WorkerContext = {
  openSpec: (spec: StoreSpec) => {
    if (last?.path !== spec.path) last = { path: spec.path, store: fileStore(spec.path) };
    return last.store;
  },
  codec: loadedCodec,
};

const port = parentPort;
if (port === null) throw new Error("worker.js runs as a worker thread only");
const serve = serveTasks(
  {
    read: (job: ReadJob) => readSlice(context, job),
    decode: (job: DecodeJob) => decodeFetched(context, job),
    write: (job: WriteJob) => writeSlice(context, job),
    forget: (id: number) => forgetMemory(id),
  },
  (reply, transfer) => port.postMessage(reply, transfer),
  toRecord,
);
port.on("message", (request: TaskRequest) => void serve(request));
