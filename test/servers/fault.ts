/** A web server for tests that answers wrongly, as told: everything that storage and networks have been seen to do. */
import { createServer, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { gunzipSync, gzipSync } from "node:zlib";
import { type Answer, answerTo, type ServedObject } from "./objects.js";
import { listen, type TestServer } from "./static.js";

/** What becomes of the right answer. */
export type Fault =
  /** Nothing: it is sent as it is. */
  | { readonly kind: "none" }
  /** Another status instead, with a short body. */
  | { readonly kind: "status"; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** The connection ends after so many bytes of the body. */
  | { readonly kind: "cut"; readonly after: number }
  /** The connection is reset: before the answer, or after so many bytes of the body. */
  | { readonly kind: "reset"; readonly after?: number }
  /** The answer comes later. */
  | { readonly kind: "delay"; readonly milliseconds: number }
  /** No answer at all; with `after`, none behind so many bytes of the body. */
  | { readonly kind: "hang"; readonly after?: number }
  /** The body comes in pieces, one at a time. */
  | { readonly kind: "drip"; readonly bytes: number; readonly milliseconds: number }
  /** The whole object with 200, whatever part was asked for. */
  | { readonly kind: "ignore-range" }
  /** Other headers than the right ones; undefined takes one away. */
  | { readonly kind: "headers"; readonly headers: Readonly<Record<string, string | undefined>> }
  /** A Content-Length that is wrong by so much; then the connection ends. */
  | { readonly kind: "length"; readonly by: number }
  /** A proxy's work: the body is decoded, the label stays. */
  | { readonly kind: "decoded" }
  /** No length, the end of the connection is the end of the body; with `after`, before its time. */
  | { readonly kind: "unmeasured"; readonly after?: number }
  /** Chunked, without a length; with `after`, ended without the last chunk. */
  | { readonly kind: "chunked"; readonly after?: number }
  /** A part that is shorter than asked for, with headers that say so. */
  | { readonly kind: "clipped"; readonly by: number }
  /** A byte of the body is another one. */
  | { readonly kind: "flip"; readonly at: number }
  /** The body is compressed once more, and nothing tells. */
  | { readonly kind: "encoded" }
  /** What is not HTTP. */
  | { readonly kind: "garbage" };

/** Tells what becomes of the nth request, from 0. */
export type Plan = (n: number, request: IncomingMessage) => Fault;

export interface FaultServer extends TestServer {
  /** Replaces the plan; requests are counted from 0 again. */
  plan(plan: Plan | Fault): void;
}

export interface FaultServerOptions {
  /** Headers besides the usual ones, of right answers with content. */
  readonly headersOf?: (object: ServedObject) => Readonly<Record<string, string>>;
  /** Another right answer than an object's; undefined: the object's. */
  readonly answer?: (request: IncomingMessage) => Answer | undefined;
}

export async function startFaultServer(
  objects: ReadonlyMap<string, ServedObject>,
  options: FaultServerOptions = {},
): Promise<FaultServer> {
  const requests: TestServer["requests"] = [];
  let current: Plan = () => ({ kind: "none" });
  let n = 0;
  const server = createServer((request) => {
    requests.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers });
    const fault = current(n++, request);
    const honest = fault.kind === "ignore-range" ? withoutRange(request) : request;
    let found: ServedObject | undefined;
    const lookup = (path: string): ServedObject | undefined => {
      found = objects.get(path);
      return found;
    };
    const usual = options.answer?.(request) ?? answerTo(honest, lookup);
    const more = found !== undefined && usual.status < 300 ? options.headersOf?.(found) : undefined;
    const right = more === undefined ? usual : { ...usual, headers: { ...usual.headers, ...more } };
    void act(request.socket, request.method === "HEAD", right, fault);
  });
  server.keepAliveTimeout = 0;
  return {
    ...(await listen(server)),
    requests,
    plan: (plan) => {
      current = typeof plan === "function" ? plan : () => plan;
      n = 0;
    },
  };
}

function withoutRange(request: IncomingMessage): IncomingMessage {
  const { range: _range, ...headers } = request.headers;
  return Object.assign(Object.create(request) as IncomingMessage, { headers });
}

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Writes the answer to the socket by hand: the point is to send what http.Server would not. */
async function act(socket: Socket, isHead: boolean, right: Answer, fault: Fault): Promise<void> {
  socket.on("error", () => undefined);
  const { headers } = right;
  const body = isHead ? Buffer.alloc(0) : Buffer.from(right.body);
  const full = { ...headers };
  const head = (status: number, given: Readonly<Record<string, string | undefined>>): void => {
    const lines = Object.entries(given).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}: ${value}`],
    );
    socket.write(`HTTP/1.1 ${status} Answer\r\n${[...lines, "Connection: close"].join("\r\n")}\r\n\r\n`);
  };
  const whole = (
    status: number,
    given: Readonly<Record<string, string | undefined>>,
    content: Uint8Array,
  ): void => {
    head(status, { ...given, "Content-Length": String(content.length) });
    socket.end(isHead ? "" : content);
  };
  switch (fault.kind) {
    case "none":
      head(right.status, full);
      socket.end(body);
      return;
    case "status": {
      if ([204, 205, 304].includes(fault.status)) {
        head(fault.status, { ...fault.headers });
        socket.end();
        return;
      }
      const text = Buffer.from(`status ${fault.status}`);
      return whole(fault.status, fault.headers ?? {}, text);
    }
    case "cut":
      head(right.status, full);
      socket.end(body.subarray(0, fault.after));
      return;
    case "reset":
      if (fault.after !== undefined) {
        head(right.status, full);
        socket.write(body.subarray(0, fault.after));
        await sleep(20);
      }
      socket.resetAndDestroy();
      return;
    case "delay":
      await sleep(fault.milliseconds);
      head(right.status, full);
      socket.end(body);
      return;
    case "hang":
      if (fault.after === undefined) return;
      head(right.status, full);
      socket.write(body.subarray(0, fault.after));
      return;
    case "drip":
      head(right.status, full);
      for (let at = 0; at < body.length && !socket.destroyed; at += fault.bytes) {
        socket.write(body.subarray(at, at + fault.bytes));
        await sleep(fault.milliseconds);
      }
      socket.end();
      return;
    case "ignore-range":
      head(200, full);
      socket.end(body);
      return;
    case "headers":
      head(right.status, { ...full, ...fault.headers });
      socket.end(body);
      return;
    case "length":
      head(right.status, { ...full, "Content-Length": String(body.length + fault.by) });
      socket.end(body);
      return;
    case "decoded":
      return whole(right.status, full, gunzipSync(body));
    case "unmeasured":
      head(right.status, { ...full, "Content-Length": undefined });
      socket.end(body.subarray(0, fault.after ?? body.length));
      return;
    case "chunked": {
      head(right.status, { ...full, "Content-Length": undefined, "Transfer-Encoding": "chunked" });
      const sent = body.subarray(0, fault.after ?? body.length);
      socket.write(`${sent.length.toString(16)}\r\n`);
      socket.write(sent);
      socket.end(fault.after === undefined ? "\r\n0\r\n\r\n" : "\r\n");
      return;
    }
    case "clipped": {
      const [, from, to, total] = /bytes (\d+)-(\d+)\/(\d+)/.exec(headers["Content-Range"] ?? "") ?? [];
      const short = body.subarray(0, body.length - fault.by);
      const told =
        from === undefined ? {} : { "Content-Range": `bytes ${from}-${Number(to) - fault.by}/${total}` };
      return whole(right.status, { ...full, ...told }, short);
    }
    case "flip": {
      const wrong = Buffer.from(body);
      wrong[fault.at] = (wrong[fault.at] ?? 0) ^ 1;
      return whole(right.status, full, wrong);
    }
    case "encoded":
      return whole(right.status, full, gzipSync(body));
    case "garbage":
      socket.end("this is no answer\r\n\r\n");
  }
}

/** A plan of faults at random, the same for the same seed: so many of a hundred requests go wrong. */
export function randomPlan(seed: number, percent: number): Plan {
  let state = seed >>> 0;
  const next = (most: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  return (_n, request) => {
    if (next(100) >= percent) return { kind: "none" };
    const faults: readonly Fault[] = [
      { kind: "status", status: [408, 429, 500, 502, 503, 504][next(6)] ?? 500 },
      { kind: "cut", after: next(300) },
      { kind: "reset" },
      { kind: "reset", after: next(300) },
      { kind: "drip", bytes: 60, milliseconds: 1 },
      { kind: "ignore-range" },
      { kind: "headers", headers: { "Content-Range": `bytes ${next(9)}-${next(300)}/${next(400)}` } },
      { kind: "length", by: 1 + next(50) },
      { kind: "chunked" },
      // Not 0: a body of no chunks is a whole one, and empty.
      { kind: "chunked", after: 1 + next(199) },
      // Of a whole object, nothing would tell that it is clipped.
      request.headers.range === undefined ? { kind: "garbage" } : { kind: "clipped", by: 1 },
      { kind: "garbage" },
    ];
    return faults[next(faults.length)] ?? { kind: "none" };
  };
}
