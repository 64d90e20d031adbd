/** Who may read: the names by which the server is asked for, and the pages that ask. */

/** A server that others' pages must not reach by a name that they make lead to it. */
export interface Visitors {
  /** Names besides this machine's own for itself. `undefined`: there are none; addresses count only with some. */
  readonly names?: readonly string[] | undefined;
  /** Origins of pages that may read. Undefined: all. */
  readonly origins?: readonly string[] | undefined;
}

type Headers = Readonly<Record<string, string | undefined>>;

/** Every 127.x.y.z is this machine. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Whether a request names this machine. A page of another site that made its own name lead here does not: its requests
 * carry that name. The port does not matter, as tunnels have their own.
 */
export function isOwnHost(host: string | undefined, { names }: Visitors = {}): boolean {
  const [, name] = /^(\[[0-9a-f:.]+\]|[^:/?#@\s]+)(?::\d{1,5})?$/i.exec(host ?? "") ?? [];
  if (name === undefined) return false;
  const asked = name.toLowerCase();
  if (LOOPBACK.test(asked)) return true;
  if (names === undefined) return false;
  return names.some((own) => own.toLowerCase() === asked) || /^(\d+\.){3}\d+$|^\[/.test(asked);
}

/** The headers that let a page read the answer; undefined for a page that may not. */
export function crossOrigin(
  headers: Headers,
  { origins }: Visitors,
): Readonly<Record<string, string>> | undefined {
  const { origin, host } = headers;
  if (origins === undefined)
    return { ...EXPOSE, "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin" };
  const vary = { Vary: "Origin" };
  if (origin === undefined || origin === `http://${host}`) return vary;
  if (!origins.includes(origin)) return undefined;
  return { ...EXPOSE, ...vary, "Access-Control-Allow-Origin": origin };
}

const EXPOSE: Readonly<Record<string, string>> = {
  "Access-Control-Expose-Headers":
    "Accept-Ranges, Content-Encoding, Content-Length, Content-Range, ETag, Location",
};

/** What a page is told that asks whether it may ask. */
export function preflight(headers: Headers, methods: string): Record<string, string> {
  const isNear = headers["access-control-request-private-network"] === "true";
  return {
    "Access-Control-Allow-Methods": methods,
    "Access-Control-Allow-Headers":
      "Accept, Authorization, Cache-Control, Content-Type, If-Match, If-None-Match, If-Range, Pragma, Range",
    "Access-Control-Max-Age": "600",
    ...(isNear ? { "Access-Control-Allow-Private-Network": "true" } : {}),
  };
}
