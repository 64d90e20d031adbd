/**
 * Questions to a web service by whatever method, with credentials and redirects, tried again by the one policy. Where
 * `index.ts` has objects by key, this has answers; only questions that may be asked twice belong here.
 */
import type { Abortable } from "../../base/abort.js";
import { decompress } from "../../compression/index.js";
import { type CredentialProvider, fixedCredentials, type WebCredentials } from "../credentials.js";
import { Limiter } from "../limit.js";
import type { NetworkOptions } from "../network.js";
import { retry, type Surroundings } from "../retry.js";
import { type RetryBudget, serverBudget } from "../retry-budget.js";
import { compressionOf } from "./answer.js";
import { sendAuthorized } from "./authorized.js";
import { REFUSAL_BYTES } from "./object-reader.js";
import { outcomeOf, refusal } from "./outcome.js";
import { platformTransport } from "./platform.js";
import { sendFollowing } from "./redirect.js";
import type { HttpAnswer, HttpHead, HttpRequest, Reception, Transport } from "./transport.js";

export interface ServiceRequest {
  readonly method: "GET" | "POST";
  /** Below the server's root, without a leading slash. */
  readonly path: string;
  /** As it follows the question mark. */
  readonly query?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | undefined;
  /** Most bytes of the answer, once decompressed. */
  readonly limit: number;
}

export interface ServiceAnswer {
  /** Decompressed. */
  readonly bytes: Uint8Array;
  /** The media type, in lower case and without parameters; empty if none is told. */
  readonly type: string;
}

export interface HttpService {
  /** The address of a path, for messages. */
  url(path: string): string;
  /**
   * @returns undefined for what the server says is not there (404, 410).
   * @throws AuthorizationError (401, 403), StorageError, TimeoutError, IntegrityError, DecompressionError, RedirectError.
   */
  ask(request: ServiceRequest, options?: Abortable): Promise<ServiceAnswer | undefined>;
  close(): Promise<void>;
}

export interface HttpServiceOptions extends Omit<NetworkOptions, "timeout" | "hedge"> {
  readonly credentials?: CredentialProvider<WebCredentials> | undefined;
  readonly publicOnly?: boolean | undefined;
  readonly budget?: RetryBudget | undefined;
  /** For tests, and for platforms with their own way to send requests. */
  readonly transport?: Transport | undefined;
  readonly surroundings?: Surroundings | undefined;
}

const REFUSAL: Reception = { limit: REFUSAL_BYTES, strict: false };

/** The service of a server: `https://host[:port]`. */
export function httpService(origin: string, options: HttpServiceOptions = {}): HttpService {
  const transport = options.transport ?? platformTransport(options);
  const provider = options.credentials ?? fixedCredentials<WebCredentials>();
  const budget = options.budget ?? serverBudget(origin, options.transport);
  const limiter = new Limiter(options.concurrency ?? 128);
  const { retry: policy, surroundings, publicOnly } = options;
  const url = (path: string): string => `${origin}/${path}`;

  async function once(request: ServiceRequest, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const { method, path, query = "", headers, body, limit } = request;
    const sent: HttpRequest = {
      method,
      url: new URL(url(path) + (query === "" ? "" : `?${query}`)),
      headers: { "accept-encoding": "gzip", ...headers, "user-agent": "cloudvolume" },
      body,
      publicOnly,
      signal,
      receive: (head: HttpHead) => (head.status === 200 ? { limit, strict: true } : REFUSAL),
    };
    const send = (who: WebCredentials | undefined): Promise<HttpAnswer> =>
      sendFollowing(transport, sent, who ? { authorization: who.authorization } : {});
    const answer = await sendAuthorized(provider, send, signal);
    const outcome = outcomeOf(answer.status);
    if (answer.status !== 200 && outcome !== "missing") throw refusal(answer, url(path));
    return answer;
  }

  return {
    url,
    close: () => transport.close(),
    ask: async (request, { signal } = {}) => {
      const where = url(request.path);
      const attempt = (): Promise<HttpAnswer> => limiter.run(() => once(request, signal), signal);
      const answer = await retry(attempt, { policy, surroundings, budget, signal });
      if (answer.status !== 200) return undefined;
      const compression = compressionOf(answer, where, answer.body);
      const bytes = await decompress(compression, answer.body, { limit: request.limit, where, signal });
      return { bytes, type: typeOf(answer) };
    },
  };
}

function typeOf({ headers }: HttpHead): string {
  return (headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase();
}
