import { Worker } from "node:worker_threads";
import { describe } from "../base/errors.js";
import type { Reply, WorkerPort } from "./pool.js";

/** Starts a worker thread of Node on the module at `url`, without the flags of this process (`--input-type` would stop it). */
export function spawnNodeWorker(url: URL): WorkerPort {
  const worker = new Worker(url, { execArgv: [] });
  let ended = false;
  return {
    post: (message, transfer) => worker.postMessage(message, [...transfer]),
    onMessage: (listener) => worker.on("message", (m: Reply) => listener(m)),
    onEnd: (listener) => {
      const end = (reason: string): void => {
        if (ended) return;
        ended = true;
        listener(reason);
      };
      worker.once("error", (e) => end(describe(e)));
      worker.once("messageerror", (e) => {
        end(describe(e));
        void worker.terminate();
      });
      worker.once("exit", (code) => end(`exit code ${code}`));
    },
    hold: (busy) => (busy ? worker.ref() : worker.unref()),
    terminate: async () => {
      await worker.terminate();
    },
  };
}
