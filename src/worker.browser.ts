/** The entry of a page's worker. */
import { toRecord } from "./base/error-record.js";
import { WorkerError } from "./base/errors.js";
import { createWorkspace } from "./base/memory-workspace.js";
import { loadedCodec } from "./codecs/index.js";
import { FORGET, REMEMBER, type SharedMemoryRef, serveTasks, type TaskRequest } from "./compute/pool.js";
import { type EncodeJob, encodeSlice } from "./volume/encode-worker.js";
import {
  type AloneJob,
  type DecodeJob,
  decodeAlone,
  decodeFetched,
  type WorkerContext,
} from "./volume/read-worker.js";
import { type WriteJob, writeSlice } from "./volume/write-worker.js";

/** The memories that this worker was given, by id. */
const memories = new Map<number, WebAssembly.Memory>();
const workspace = createWorkspace();

const context: WorkerContext = {
  openSpec: () => {
    throw new WorkerError("Workers of a page open no stores");
  },
  codec: loadedCodec,
  memory: (id) => {
    const memory = memories.get(id);
    if (memory === undefined) throw new WorkerError("A task names a memory that this worker was not given");
    return memory;
  },
};

const serve = serveTasks(
  {
    decode: (job: DecodeJob) => decodeFetched(context, job),
    decodeAlone: (job: AloneJob) => decodeAlone(workspace, loadedCodec, job),
    write: (job: WriteJob) => writeSlice(context, job),
    encode: (job: EncodeJob) => encodeSlice(context, job),
    [REMEMBER]: ({ id, memory }: SharedMemoryRef) => void memories.set(id, memory),
    [FORGET]: (id: number) => void memories.delete(id),
  },
  (reply, transfer) => postMessage(reply, { transfer: [...transfer] }),
  toRecord,
);
addEventListener("message", ({ data }: MessageEvent<TaskRequest>) => void serve(data));
