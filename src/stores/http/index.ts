/**
 * Objects on a web server, read only: raw bodies with their Content-Encoding as compression, exact ranges,
 * retries, bounded time and concurrency. Browsers and Node alike; the platform's transport is loaded at the
 * first request.
 */
import { IntegrityError, UnsupportedProtocolError } from "../../base/errors.js";
import { withLimit } from "../limit.js";
import { checkRange, clipRange, placeFor } from "../ranges.js";
import { type RetryPolicy, type Surroundings, transient, withRetry } from "../retry.js";
import type { ReadOptions, Stat, Store, Stored } from "../store.js";
import { addressesOf } from "./address.js";
import { compressionOf, partOf, statOf, versionOf } from "./answer.js";
import { contentLength } from "./body.js";
import { outcomeOf } from "./outcome.js";
import { checkPart, parseContentRange, rangeHeader } from "./part.js";
import { platformTransport } from "./platform.js";
import { sendFollowing } from "./redirect.js";
import type {
  HttpAnswer,
  HttpHead,
  HttpRequest,
  Reception,
  Transport,
  TransportOptions,
} from "./transport.js";

export interface HttpStoreOptions extends Partial<TransportOptions> {
  /** Sent to the base URL's own server only, never along with a redirect to another one. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Most requests in flight. Default 64. */
  readonly concurrency?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Most bytes taken from a server that sends all where a part was asked for. Default 128 MiB. */
  readonly sliceLimit?: number | undefined;
  /** Most bytes of an object. Default 4 GiB. */
  readonly bodyLimit?: number | undefined;
  /** For tests, and for platforms with their own way to send requests. */
  readonly transport?: Transport | undefined;
  readonly surroundings?: Surroundings | undefined;
}

/** What CloudVolume accepts as well. What is stored in gzip comes in gzip, instead of being decoded on the way. */
const ACCEPTED = "gzip, br, zstd";
/** Bytes of a refusal that are read so that the connection can be kept. */
const REFUSAL_BYTES = 1 << 16;

/** The store below an http or https URL. @throws ArgumentError for another URL. */
export function httpStore(baseUrl: string, options: HttpStoreOptions = {}): Store {
  const { concurrency = 64, retry, surroundings } = options;
  return withRetry(withLimit(singleTries(baseUrl, options), concurrency), { policy: retry, surroundings });
}

/** The store without retries: each request once. */
function singleTries(baseUrl: string, options: HttpStoreOptions): Store {
  const { sliceLimit = 128 * 2 ** 20, bodyLimit = 2 ** 32 } = options;
  const addresses = addressesOf(baseUrl);
  const transport = options.transport ?? platformTransport(options);
  const secret: Record<string, string> = { ...options.headers };
  if (addresses.authorization !== undefined) secret.authorization ??= addresses.authorization;

  function send(
    method: "GET" | "HEAD",
    key: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
    receive: HttpRequest["receive"],
  ): Promise<HttpAnswer> {
    const request: HttpRequest = {
      method,
      url: addresses.of(key),
      headers: { "accept-encoding": ACCEPTED, "user-agent": "cloudvolume", ...headers },
      signal,
      receive,
    };
    return sendFollowing(transport, request, secret);
  }

  async function stat(
    key: string,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<Stat | undefined> {
    const where = addresses.shown(key);
    const none: Reception = { limit: REFUSAL_BYTES, strict: false };
    const answer = await send("HEAD", key, {}, signal, () => none);
    if (answer.status !== 405 && answer.status !== 501) return statOf(answer, where, contentLength(answer));
    // No HEAD here: the first byte tells as much.
    const first = await send("GET", key, { range: "bytes=0-0" }, signal, () => ({ limit: 1, strict: false }));
    const told = parseContentRange(first.headers["content-range"]);
    const isPart = first.status === 206 || first.status === 416;
    const head = isPart && told !== undefined ? { ...first, status: 200 } : first;
    return statOf(head, where, isPart ? told?.total : contentLength(first));
  }

  async function read(key: string, how: ReadOptions = {}): Promise<Stored | undefined> {
    const { range, signal, into } = how;
    const where = addresses.shown(key);
    if (range !== undefined) {
      checkRange(range, where);
      if (("suffixLength" in range ? range.suffixLength : range.length) === 0)
        return await readNothing(key, how);
    }
    let isPlaced = false;
    const place =
      into &&
      ((length: number) => {
        isPlaced = true;
        return placeFor(length, into, where);
      });
    const receive = (head: HttpHead): Reception => {
      const outcome = outcomeOf(head.status);
      if (outcome === "content") {
        if (range !== undefined) return { limit: sliceLimit, strict: true };
        return { limit: bodyLimit, strict: true, into: place };
      }
      if (outcome !== "part" || range === undefined) return { limit: REFUSAL_BYTES, strict: false };
      const { length } = checkPart(range, head, where);
      const isDeclared = contentLength(head) === length;
      return { limit: length, strict: true, into: isDeclared ? place : undefined };
    };
    const headers = range === undefined ? {} : { range: rangeHeader(range) };
    const answer = await send("GET", key, headers, signal, receive);
    const part = partOf(answer, range, where);
    if (part === undefined) return undefined;
    if (part === "beyond")
      return await readNothing(key, how, parseContentRange(answer.headers["content-range"])?.total);
    const bytes = isPlaced || into === undefined ? part.bytes : copied(part.bytes, into, where);
    return {
      bytes,
      compression: compressionOf(answer, where, part.offset === 0 ? part.bytes : undefined),
      totalSize: part.total,
      version: versionOf(answer),
    };
  }

  /** No bytes of an object, where it exists: for a range that is empty or that the server calls beyond the end. */
  async function readNothing(
    key: string,
    { range, signal, into }: ReadOptions,
    told?: number,
  ): Promise<Stored | undefined> {
    const where = addresses.shown(key);
    const found = await stat(key, { signal });
    if (found === undefined) return undefined;
    const size = found.size ?? told;
    if (size !== undefined && clipRange(range, size, where).length > 0) {
      throw transient(
        new IntegrityError("A server refused a part that its object has", {
          where,
          got: `HTTP 416 for ${size} bytes`,
        }),
      );
    }
    return {
      bytes: placeFor(0, into, where),
      compression: found.compression,
      totalSize: size,
      version: found.version,
    };
  }

  return {
    protocol: new URL(baseUrl).protocol.slice(0, -1),
    read,
    stat,
    list: (prefix) => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(cannotList(addresses.shown(prefix))) }),
    }),
    url: addresses.shown,
    close: () => transport.close(),
  };
}

function cannotList(where: string): UnsupportedProtocolError {
  return new UnsupportedProtocolError("A web server cannot list its objects", {
    where,
    fix: "Open the data by the protocol of its bucket (gs, s3), or name the objects",
  });
}

function copied(bytes: Uint8Array, into: (length: number) => Uint8Array, where: string): Uint8Array {
  const place = placeFor(bytes.length, into, where);
  place.set(bytes);
  return place;
}
