import type { Reply, WorkerPort } from "./pool.js";

/**
 * Starts a worker of the page: the module beside this one, or the one at `url`. One of another server (a CDN) is imported by
 * a module of the page's own, since browsers start workers of the page's origin only.
 */
export function spawnWebWorker(url?: URL | string): WorkerPort {
  const worker = start(url);
  let ended = false;
  let end: (reason: string) => void = () => {};
  return {
    post: (message, transfer) => worker.postMessage(message, [...transfer]),
    onMessage: (listener) => worker.addEventListener("message", ({ data }) => listener(data as Reply)),
    onEnd: (listener) => {
      end = (reason) => {
        if (!ended) listener(reason);
        ended = true;
      };
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        worker.terminate();
        end(event.message || `its module ${String(url ?? "worker.js")} could not be loaded`);
      });
      worker.addEventListener("messageerror", () => {
        worker.terminate();
        end("a message could not be read");
      });
    },
    hold: () => {},
    terminate: async () => {
      worker.terminate();
      end("it was ended");
    },
  };
}

function start(given: URL | string | undefined): Worker {
  const own = new URL(given ?? import.meta.url, globalThis.location?.href);
  const isOwn = own.origin === globalThis.location?.origin || own.protocol === "blob:";
  // Bundlers find the worker by this very expression.
  if (isOwn && given === undefined)
    return new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  if (isOwn) return new Worker(own, { type: "module" });
  const module = given === undefined ? new URL("./worker.js", own) : own;
  const text = `import ${JSON.stringify(module.href)};`;
  const wrapper = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const worker = new Worker(wrapper, { type: "module" });
  // The worker has read it by its first answer; a page has few of them.
  worker.addEventListener("message", () => URL.revokeObjectURL(wrapper), { once: true });
  return worker;
}
