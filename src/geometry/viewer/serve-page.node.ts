/** A page on this machine alone: a server on the loopback interface that gives what `contentOf` has for a path. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Abortable, throwIfAborted } from "../../base/abort.js";
import { describe, StorageError } from "../../base/errors.js";
import { openBrowser } from "./browser.node.js";

export interface Content {
  readonly type: string;
  readonly body: Uint8Array | string;
}

export interface PageOptions extends Abortable {
  /** 0: a free one. */
  readonly port?: number | undefined;
  /** Taken where no port is asked for, or the next one that is free. Default 0. */
  readonly usualPort?: number | undefined;
  /** Open the browser. Default true. */
  readonly open?: boolean | undefined;
}

export interface Viewer {
  /** The address of the page. */
  readonly url: string;
  /** Ends the server. Until then it keeps the process alive. */
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
const TRIES = 100;
/** Everything comes from this server; other sites' pages may neither embed nor read it. */
const HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/** @throws StorageError if the port is taken. */
export async function servePage(
  contentOf: (path: string) => Content | undefined,
  options: PageOptions = {},
): Promise<Viewer & { readonly port: number }> {
  throwIfAborted(options.signal);
  const server = createServer((request, response) => answer(contentOf, request, response));
  const port = await listen(server, options);
  const url = `http://${HOST}:${port}/`;
  const close = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  options.signal?.addEventListener("abort", () => void close(), { once: true });
  if (options.open !== false) openBrowser(url);
  return { url, port, close };
}

async function listen(server: Server, { port, usualPort = 0 }: PageOptions): Promise<number> {
  const first = port ?? usualPort;
  const last = port === undefined && usualPort !== 0 ? first + TRIES - 1 : first;
  for (let at = first; ; at++) {
    const cause = await tryPort(server, at);
    const address = server.address();
    if (cause === undefined) return typeof address === "object" && address !== null ? address.port : at;
    if (cause.code !== "EADDRINUSE" || at === last)
      throw new StorageError("The viewer cannot be served", {
        where: `${HOST}:${at}`,
        got: describe(cause),
        fix: "Choose another port; 0 is any that is free.",
        cause,
      });
  }
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

function answer(
  contentOf: (path: string) => Content | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { method, url = "/", headers } = request;
  const found = isLocal(headers.host) && (method === "GET" || method === "HEAD") ? contentOf(url) : undefined;
  if (found === undefined) {
    response.writeHead(isLocal(headers.host) ? 404 : 403).end();
    return;
  }
  const length = Buffer.byteLength(found.body);
  response.writeHead(200, { ...HEADERS, "content-type": found.type, "content-length": length });
  response.end(method === "HEAD" ? undefined : found.body);
}

/** Whether a request names this machine: another site's page that found the port does not. */
function isLocal(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? "");
}
