/** The server itself: node:http, on the loopback interface unless told otherwise. */
import { setMaxListeners } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { throwIfAborted } from "../base/abort.js";
import { ArgumentError, describe, StorageError } from "../base/errors.js";
import { answer } from "./answer.js";
import type { Site } from "./site.js";
import type { Visitors } from "./visitors.js";

const LOOPBACK = "127.0.0.1";
/** Ports that are tried, one after the other, where none was asked for. */
const USUAL_PORT = 1337;
const TRIES = 100;
/** Milliseconds for a request's headers: slow ones must not hold sockets. */
const HEADERS_TIMEOUT = 15_000;

export interface ListenOptions {
  /** 0 stands for whichever is free. Default: 1337, or the next one that is free. */
  readonly port?: number | undefined;
  /** The address to listen at. Default 127.0.0.1, which other machines do not reach; `0.0.0.0`: every one of this machine. */
  readonly host?: string | undefined;
  /** With another host: further names by which readers call this machine. Its addresses and its own name count anyway. */
  readonly names?: readonly string[] | undefined;
  /** Origins of pages that may read, e.g. `https://neuroglancer-demo.appspot.com`. Default: all, since every viewer may be pointed here. */
  readonly cors?: readonly string[] | undefined;
  /** Ends the server. */
  readonly signal?: AbortSignal | undefined;
}

export interface Listening {
  readonly port: number;
  /** `http://host:port`. */
  readonly url: string;
  /** Ends connections, and what is read for them. */
  close(): Promise<void>;
}

/**
 * `site`: what is offered, or what makes it once the address is known. @throws StorageError where the port is taken,
 * ArgumentError for an origin that is none.
 */
export async function listen(
  site: Site | ((url: string) => Site),
  { port, signal, host = LOOPBACK, names = [], cors }: ListenOptions = {},
): Promise<Listening> {
  throwIfAborted(signal);
  const visitors: Visitors = {
    names: isLoopback(host) ? undefined : [host, hostname(), ...names],
    origins: cors?.map(parseOrigin),
  };
  const ending = new AbortController();
  // Every request listens to it.
  setMaxListeners(0, ending.signal);
  let offered: Site = { folders: new Map() };
  const server = createServer((request, response) => {
    void respond(offered, visitors, request, response, ending.signal);
  });
  server.headersTimeout = HEADERS_TIMEOUT;
  const found = await bind(server, host, port);
  const url = `http://${addressed(host)}:${found}`;
  offered = typeof site === "function" ? site(url) : site;
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
  return { port: found, url, close };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}

/** The host in an address that this machine reaches: every interface is also the loopback one. */
function addressed(host: string): string {
  if (host === "0.0.0.0" || host === "::") return LOOPBACK;
  return host.includes(":") ? `[${host}]` : host;
}

/** @throws ArgumentError for what is no origin, with or without a slash at its end. */
function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && url.origin !== "null" && text.replace(/\/$/, "").toLowerCase() === url.origin)
    return url.origin;
  throw new ArgumentError("Not an origin of pages", {
    expected: "a scheme and a host, e.g. https://neuroglancer-demo.appspot.com",
    got: JSON.stringify(text),
  });
}

async function bind(server: Server, host: string, port: number | undefined): Promise<number> {
  const first = port ?? USUAL_PORT;
  const last = port === undefined ? first + TRIES - 1 : first;
  for (let at = first; at <= last; at++) {
    const error = await tryPort(server, host, at);
    if (error === undefined) return (server.address() as AddressInfo).port;
    if (error.code !== "EADDRINUSE" || at === last)
      throw new StorageError("The server cannot listen there", {
        where: `${host}:${at}`,
        got: describe(error),
        fix:
          error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND"
            ? "Choose an address of this machine; 0.0.0.0 is all of them."
            : "Choose another port; 0 is any that is free.",
        cause: error,
      });
  }
  throw new TypeError("no port was tried");
}

function tryPort(server: Server, host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((done) => {
    const failed = (error: NodeJS.ErrnoException): void => done(error);
    server.once("error", failed);
    server.listen(port, host, () => {
      server.off("error", failed);
      done(undefined);
    });
  });
}

async function respond(
  site: Site,
  visitors: Visitors,
  request: IncomingMessage,
  response: ServerResponse,
  ending: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  const end = (): void => gone.abort(new Error("the reader has gone"));
  response.once("close", end);
  ending.addEventListener("abort", end, { once: true });
  const headers = Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)]));
  const asked = { method: request.method ?? "GET", url: request.url ?? "/", headers };
  try {
    const {
      status,
      headers: own,
      body,
    } = await answer(site, asked, visitors, {
      signal: gone.signal,
    });
    response.writeHead(status, own).end(body);
  } catch (error) {
    // Gone readers get nothing; else it is a fault of ours, and must not end the process.
    if (!response.headersSent) response.writeHead(500).end(gone.signal.aborted ? "" : `${describe(error)}\n`);
    else response.destroy();
  } finally {
    ending.removeEventListener("abort", end);
  }
}
