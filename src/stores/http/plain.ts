/** The web store without what joins and repeats requests for speed. See `index.ts`. */
import { UnsupportedProtocolError } from "../../base/errors.js";
import { type CredentialProvider, fixedCredentials, type WebCredentials } from "../credentials.js";
import type { HedgeOptions } from "../hedge.js";
import { withLimit } from "../limit.js";
import { type RetryPolicy, type Surroundings, withRetry } from "../retry.js";
import { type RetryBudget, serverBudget } from "../retry-budget.js";
import type { Store } from "../store.js";
import { withTimeout } from "../timeout.js";
import { addressesOf } from "./address.js";
import { sendAuthorized } from "./authorized.js";
import { objectReader, type ReaderLimits } from "./object-reader.js";
import { platformTransport } from "./platform.js";
import { sendFollowing } from "./redirect.js";
import type { HttpAnswer, Transport, TransportOptions } from "./transport.js";
import { verify } from "./verify.js";

export interface HttpStoreOptions extends Partial<TransportOptions>, ReaderLimits {
  /** Sent to the base URL's own server only, never along with a redirect to another one. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Who asks, where neither `headers` nor the URL tell; asked before every request, and again after a 401. */
  readonly credentials?: CredentialProvider<WebCredentials> | undefined;
  /** Most requests in flight. Default 128. */
  readonly concurrency?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** What the server may be burdened with by further tries. Default: shared by all stores of the server. */
  readonly budget?: RetryBudget | undefined;
  /** Only a server with a public address may be asked: for paths that strangers chose. Else RedirectError. */
  readonly publicOnly?: boolean | undefined;
  /** Asks twice for what is slow. Default: never. */
  readonly hedge?: HedgeOptions | undefined;
  /** Milliseconds for all tries of a request together. Default: no limit but the caller's signal. */
  readonly timeout?: number | undefined;
  /** For tests, and for platforms with their own way to send requests. */
  readonly transport?: Transport | undefined;
  readonly surroundings?: Surroundings | undefined;
}

/** The same for whole objects: parts that are asked for together are as many requests, and none is asked twice. */
export function plainHttpStore(baseUrl: string, options: Omit<HttpStoreOptions, "hedge"> = {}): Store {
  const { concurrency = 128, retry, surroundings } = options;
  const single = withLimit(singleTries(baseUrl, options), concurrency);
  const budget = options.budget ?? serverBudget(new URL(baseUrl).origin, options.transport);
  return withTimeout(withRetry(single, { policy: retry, surroundings, budget }), options.timeout);
}

/** The store without retries: each request once. */
function singleTries(baseUrl: string, options: HttpStoreOptions): Store {
  const addresses = addressesOf(baseUrl);
  const transport = options.transport ?? platformTransport(options);
  const secret: Record<string, string> = { ...options.headers };
  if (addresses.authorization !== undefined) secret.authorization ??= addresses.authorization;
  const provider =
    secret.authorization === undefined && options.credentials !== undefined
      ? options.credentials
      : fixedCredentials<WebCredentials>();
  const { shown } = addresses;
  const { read, stat } = objectReader(
    {
      send: ({ key, ...request }) => {
        const headers = { ...request.headers, "user-agent": "cloudvolume" };
        const { publicOnly } = options;
        const sent = { ...request, url: addresses.of(key), headers, publicOnly };
        const send = (who: WebCredentials | undefined): Promise<HttpAnswer> =>
          sendFollowing(transport, sent, who ? { ...secret, authorization: who.authorization } : secret);
        return sendAuthorized(provider, send, request.signal);
      },
      shown,
      verify,
    },
    options,
  );
  return {
    protocol: new URL(baseUrl).protocol.slice(0, -1),
    read,
    stat,
    list: (prefix) => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(cannotList(shown(prefix))) }),
    }),
    url: shown,
    close: () => transport.close(),
  };
}

function cannotList(where: string): UnsupportedProtocolError {
  return new UnsupportedProtocolError("A web server cannot list its objects", {
    where,
    fix: "Open the data by the protocol of its bucket (gs, s3), or name the objects",
  });
}
