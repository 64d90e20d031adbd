/**
 * HTTP by node:http and node:https: raw bodies (never decoded), kept connections, a bound on connecting and on
 * silence. Node's `fetch` is of no use here: it decodes bodies by itself, slowly, and breaks ranges.
 */
import * as http from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";
import { abortReason, throwIfAborted } from "../../base/abort.js";
import { type CloudVolumeError, describe, StorageError, TimeoutError } from "../../base/errors.js";
import { intoPrivate, isPrivateHost } from "../private-host.js";
import { transient } from "../retry.js";
import { Body } from "./body.js";
import { lookupPublic, PRIVATE } from "./lookup.node.js";
import type { HttpAnswer, HttpHead, HttpRequest, Transport, TransportOptions } from "./transport.js";

/** The head for a body that does not come: HEAD tells the length of what GET would send. */
const NO_BODY: HttpHead = { status: 200, headers: {} };
/** What has to pass in the time that slow servers are given. */
const LEAST_BYTES = 64 << 10;
const KEPT = { keepAlive: true, maxFreeSockets: 128, scheduling: "lifo" } as const;

export function nodeTransport(options: TransportOptions): Transport {
  const open = { plain: new http.Agent(KEPT), secure: new https.Agent(KEPT) };
  // Connections of their own: one that was made without the check is not to be used where it matters.
  const careful = { ...KEPT, lookup: lookupPublic };
  const checked = { plain: new http.Agent(careful), secure: new https.Agent(careful) };
  return {
    send: async (request) => {
      throwIfAborted(request.signal);
      if (request.publicOnly === true && isPrivateHost(request.url.hostname))
        throw intoPrivate(withoutSecrets(request.url));
      const isSecure = request.url.protocol === "https:";
      const agents = request.publicOnly === true ? checked : open;
      const message = (isSecure ? https : http).request(request.url, {
        method: request.method,
        headers:
          request.body === undefined
            ? request.headers
            : { ...request.headers, "content-length": request.body.length },
        agent: isSecure ? agents.secure : agents.plain,
      });
      return await new Exchange(message, request, options, isSecure).answer;
    },
    close: async () => {
      for (const { plain, secure } of [open, checked]) {
        plain.destroy();
        secure.destroy();
      }
    },
  };
}

/** One request and its answer. Whatever ends it first also ends its timers and, if it failed, its connection. */
class Exchange {
  readonly answer: Promise<HttpAnswer>;
  readonly #message: http.ClientRequest;
  readonly #request: HttpRequest;
  readonly #options: TransportOptions;
  readonly #where: string;
  #timer: NodeJS.Timeout | undefined;
  #slow: NodeJS.Timeout | undefined;
  #isOver = false;
  #resolve: (answer: HttpAnswer) => void = () => undefined;
  #reject: (error: CloudVolumeError) => void = () => undefined;

  constructor(
    message: http.ClientRequest,
    request: HttpRequest,
    options: TransportOptions,
    isSecure: boolean,
  ) {
    this.#message = message;
    this.#request = request;
    this.#options = options;
    this.#where = withoutSecrets(request.url);
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    request.signal?.addEventListener("abort", this.#abort);
    message.on("error", (error) => this.#fail(this.#connectionFailure(error)));
    message.on("socket", (socket) => this.#watch(socket, isSecure));
    message.on("response", (response) => this.#receive(response));
    message.end(request.body);
  }

  #abort = (): void => {
    const { signal } = this.#request;
    if (signal !== undefined) this.#fail(abortReason(signal));
  };

  #settle(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearInterval(this.#slow);
    this.#request.signal?.removeEventListener("abort", this.#abort);
  }

  #fail(error: CloudVolumeError): void {
    this.#settle();
    this.#reject(error);
    this.#message.destroy();
  }

  /**
   * Bounds the time to connect, then every silence in which no byte goes either way. When a time is over, what
   * has arrived meanwhile is looked at first: this thread may have been busy.
   */
  #watch(socket: Socket, isSecure: boolean): void {
    const { connectTimeout, idleTimeout, slowTimeout = 60_000 } = this.#options;
    let isConnected = !socket.connecting;
    const watchSilence = (): void => {
      isConnected = true;
      clearTimeout(this.#timer);
      const passed = (): number => socket.bytesRead + socket.bytesWritten;
      let before = passed();
      const slow = setInterval(() => {
        const now = passed();
        if (now - before < LEAST_BYTES) this.#fail(this.#late("A server is too slow", slowTimeout));
        before = now;
      }, slowTimeout);
      this.#slow = slow;
      let seen = passed();
      const timer = setTimeout(() => {
        setImmediate(() => {
          if (this.#isOver) return;
          if (passed() === seen) {
            this.#fail(this.#late("A server was silent for too long", idleTimeout));
            return;
          }
          seen = passed();
          timer.refresh();
        });
      }, idleTimeout);
      this.#timer = timer;
    };
    if (isConnected) {
      watchSilence();
      return;
    }
    this.#timer = setTimeout(() => {
      setImmediate(() => {
        if (!isConnected) this.#fail(this.#late("A server could not be reached in time", connectTimeout));
      });
    }, connectTimeout);
    socket.once(isSecure ? "secureConnect" : "connect", watchSilence);
  }

  #receive(response: http.IncomingMessage): void {
    const head: HttpHead = {
      status: response.statusCode ?? 0,
      headers: flatten(response.headers),
      address: response.socket.remoteAddress,
    };
    let body: Body;
    try {
      const isHead = this.#request.method === "HEAD";
      body = new Body(isHead ? NO_BODY : head, this.#request.receive(head), this.#where);
    } catch (error) {
      this.#fail(error as CloudVolumeError);
      return;
    }
    const done = (): void => {
      this.#settle();
      try {
        this.#resolve({ ...head, body: body.finish() });
      } catch (error) {
        this.#fail(error as CloudVolumeError);
      }
    };
    response.on("data", (piece: Buffer) => {
      try {
        if (body.add(piece)) return;
        done();
        this.#message.destroy();
      } catch (error) {
        this.#fail(error as CloudVolumeError);
      }
    });
    response.on("end", done);
    response.on("error", (error) => this.#fail(body.cut(error)));
    response.on("close", () => {
      if (!response.complete) this.#fail(body.cut());
    });
  }

  #late(what: string, milliseconds: number): TimeoutError {
    const got = `nothing to speak of in ${milliseconds} ms`;
    return transient(new TimeoutError(what, { where: this.#where, got }));
  }

  #connectionFailure(error: Error): CloudVolumeError {
    const code = (error as NodeJS.ErrnoException).code ?? describe(error);
    if (code === PRIVATE) return intoPrivate(this.#where);
    const failure = new StorageError("A request failed", { where: this.#where, got: code, cause: error });
    // A kept connection that the server had given up: nothing was lost but this attempt.
    if (this.#message.reusedSocket && code === "ECONNRESET") return transient(failure, 0);
    return mayPass(code) ? transient(failure) : failure;
  }
}

const PASSING: ReadonlySet<string> = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "EAI_AGAIN",
  "EMFILE",
]);

/** Whether a failure of the connection may pass: not unknown hosts (ENOTFOUND), nor certificates. */
export function mayPass(code: string): boolean {
  return PASSING.has(code) || code.startsWith("HPE_");
}

function flatten(headers: http.IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  return flat;
}

/** For messages: no user, no query (signatures and tokens are there). */
function withoutSecrets({ origin, pathname }: URL): string {
  return origin + pathname;
}
