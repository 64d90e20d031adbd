/** The entry of a worker thread. */
import { parentPort } from "node:worker_threads";
import { toRecord } from "./base/error-record.js";
import { WorkerError } from "./base/errors.js";
import { loadedCodec } from "./codecs/index.js";
import { FORGET, REMEMBER, type SharedMemoryRef, serveTasks, type TaskRequest } from "./compute/pool.js";
import { openSpec } from "./open-spec.js";
import type { Store, StoreSpec } from "./stores/store.js";
import { type EncodeJob, encodeSlice } from "./volume/encode-worker.js";
import {
  type DecodeJob,
  decodeFetched,
  type ReadJob,
  readSlice,
  type WorkerContext,
} from "./volume/read-worker.js";
import { type RecompressJob, recompress } from "./volume/recompress-worker.js";
import { type TranscodeJob, transcodeSlice } from "./volume/transcode-worker.js";
import { type WriteJob, writeSlice } from "./volume/write-worker.js";

/** The memories that this worker was given, by id. */
const memories = new Map<number, WebAssembly.Memory>();
let last: { name: string; store: Store } | undefined;

const context: WorkerContext = {
  openSpec: (spec: StoreSpec) => {
    const name = JSON.stringify(spec);
    if (last?.name !== name) last = { name, store: openSpec(spec) };
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
    encode: (job: EncodeJob) => encodeSlice(context, job),
    recompress: (job: RecompressJob) => recompress(job),
    transcode: (job: TranscodeJob) => transcodeSlice(context, job),
    [REMEMBER]: ({ id, memory }: SharedMemoryRef) => void memories.set(id, memory),
    [FORGET]: (id: number) => void memories.delete(id),
  },
  (reply, transfer) => port.postMessage(reply, transfer),
  toRecord,
);
port.on("message", (request: TaskRequest) => void serve(request));
