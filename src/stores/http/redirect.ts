import { RedirectError, TooManyRedirects } from "../../base/errors.js";
import { intoPrivate, isPrivateHost } from "../private-host.js";
import type { HttpAnswer, HttpRequest, Transport } from "./transport.js";

const MOST_HOPS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Sends a request and follows redirects: at most ten, to http and https only, never from https to http, and never
 * from a public server to an address of this computer or its network. A POST follows only those that keep it a POST (307
 * and 308). `secret` headers go to the first server alone.
 * @throws RedirectError, TooManyRedirects.
 */
export async function sendFollowing(
  transport: Transport,
  request: HttpRequest,
  secret: Readonly<Record<string, string>>,
): Promise<HttpAnswer> {
  let { url, publicOnly } = request;
  const { origin } = url;
  for (let hop = 0; hop <= MOST_HOPS; hop++) {
    const headers = url.origin === origin ? { ...request.headers, ...secret } : request.headers;
    const answer = await transport.send({ ...request, url, headers, publicOnly });
    if (!REDIRECTS.has(answer.status)) return answer;
    if (request.method === "POST" && answer.status < 307) throw losesBody(url, answer.status);
    const from = url;
    url = target(from, answer.headers.location);
    if (url.origin === from.origin) continue;
    publicOnly ||= !isPrivateHost(from.hostname) && !isPrivateHost(answer.address ?? "public");
    if (publicOnly && isPrivateHost(url.hostname)) throw intoPrivate(from.origin + from.pathname, url.host);
  }
  throw new TooManyRedirects("A server redirects in circles, or too often", {
    where: request.url.origin + request.url.pathname,
    expected: `at most ${MOST_HOPS} redirects`,
  });
}

function target(from: URL, location: string | undefined): URL {
  const where = from.origin + from.pathname;
  if (location === undefined) throw new RedirectError("A redirect leads nowhere", { where });
  if (!URL.canParse(location, from.href))
    throw new RedirectError("A redirect leads to no address", { where, got: location });
  const to = new URL(location, from);
  const isSafe = to.protocol === "https:" || (to.protocol === "http:" && from.protocol === "http:");
  if (!isSafe) {
    throw new RedirectError("A redirect leads where it may not", {
      where,
      expected: from.protocol === "https:" ? "https" : "http or https",
      got: to.protocol.slice(0, -1),
      fix: "Open the address that it leads to, if you trust it",
    });
  }
  to.username = "";
  to.password = "";
  return to;
}

function losesBody({ origin, pathname }: URL, status: number): RedirectError {
  return new RedirectError("A redirect would lose what was sent", {
    where: origin + pathname,
    expected: "HTTP 307 or 308",
    got: `HTTP ${status}`,
    fix: "Open the address that it leads to",
  });
}
