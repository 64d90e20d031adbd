/** A loopback server of pages and data for a browser, with the headers that a test is about. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { afterAll } from "vitest";

export interface PagesOptions {
  /** Folders by the beginning of the path: `{ "/lib/": "dist/browser" }`. */
  readonly folders: Readonly<Record<string, string>>;
  /** Texts by path. */
  readonly pages?: Readonly<Record<string, string>>;
  /** Whether pages are isolated from those of other origins, so that they may share memory. */
  readonly isolated?: boolean;
  /** Whether pages of other origins may read. */
  readonly cors?: boolean;
  /** Headers of answers that they may see. */
  readonly exposed?: string;
}

export interface Pages {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Paths asked for so far. */
  readonly asked: string[];
  /** Bodies that were sent to `/posted`, in order. */
  readonly posted: Buffer[];
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
};
const SUFFIXES: readonly (readonly [suffix: string, encoding: string])[] = [
  ["", ""],
  [".gz", "gzip"],
  [".br", "br"],
  [".zstd", "zstd"],
  [".xz", "xz"],
  [".bz2", "bz2"],
];

/** Serves until the test file ends. */
export async function servePages(options: PagesOptions): Promise<Pages> {
  const asked: string[] = [];
  const posted: Buffer[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://x").pathname);
    asked.push(path);
    for (const [name, value] of headersOf(options)) response.setHeader(name, value);
    if (request.method === "OPTIONS") return void response.writeHead(204).end();
    if (path === "/posted") return void receive(request, response, posted);
    answer(options, path, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, posted };
}

function* headersOf({ isolated, cors, exposed }: PagesOptions): Generator<[string, string]> {
  if (isolated === true) {
    yield ["Cross-Origin-Opener-Policy", "same-origin"];
    yield ["Cross-Origin-Embedder-Policy", "require-corp"];
  }
  if (cors !== true) return;
  yield ["Access-Control-Allow-Origin", "*"];
  yield ["Access-Control-Allow-Methods", "GET, HEAD, PUT, POST, DELETE"];
  yield ["Access-Control-Allow-Headers", "*, authorization"];
  if (exposed !== undefined) yield ["Access-Control-Expose-Headers", exposed];
}

function receive(request: IncomingMessage, response: ServerResponse, posted: Buffer[]): void {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    posted.push(Buffer.concat(pieces));
    response.writeHead(204).end();
  });
}

function answer(
  { folders, pages }: PagesOptions,
  path: string,
  { method, headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const text = pages?.[path];
  const found = text === undefined ? fileOf(folders, path) : { bytes: Buffer.from(text), encoding: "" };
  if (found === undefined) return void response.writeHead(404).end();
  const type = text === undefined ? TYPES[extname(path)] : (TYPES[extname(path)] ?? TYPES[".html"]);
  const { bytes, encoding } = found;
  response.setHeader("Content-Type", type ?? "application/octet-stream");
  if (encoding !== "") response.setHeader("Content-Encoding", encoding);
  const body = (part: Buffer): Buffer | undefined => (method === "HEAD" ? undefined : part);
  const range = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/.exec(headers.range ?? "");
  if (range === null)
    return void response.writeHead(200, { "Content-Length": bytes.length }).end(body(bytes));
  const from = range[3] === undefined ? Number(range[1]) : Math.max(0, bytes.length - Number(range[3]));
  const part = bytes.subarray(from, range[2] ? Number(range[2]) + 1 : undefined);
  if (part.length === 0)
    return void response.writeHead(416, { "Content-Range": `bytes */${bytes.length}` }).end();
  const span = `bytes ${from}-${from + part.length - 1}/${bytes.length}`;
  response.writeHead(206, { "Content-Range": span, "Content-Length": part.length }).end(body(part));
}

function fileOf(
  folders: PagesOptions["folders"],
  path: string,
): { bytes: Buffer; encoding: string } | undefined {
  const place = Object.entries(folders).find(([start]) => path.startsWith(start));
  if (place === undefined || normalize(path) !== path) return undefined;
  const file = join(place[1], path.slice(place[0].length));
  for (const [suffix, encoding] of SUFFIXES)
    if (existsSync(file + suffix) && statSync(file + suffix).isFile())
      return { bytes: readFileSync(file + suffix), encoding };
  return undefined;
}
