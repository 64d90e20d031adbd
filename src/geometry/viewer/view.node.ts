/** Meshes and skeletons in the browser: a page on loopback, drawn by three.js, that needs no other host. */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Abortable, throwIfAborted } from "../../base/abort.js";
import { describe, StorageError } from "../../base/errors.js";
import { openBrowser } from "./browser.node.js";
import { page } from "./page.js";

/** What is drawn: triangles or lines between points. */
export interface ViewedObject {
  readonly name: string;
  readonly kind: "mesh" | "skeleton";
  /** x, y, z of each point. */
  readonly vertices: Float32Array;
  /** Three points a triangle, or two a line. */
  readonly indices: Uint32Array;
}

export interface ViewerOptions extends Abortable {
  /** Default 0: a free one. */
  readonly port?: number | undefined;
  /** Open the browser. Default true. */
  readonly open?: boolean | undefined;
  /** Where the page's program lies, for bundlers that move it. */
  readonly script?: URL | undefined;
}

export interface Viewer {
  /** The address of the page. */
  readonly url: string;
  /** Ends the server. Until then it keeps the process alive. */
  close(): Promise<void>;
}

/** Serves a page that shows objects, and opens it. @throws StorageError if the port is taken, or the page's program is not there. */
export async function viewObjects(
  objects: readonly ViewedObject[],
  options: ViewerOptions = {},
): Promise<Viewer> {
  throwIfAborted(options.signal);
  const script = options.script ?? new URL("./object-viewer.js", import.meta.url);
  const program = await readFile(script).catch((cause: unknown) => {
    throw new StorageError("The viewer's page is not built", {
      where: script.href,
      fix: "Run npm run build.",
      cause,
    });
  });
  const server = createServer((request, response) => answer(objects, program, request, response));
  const port = await listen(server, options.port ?? 0);
  const url = `http://127.0.0.1:${port}/`;
  const close = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  options.signal?.addEventListener("abort", () => void close(), { once: true });
  if (options.open !== false) openBrowser(url);
  return { url, close };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((done, fail) => {
    server.once("error", (cause) =>
      fail(
        new StorageError("The viewer cannot be served", {
          where: `127.0.0.1:${port}`,
          got: describe(cause),
          cause,
        }),
      ),
    );
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      done(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

interface Content {
  readonly type: string;
  readonly body: Uint8Array | string;
}

function answer(
  objects: readonly ViewedObject[],
  program: Uint8Array,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { method, url = "/", headers } = request;
  const found =
    isLocal(headers.host) && (method === "GET" || method === "HEAD")
      ? contentOf(objects, program, url)
      : undefined;
  if (found === undefined) {
    response.writeHead(isLocal(headers.host) ? 404 : 403).end();
    return;
  }
  response.writeHead(200, {
    "content-type": found.type,
    "content-length": Buffer.byteLength(found.body),
    "cache-control": "no-store",
    "content-security-policy": "default-src 'self'; style-src 'unsafe-inline'",
    "x-content-type-options": "nosniff",
  });
  response.end(method === "HEAD" ? undefined : found.body);
}

/** Whether a request names this machine: another site's page that found the port does not. */
function isLocal(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? "");
}

function contentOf(objects: readonly ViewedObject[], program: Uint8Array, url: string): Content | undefined {
  if (url === "/") return { type: "text/html; charset=utf-8", body: page(objects.map(({ name }) => name)) };
  if (url === "/viewer.js") return { type: "text/javascript", body: program };
  if (url === "/objects") {
    const list = objects.map(({ name, kind }) => ({ name, kind }));
    return { type: "application/json", body: JSON.stringify(list) };
  }
  const [, index, part] = /^\/objects\/(\d{1,6})\/(vertices|indices)$/.exec(url) ?? [];
  const array = objects[Number(index)]?.[part as "vertices" | "indices"];
  if (array === undefined) return undefined;
  const body = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return { type: "application/octet-stream", body };
}
