/** A transport whose requests fail as told: before they are sent, or after the server has acted. */
import { StorageError } from "../../src/base/errors.js";
import type { HttpRequest, Transport } from "../../src/stores/http/transport.js";
import { transient } from "../../src/stores/retry.js";

export type Fault =
  /** Sent, and answered. */
  | "none"
  /** The connection breaks before anything is sent. */
  | "reset"
  /** The server acts, and its answer is lost. */
  | "lost"
  /** The server is busy. */
  | "busy"
  /** The server refuses. */
  | "refused";

/** Tells what becomes of the nth request, from 0. */
export type Plan = (request: HttpRequest, n: number) => Fault;

export function faultyTransport(inner: Transport, plan: Plan): Transport {
  let n = 0;
  const broken = (): StorageError => transient(new StorageError("A request failed", { got: "ECONNRESET" }));
  return {
    send: async (request) => {
      const fault = plan(request, n++);
      if (fault === "reset") throw broken();
      if (fault === "busy" || fault === "refused") {
        const head = { status: fault === "busy" ? 503 : 400, headers: {} };
        request.receive(head);
        return { ...head, body: new Uint8Array() };
      }
      const answer = await inner.send(request);
      if (fault === "lost") throw broken();
      return answer;
    },
    close: () => inner.close(),
  };
}
