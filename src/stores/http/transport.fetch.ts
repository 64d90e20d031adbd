/**
 * HTTP by `fetch`, for browsers. They undo gzip, deflate, br and (some) zstd by themselves: labels of brotli and
 * deflate are dropped, the others are judged by the first bytes later. Lengths of decoded bodies cannot be checked.
 */
import { abortReason, throwIfAborted } from "../../base/abort.js";
import { CloudVolumeError, describe, StorageError, TimeoutError } from "../../base/errors.js";
import { transient } from "../retry.js";
import { Body } from "./body.js";
import type { HttpAnswer, HttpHead, HttpRequest, Transport, TransportOptions } from "./transport.js";

/** Headers that only a browser may set. */
const FORBIDDEN: ReadonlySet<string> = new Set(["accept-encoding", "user-agent"]);
/** What every browser decodes, and what it decodes of servers that it trusts: for others it does not ask for these. */
const ALWAYS: ReadonlySet<string> = new Set(["gzip", "deflate"]);
const SECURELY: ReadonlySet<string> = new Set(["br", "zstd"]);

export function fetchTransport(
  options: TransportOptions,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Transport {
  return { send: (request) => exchange(request, options, fetch), close: async () => undefined };
}

async function exchange(
  request: HttpRequest,
  { connectTimeout, idleTimeout }: TransportOptions,
  fetch: typeof globalThis.fetch,
): Promise<HttpAnswer> {
  const { signal, url } = request;
  throwIfAborted(signal);
  const where = url.origin + url.pathname;
  const silence = new AbortController();
  const stop = (): void => silence.abort(signal?.reason);
  signal?.addEventListener("abort", stop);
  const late = (): void =>
    silence.abort(transient(new TimeoutError("A server was silent for too long", { where })));
  let timer = setTimeout(late, connectTimeout + idleTimeout);
  try {
    const response = await fetch(url, {
      method: request.method,
      headers: Object.entries(request.headers).filter(([name]) => !FORBIDDEN.has(name.toLowerCase())),
      body: request.body === undefined ? null : request.body.slice(),
      redirect: "follow",
      signal: silence.signal,
    });
    const head = headOf(response, request);
    const body = new Body(head, request.receive(head), where);
    const reader = response.body?.getReader();
    for (;;) {
      clearTimeout(timer);
      timer = setTimeout(late, idleTimeout);
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) break;
      if (!body.add(value)) {
        await reader?.cancel();
        break;
      }
    }
    return { ...head, body: request.method === "HEAD" ? new Uint8Array() : body.finish() };
  } catch (error) {
    if (signal?.aborted) throw abortReason(signal);
    if (silence.signal.aborted) throw silence.signal.reason;
    if (error instanceof CloudVolumeError) throw error;
    throw transient(new StorageError("A request failed", { where, got: describe(error), cause: error }));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

function headOf(response: Response, { url, method }: HttpRequest): HttpHead {
  const headers = Object.fromEntries(response.headers);
  const encoding = headers["content-encoding"]?.trim().toLowerCase();
  const isDecoded = encoding !== undefined && ALWAYS.has(encoding.replace(/^x-/, ""));
  const mayBeDecoded = isDecoded || (encoding !== undefined && SECURELY.has(encoding) && isSecure(url));
  // Of another origin, the label may be kept from the page while the body is decoded.
  const isHidden =
    encoding === undefined && method === "GET" && response.type === "cors" && response.status === 200;
  if (mayBeDecoded || isHidden) delete headers["content-length"];
  if (mayBeDecoded && (encoding === "br" || encoding === "deflate")) delete headers["content-encoding"];
  return { status: response.status, headers, isDecoded: mayBeDecoded };
}

function isSecure({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || /^(localhost|.*\.localhost|127\..*|\[::1\])$/.test(hostname);
}
