/** A loopback server of a directory that counts what is under way and can be slow, refuse or break. */
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll } from "vitest";

export interface Loopback {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Requests that have come and are not answered to the end. */
  inFlight(): number;
  /** Open sockets. */
  connections(): Promise<number>;
  /** Requests so far. */
  total(): number;
  /** The most requests that were under way at once. */
  most(): number;
  /** What happens to requests from now on. */
  behave(how: Behaviour): void;
}

export interface Behaviour {
  /** Milliseconds before an answer. */
  readonly delay?: number;
  /** An answer other than the file's; undefined: the file. */
  readonly status?: (path: string) => number | undefined;
}

const ENCODINGS: readonly (readonly [suffix: string, encoding: string])[] = [
  ["", ""],
  [".gz", "gzip"],
  [".br", "br"],
  [".zstd", "zstd"],
];

/** Serves `root` until the test file ends: compressed files by Content-Encoding, one range a request. */
export async function serveDirectory(root: string): Promise<Loopback> {
  let behaviour: Behaviour = {};
  let under = 0;
  let count = 0;
  let most = 0;
  const server: Server = createServer((request, response) => {
    count++;
    most = Math.max(most, ++under);
    response.once("close", () => under--);
    setTimeout(() => answer(root, request, response, behaviour), behaviour.delay ?? 0);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    inFlight: () => under,
    connections: () =>
      new Promise((resolve, reject) => server.getConnections((e, n) => (e ? reject(e) : resolve(n)))),
    total: () => count,
    most: () => most,
    behave: (how) => {
      behaviour = how;
    },
  };
}

function answer(
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
  { status }: Behaviour,
): void {
  const path = decodeURIComponent(new URL(request.url ?? "/", "http://x").pathname);
  const refused = status?.(path);
  if (refused !== undefined) return void response.writeHead(refused).end();
  const found = ENCODINGS.find(([suffix]) => existsSync(join(root, path + suffix)));
  if (found === undefined || path.endsWith("/")) return void response.writeHead(404).end();
  const bytes = readFileSync(join(root, path + found[0]));
  const headers = { ...(found[1] === "" ? {} : { "Content-Encoding": found[1] }), "Accept-Ranges": "bytes" };
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  if (range === null)
    return void response.writeHead(200, { ...headers, "Content-Length": bytes.length }).end(bytes);
  const from = Number(range[1]);
  const part = bytes.subarray(from, range[2] === "" ? undefined : Number(range[2]) + 1);
  if (part.length === 0)
    return void response.writeHead(416, { "Content-Range": `bytes */${bytes.length}` }).end();
  const span = `bytes ${from}-${from + part.length - 1}/${bytes.length}`;
  response.writeHead(206, { ...headers, "Content-Range": span, "Content-Length": part.length }).end(part);
}
