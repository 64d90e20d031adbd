/**
 * A channel of BOSS (BossDB) by its REST API: its documents, and its voxels as cut-outs of any box. Writing adds: where a zero is
 * sent, what is stored stays. Removing sets a box to zero. Node and browsers alike.
 * Sources: the service (github.com/jhuapl-boss/boss) and its Python client (github.com/jhuapl-boss/intern).
 */
import { throwIfAborted } from "../../base/abort.js";
import { ArgumentError, UnsupportedFormatError } from "../../base/errors.js";
import { unshared } from "../checksums.js";
import { type CredentialProvider, fixedCredentials, type WebCredentials } from "../credentials.js";
import { withHedging } from "../hedge.js";
import { sendAuthorized } from "../http/authorized.js";
import { objectReader, REFUSAL_BYTES } from "../http/object-reader.js";
import { platformTransport } from "../http/platform.js";
import { sendFollowing } from "../http/redirect.js";
import type { HttpAnswer, Transport, TransportOptions } from "../http/transport.js";
import { withLimit } from "../limit.js";
import type { NetworkOptions } from "../network.js";
import { type Surroundings, withRetry } from "../retry.js";
import { type RetryBudget, serverBudget } from "../retry-budget.js";
import type { Store } from "../store.js";
import { withTimeout } from "../timeout.js";
import { checkDone, judge } from "./refusal.js";
import { type BossPlace, blackRoute, routeOf, shownPath } from "./routes.js";

export type { BossPlace } from "./routes.js";

export interface BossStoreOptions extends Partial<TransportOptions>, NetworkOptions {
  /** Who asks; without any, only public channels can be read. */
  readonly credentials?: CredentialProvider<WebCredentials> | undefined;
  /** Only a server with a public address may be asked: for paths that strangers chose. Else RedirectError. */
  readonly publicOnly?: boolean | undefined;
  /** What the server may be burdened with by further tries. Default: shared by all stores of the server. */
  readonly budget?: RetryBudget | undefined;
  readonly transport?: Transport | undefined;
  readonly surroundings?: Surroundings | undefined;
}

/** Cut-outs are made when they are asked for: fewer at a time than of a bucket's objects. */
const CONCURRENCY = 16;
/** More than any cut-out that the service makes: 520 MiB, four times as much of labels. */
const BODY_LIMIT = 2 ** 31;
/** The cache of the service is left out, as its own client does: what was written is in the answer all the same. */
const FRESH = "?access-mode=no-cache";

/** The store of a channel. @throws ArgumentError for a host that is none. */
export function bossStore(place: BossPlace, options: BossStoreOptions = {}): Store {
  const { concurrency = CONCURRENCY, retry: policy, surroundings, transport } = options;
  const single = withLimit(singleTries(place, options), concurrency);
  const budget = options.budget ?? serverBudget(place.host, transport);
  const store = withTimeout(withRetry(single, { policy, surroundings, budget }), options.timeout);
  return options.hedge === undefined ? store : withHedging(store, options.hedge);
}

function singleTries(place: BossPlace, options: BossStoreOptions): Store {
  const { credentials = fixedCredentials<WebCredentials>(), publicOnly } = options;
  const origin = originOf(place.host);
  const transport = options.transport ?? platformTransport(options);
  const shown = (key: string): string => origin + shownPath(place, key);
  const authorized = (
    send: (secret: Record<string, string>) => Promise<HttpAnswer>,
    signal: AbortSignal | undefined,
  ): Promise<HttpAnswer> =>
    sendAuthorized(
      credentials,
      async (who) => {
        if (who === undefined) return await send({});
        return withoutToken(await send({ authorization: who.authorization }), who);
      },
      signal,
    );

  const { read } = objectReader(
    {
      shown,
      send: async ({ key, ...request }) => {
        const route = routeOf(place, key);
        const isCutout = route.kind === "cutout";
        const accept = isCutout ? "application/blosc" : "application/json";
        const url = new URL(origin + route.path + (isCutout ? FRESH : ""));
        const headers = { ...request.headers, accept, "user-agent": "cloudvolume" };
        const asked = { ...request, url, headers, publicOnly };
        const answer = await authorized((secret) => sendFollowing(transport, asked, secret), request.signal);
        judge(answer, shown(key), route);
        return answer;
      },
    },
    { bodyLimit: BODY_LIMIT },
  );

  async function change(
    method: "POST" | "PUT",
    key: string,
    body: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    throwIfAborted(signal);
    const route = routeOf(place, key);
    if (route.kind !== "cutout") throw unsupported("Documents of BOSS cannot be written", shown(key));
    const path = method === "PUT" ? blackRoute(route) : route.path;
    const headers = { "content-type": "application/blosc", "user-agent": "cloudvolume" };
    const asked = { method, url: new URL(origin + path), body: unshared(body), publicOnly, signal };
    const receive = (): { limit: number; strict: boolean } => ({ limit: REFUSAL_BYTES, strict: false });
    const send = (secret: Record<string, string>): Promise<HttpAnswer> =>
      transport.send({ ...asked, headers: { ...headers, ...secret }, receive });
    checkDone(await authorized(send, signal), shown(key), method === "POST" ? 201 : 200);
  }

  return {
    protocol: "boss",
    url: shown,
    read,
    stat: async (key) => {
      throw unsupported("BOSS does not tell what is stored", shown(key));
    },
    write: (key, bytes, { signal } = {}) => change("POST", key, bytes, signal),
    remove: (key, { signal } = {}) => change("PUT", key, new Uint8Array(0), signal),
    close: () => transport.close(),
  };
}

function originOf(host: string): string {
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url.origin;
  throw new ArgumentError("Not the address of a server", { expected: "https://HOST", got: host });
}

function unsupported(what: string, where: string): UnsupportedFormatError {
  return new UnsupportedFormatError(what, { where });
}

/** A refusal that says what it was asked by becomes part of an error: the token is taken out of it. */
function withoutToken(answer: HttpAnswer, { authorization }: WebCredentials): HttpAnswer {
  if (answer.status < 400) return answer;
  const token = authorization.replace(/^\w+ /, "");
  const text = new TextDecoder().decode(answer.body);
  if (!text.includes(token)) return answer;
  return { ...answer, body: new TextEncoder().encode(text.replaceAll(token, "…")) };
}
