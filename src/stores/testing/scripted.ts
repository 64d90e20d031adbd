/** A transport that answers as told and remembers what was asked. */
import { StorageError } from "../../base/errors.js";
import { Body } from "../http/body.js";
import type { HttpRequest, Transport } from "../http/transport.js";
import { transient } from "../retry.js";

export interface ScriptedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Scripted extends Transport {
  readonly requests: HttpRequest[];
}

/** Answers each request by `answer`; "reset" is a connection that broke after the server had acted. */
export function scripted(answer: (request: HttpRequest, n: number) => ScriptedAnswer | "reset"): Scripted {
  const requests: HttpRequest[] = [];
  return {
    requests,
    send: async (request) => {
      requests.push(request);
      const told = answer(request, requests.length - 1);
      if (told === "reset") throw transient(new StorageError("A request failed", { got: "ECONNRESET" }));
      const bytes =
        typeof told.body === "string" ? new TextEncoder().encode(told.body) : (told.body ?? new Uint8Array());
      const head = {
        status: told.status,
        headers: { "content-length": String(bytes.length), ...told.headers },
      };
      const body = new Body(
        request.method === "HEAD" ? { ...head, headers: {} } : head,
        request.receive(head),
        "scripted",
      );
      if (request.method !== "HEAD") body.add(bytes);
      return { ...head, body: body.finish() };
    },
    close: async () => undefined,
  };
}

/** Surroundings in which waits take no time. */
export const INSTANT = {
  now: (): number => 0,
  random: (): number => 0.5,
  sleep: async (): Promise<void> => undefined,
};
