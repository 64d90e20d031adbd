/** From a request to an answer, without sockets. */
import type { Abortable } from "../base/abort.js";
import { CloudVolumeError } from "../base/errors.js";
import { locate, type Site } from "./site.js";

export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}

/** Readable by pages of any server: viewers are such pages. */
const CORS: Readonly<Record<string, string>> = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers": "Content-Length, Content-Range, Accept-Ranges",
};
const METHODS = "GET, HEAD, OPTIONS";

/** Names that this machine has for itself. Others could be those of a stranger's page that resolve to it. */
export function isOwnHost(host: string | undefined, port: number): boolean {
  return [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`].includes(host?.toLowerCase() ?? "");
}

/** Never throws but for aborts. */
export async function answer(site: Site, asked: Asked, port: number, options: Abortable): Promise<Answer> {
  const { method, url, headers } = asked;
  if (!isOwnHost(headers.host, port)) return text(403, "This server answers to its own machine alone.");
  if (method === "OPTIONS") return preflight(headers);
  if (method !== "GET" && method !== "HEAD")
    return { ...text(405, "This server only reads."), headers: { ...CORS, Allow: METHODS } };
  const pathname = url.split(/[?#]/)[0] ?? "/";
  const found = pathname === "/" ? index(site) : await fileOf(site, pathname, options);
  if (!(found instanceof Uint8Array)) return method === "HEAD" ? { ...found, body: undefined } : found;
  const whole = ranged(found, headers.range, pathname === "/" || /\.z?json$|\/\.z\w+$/.test(pathname));
  return method === "HEAD" ? { ...whole, body: undefined } : whole;
}

function index(site: Site): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ layers: [...site.keys()] }, null, 2)}\n`);
}

async function fileOf(site: Site, pathname: string, options: Abortable): Promise<Uint8Array | Answer> {
  const place = locate(pathname);
  const folder = place && site.get(place.folder);
  if (place === undefined || folder === undefined) return text(404, "There is no such layer.");
  try {
    return (await folder.get(place.key, options)) ?? text(404, "There is no such file.");
  } catch (error) {
    if (!(error instanceof CloudVolumeError) || error.kind === "aborted") throw error;
    return text(error.kind === "denied" ? 403 : error.kind === "missing" ? 404 : 502, error.message);
  }
}

/** The whole file or one range of it. Several ranges, and units other than bytes, are answered with the whole. */
function ranged(bytes: Uint8Array, range: string | undefined, isJson: boolean): Answer {
  const type = isJson ? "application/json" : "application/octet-stream";
  const headers = { ...CORS, "Content-Type": type, "Accept-Ranges": "bytes", "Cache-Control": "no-cache" };
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "") ?? [];
  if (first === "" && last === "")
    return { status: 200, headers: { ...headers, "Content-Length": String(bytes.length) }, body: bytes };
  const start = first === "" ? Math.max(0, bytes.length - Number(last)) : Number(first);
  const end = first === "" || last === "" ? bytes.length : Math.min(bytes.length, Number(last) + 1);
  if (start >= end)
    return {
      status: 416,
      headers: { ...headers, "Content-Range": `bytes */${bytes.length}`, "Content-Length": "0" },
    };
  const part = {
    "Content-Range": `bytes ${start}-${end - 1}/${bytes.length}`,
    "Content-Length": String(end - start),
  };
  return { status: 206, headers: { ...headers, ...part }, body: bytes.subarray(start, end) };
}

function preflight(headers: Asked["headers"]): Answer {
  const wanted = headers["access-control-request-private-network"] === "true";
  const own = {
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "Range, Content-Type",
  };
  const near: Record<string, string> = wanted ? { "Access-Control-Allow-Private-Network": "true" } : {};
  return { status: 204, headers: { ...CORS, ...own, ...near, "Access-Control-Max-Age": "600" } };
}

function text(status: number, message: string): Answer {
  const body = new TextEncoder().encode(`${message}\n`);
  const type = "text/plain; charset=utf-8";
  return { status, headers: { ...CORS, "Content-Type": type, "Content-Length": String(body.length) }, body };
}
