/** The server itself: node:http on the loopback interface. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { throwIfAborted } from "../base/abort.js";
import { describe, StorageError } from "../base/errors.js";
import { answer } from "./answer.js";
import type { Site } from "./site.js";

const HOST = "127.0.0.1";
/** Ports that are tried, one after the other, where none was asked for. */
const USUAL_PORT = 1337;
const TRIES = 100;

export interface ListenOptions {
  /** 0 stands for whichever is free. Default: 1337, or the next one that is free. */
  readonly port?: number | undefined;
  /** Ends the server. */
  readonly signal?: AbortSignal | undefined;
}

export interface Listening {
  readonly port: number;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Ends connections, and what is read for them. */
  close(): Promise<void>;
}

/** @throws StorageError where the port is taken. */
export async function listen(site: Site, { port, signal }: ListenOptions = {}): Promise<Listening> {
  throwIfAborted(signal);
  const ending = new AbortController();
  const server = createServer((request, response) => {
    const own = (server.address() as AddressInfo | null)?.port ?? 0;
    void respond(site, request, response, own, ending.signal);
  });
  const found = await bind(server, port);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= new Promise((done) => {
      signal?.removeEventListener("abort", stop);
      ending.abort(new Error("the server has ended"));
      server.close(() => done());
      server.closeAllConnections();
    });
    return closing;
  };
  const stop = (): void => void close();
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted === true) await close();
  throwIfAborted(signal);
  return { port: found, url: `http://${HOST}:${found}`, close };
}

async function bind(server: Server, port: number | undefined): Promise<number> {
  const first = port ?? USUAL_PORT;
  const last = port === undefined ? first + TRIES - 1 : first;
  for (let at = first; at <= last; at++) {
    const error = await tryPort(server, at);
    if (error === undefined) return (server.address() as AddressInfo).port;
    if (error.code !== "EADDRINUSE" || at === last)
      throw new StorageError("The server cannot listen there", {
        where: `${HOST}:${at}`,
        got: describe(error),
        fix: "Choose another port; 0 is any that is free.",
        cause: error,
      });
  }
  throw new TypeError("no port was tried");
}

function tryPort(server: Server, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((done) => {
    const failed = (error: NodeJS.ErrnoException): void => done(error);
    server.once("error", failed);
    server.listen(port, HOST, () => {
      server.off("error", failed);
      done(undefined);
    });
  });
}

async function respond(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
  ending: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  const end = (): void => gone.abort(new Error("the reader has gone"));
  response.once("close", end);
  ending.addEventListener("abort", end, { once: true });
  const headers = Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)]));
  const asked = { method: request.method ?? "GET", url: request.url ?? "/", headers };
  try {
    const { status, headers: own, body } = await answer(site, asked, port, { signal: gone.signal });
    response.writeHead(status, own).end(body);
  } catch (error) {
    // Gone readers get nothing; else it is a fault of ours, and must not end the process.
    if (!response.headersSent) response.writeHead(500).end(gone.signal.aborted ? "" : `${describe(error)}\n`);
    else response.destroy();
  } finally {
    ending.removeEventListener("abort", end);
  }
}
