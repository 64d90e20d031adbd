/** From a request to an answer, without sockets. */
import type { Abortable } from "../base/abort.js";
import { CloudVolumeError } from "../base/errors.js";
import type { ByteRange } from "../stores/store.js";
import { isSameFile, tagOf, verdict } from "./conditions.js";
import { contentRange, multipart, overlap, type Part, parseRanges } from "./ranges.js";
import { type FileQuery, locate, type ServedFile, type Site } from "./site.js";
import { contentType } from "./types.js";
import { crossOrigin, isOwnHost, preflight, type Visitors } from "./visitors.js";

export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}

const METHODS = "GET, HEAD, OPTIONS";
/** A page of ours runs nothing but its own files, which cannot be taken for anything else either. */
const ALWAYS: Readonly<Record<string, string>> = { "X-Content-Type-Options": "nosniff" };

/** Never throws but for aborts. */
export async function answer(
  site: Site,
  asked: Asked,
  visitors: Visitors = {},
  options: Abortable = {},
): Promise<Answer> {
  const { method, url, headers } = asked;
  if (!isOwnHost(headers.host, visitors)) return text(403, "This server answers to its own names alone.");
  const shared = crossOrigin(headers, visitors);
  if (shared === undefined) return text(403, "Pages of this origin may not read from this server.");
  const found = await respond(site, { method, url, headers }, options);
  const vary = [shared.Vary, found.headers.Vary].filter((v) => v !== undefined).join(", ");
  const merged = { ...ALWAYS, ...shared, ...found.headers, ...(vary === "" ? {} : { Vary: vary }) };
  return { status: found.status, headers: merged, body: method === "HEAD" ? undefined : found.body };
}

async function respond(site: Site, { method, url, headers }: Asked, options: Abortable): Promise<Answer> {
  if (method === "OPTIONS") return { status: 204, headers: preflight(headers, METHODS) };
  if (method !== "GET" && method !== "HEAD") return text(405, "This server only reads.", { Allow: METHODS });
  // Clients that take the server for a proxy send whole addresses.
  const pathname = url.replace(/^https?:\/\/[^/?#]*/i, "").split(/[?#]/)[0] ?? "/";
  if (pathname === "/" && site.home !== undefined) return text(302, "See there.", { Location: site.home });
  const place = locate(site, pathname);
  if (place === undefined) return text(404, "There is no such layer.");
  try {
    const isHead = method === "HEAD";
    const get = async (query: FileQuery): Promise<ServedFile | undefined> => {
      const found = await place.folder.get(place.key, { ...query, ...options });
      return found instanceof Uint8Array ? { bytes: found, size: found.length } : found;
    };
    const type = contentType(place.key);
    return (await fileAnswer(get, type, headers, isHead)) ?? text(404, "There is no such file.");
  } catch (error) {
    if (!(error instanceof CloudVolumeError) || error.kind === "aborted") throw error;
    return text(error.kind === "denied" ? 403 : error.kind === "missing" ? 404 : 502, error.message);
  }
}

type Get = (query: FileQuery) => Promise<ServedFile | undefined>;

async function fileAnswer(
  get: Get,
  usualType: string,
  headers: Asked["headers"],
  isHead: boolean,
): Promise<Answer | undefined> {
  // A part is a part of the file itself, whatever it is packed with at rest.
  const ranges = isHead ? undefined : parseRanges(headers.range);
  const accepts = acceptedCodings(headers["accept-encoding"]);
  const first = await get(ranges === undefined ? { accepts, isHead } : { range: ranges[0] });
  if (first === undefined) return undefined;
  const tag = tagOf(first);
  const told = {
    "Content-Type": first.type ?? usualType,
    "Accept-Ranges": "bytes",
    "Cache-Control": "no-cache",
    Vary: "Accept-Encoding",
    ...(tag === undefined ? {} : { ETag: tag }),
  };
  const refused = verdict(headers, tag);
  if (refused !== undefined) return { status: refused, headers: told };
  const isApart = ranges !== undefined && !overlap(ranges, first.size ?? 0);
  if (isApart && isSameFile(headers, tag)) return await partsOf(get, first, ranges, told);
  const whole = first.start === undefined ? first : await get({ accepts });
  if (whole === undefined) return undefined;
  const { bytes, coding, size } = whole;
  const length = size === undefined ? {} : { "Content-Length": String(size) };
  const packed = coding === undefined ? {} : { "Content-Encoding": coding };
  return { status: 200, headers: { ...told, ...packed, ...length }, body: bytes };
}

/** One range or several; those that begin beyond the end are left out. */
async function partsOf(
  get: Get,
  first: ServedFile,
  ranges: readonly ByteRange[],
  told: Readonly<Record<string, string>>,
): Promise<Answer | undefined> {
  const parts: Part[] = [];
  let { size } = first;
  for (const [n, range] of ranges.entries()) {
    const file = n === 0 || first.start === undefined ? first : await get({ range });
    if (file === undefined) return undefined;
    size ??= file.size;
    const part = file.start === undefined ? cut(file, range) : { start: file.start, bytes: file.bytes };
    if (part.bytes !== undefined && part.bytes.length > 0) parts.push({ ...part, bytes: part.bytes });
  }
  const [one] = parts;
  if (one === undefined)
    return {
      status: 416,
      headers: { ...told, "Content-Range": `bytes */${size ?? "*"}`, "Content-Length": "0" },
    };
  if (parts.length > 1) {
    const { type, body } = multipart(parts, size, told["Content-Type"] ?? "");
    const length = String(body.length);
    return { status: 206, headers: { ...told, "Content-Type": type, "Content-Length": length }, body };
  }
  const range = { "Content-Range": contentRange(one, size), "Content-Length": String(one.bytes.length) };
  return { status: 206, headers: { ...told, ...range }, body: one.bytes };
}

function cut(
  { bytes = new Uint8Array() }: ServedFile,
  range: ByteRange,
): { readonly start: number; readonly bytes: Uint8Array } {
  const start =
    "suffixLength" in range
      ? Math.max(0, bytes.length - range.suffixLength)
      : Math.min(range.offset, bytes.length);
  const length = "suffixLength" in range ? range.suffixLength : range.length;
  return { start, bytes: bytes.subarray(start, start + length) };
}

/** The codings that a reader lists and does not give up; `*` is taken for none, as it names none. */
function acceptedCodings(header = ""): ReadonlySet<string> {
  const listed = header.split(",").map((item) => item.split(";").map((part) => part.trim().toLowerCase()));
  const wanted = listed.filter(([, ...more]) => !more.some((part) => /^q\s*=\s*0(\.0*)?$/.test(part)));
  return new Set(wanted.map(([name = ""]) => (name === "x-gzip" ? "gzip" : name)));
}

function text(status: number, message: string, more: Readonly<Record<string, string>> = {}): Answer {
  const body = new TextEncoder().encode(`${message}\n`);
  const type = "text/plain; charset=utf-8";
  const headers = { "Content-Type": type, "Content-Length": String(body.length), ...more };
  return { status, headers, body };
}
