/** What test servers serve: objects by path, and the right answer to a request for one. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join, normalize } from "node:path";
import type { Compression } from "../../src/compression/compression.js";
import { contentEncoding, SUFFIXES } from "../../src/compression/names.js";

export interface ServedObject {
  readonly bytes: Uint8Array;
  readonly compression: Compression;
}

/** Finds the object of a decoded path without its leading slash. */
export type Lookup = (path: string) => ServedObject | undefined;

/** Files of a folder, as a bucket would serve them: `key.gz` is served as `key` in gzip, and also as itself. */
export function folderLookup(folder: string): Lookup {
  return (path) => {
    const at = normalize(join(folder, path));
    if (at !== folder && !at.startsWith(`${folder}/`)) return undefined;
    for (const [compression, suffix] of Object.entries(SUFFIXES) as [Compression, string][]) {
      const found = statSync(at + suffix, { throwIfNoEntry: false });
      if (found?.isFile()) return { bytes: new Uint8Array(readFileSync(at + suffix)), compression };
    }
    return undefined;
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

const CORS = { "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*" };

/** The correct answer to GET and HEAD, with ranges. */
export function answerTo({ method, url, headers }: IncomingMessage, lookup: Lookup): Answer {
  const none = new Uint8Array();
  if (method === "OPTIONS") {
    const allowed = { "Access-Control-Allow-Methods": "GET, HEAD", "Access-Control-Allow-Headers": "*" };
    return { status: 204, headers: { ...CORS, ...allowed }, body: none };
  }
  if (method !== "GET" && method !== "HEAD")
    return { status: 405, headers: { ...CORS, Allow: "GET, HEAD" }, body: none };
  let path: string;
  try {
    path = decodeURIComponent((url ?? "").replace(/[?#].*$/s, "").slice(1));
  } catch {
    return { status: 400, headers: { ...CORS }, body: none };
  }
  const object = lookup(path);
  if (object === undefined) {
    const body = Buffer.from(`no ${path}\n`);
    return {
      status: 404,
      headers: { ...CORS, "Content-Type": "text/plain", "Content-Length": String(body.length) },
      body,
    };
  }
  const { bytes, compression } = object;
  const encoding = contentEncoding(compression);
  const common = {
    ...CORS,
    "Accept-Ranges": "bytes",
    "Content-Type": path.endsWith("info") ? "application/json" : "application/octet-stream",
    ETag: `"${createHash("sha1").update(bytes).update(compression).digest("hex").slice(0, 16)}"`,
    ...(encoding === undefined ? {} : { "Content-Encoding": encoding }),
  };
  const part = headers.range === undefined ? undefined : rangeOf(headers.range, bytes.length);
  if (part === "unsatisfiable") {
    const headers416 = { ...CORS, "Content-Range": `bytes */${bytes.length}`, "Content-Length": "0" };
    return { status: 416, headers: headers416, body: none };
  }
  if (part === undefined) {
    return { status: 200, headers: { ...common, "Content-Length": String(bytes.length) }, body: bytes };
  }
  const [from, to] = part;
  const told = {
    "Content-Range": `bytes ${from}-${to - 1}/${bytes.length}`,
    "Content-Length": String(to - from),
  };
  return { status: 206, headers: { ...common, ...told }, body: bytes.subarray(from, to) };
}

/** From the first byte to behind the last; undefined for a header that is to be ignored. */
function rangeOf(header: string, size: number): [number, number] | "unsatisfiable" | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header);
  if (match === null || (match[1] === "" && match[2] === "")) return undefined;
  if (match[1] === "") {
    const length = Math.min(Number(match[2]), size);
    return length === 0 ? "unsatisfiable" : [size - length, size];
  }
  const from = Number(match[1]);
  const to = match[2] === "" ? size : Math.min(Number(match[2]) + 1, size);
  return from >= size ? "unsatisfiable" : from >= to ? undefined : [from, to];
}
