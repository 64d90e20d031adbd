/**
 * Objects read over HTTP, whatever the server is: exact ranges, bytes put where the caller says, one version where
 * one is asked for, checksums where the server tells them.
 */
import { IntegrityError } from "../../base/errors.js";
import { changed, checkSame } from "../conflict.js";
import { checkRange, clipRange, placeFor } from "../ranges.js";
import { transient } from "../retry.js";
import type { ReadOptions, Stat, Store, Stored } from "../store.js";
import { compressionOf, partOf, statOf, versionOf } from "./answer.js";
import { contentLength } from "./body.js";
import { outcomeOf } from "./outcome.js";
import { checkPart, parseContentRange, rangeHeader } from "./part.js";
import type { HttpAnswer, HttpHead, HttpRequest, Reception } from "./transport.js";

export interface ReaderLimits {
  /** Most bytes taken from a server that sends all where a part was asked for. Default 128 MiB. */
  readonly sliceLimit?: number | undefined;
  /** Most bytes of an object. Default 4 GiB. */
  readonly bodyLimit?: number | undefined;
}

export interface ObjectRequest extends Omit<HttpRequest, "url" | "method" | "body"> {
  readonly method: "GET" | "HEAD";
  readonly key: string;
  /** Only this version is wanted; another one is a 412. */
  readonly ifVersion: string | undefined;
}

/** What is special of a server. */
export interface ObjectServer {
  send(request: ObjectRequest): Promise<HttpAnswer>;
  /** The object in messages. */
  shown(key: string): string;
  /** @returns nothing where the answer's status alone tells what it means. @throws what the answer means. */
  judge?(answer: HttpAnswer, where: string): void;
  /** Default: by HEAD. */
  stat?: Store["stat"] | undefined;
  /** Default: ETag, or Last-Modified. */
  versionOf?(head: HttpHead): string | undefined;
  /** Checks a whole object against what the server told of it. @returns by what. @throws IntegrityError (transient). */
  verify?(head: HttpHead, bytes: Uint8Array, where: string): Promise<string> | string | undefined;
}

/** What is stored in gzip comes in gzip, instead of being decoded on the way. The same as CloudVolume accepts. */
const ACCEPTED = "gzip, br, zstd";
/** Bytes of a refusal that are read, so that the connection can be kept. */
export const REFUSAL_BYTES: number = 1 << 16;
const REFUSAL: Reception = { limit: REFUSAL_BYTES, strict: false };

/** Reading each object once, without retries. */
export function objectReader(
  server: ObjectServer,
  { sliceLimit = 128 * 2 ** 20, bodyLimit = 2 ** 32 }: ReaderLimits,
): Pick<Store, "read" | "stat"> {
  const version = server.versionOf ?? versionOf;
  const stat = server.stat ?? statByHead;

  async function send(
    method: "GET" | "HEAD",
    key: string,
    headers: Readonly<Record<string, string>>,
    how: Pick<ReadOptions, "signal" | "ifVersion">,
    receive: HttpRequest["receive"],
  ): Promise<HttpAnswer> {
    const { signal, ifVersion } = how;
    const accepted = { "accept-encoding": ACCEPTED, ...headers };
    const answer = await server.send({ method, key, headers: accepted, signal, receive, ifVersion });
    if (answer.status === 412 && ifVersion !== undefined) throw changed(server.shown(key), ifVersion);
    server.judge?.(answer, server.shown(key));
    return answer;
  }

  async function statByHead(
    key: string,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<Stat | undefined> {
    const where = server.shown(key);
    const answer = await send("HEAD", key, {}, { signal }, () => REFUSAL);
    const known = (head: HttpHead, size: number | undefined): Stat | undefined => {
      const found = statOf(head, where, size);
      return found && { ...found, version: version(head) };
    };
    if (answer.status !== 405 && answer.status !== 501) return known(answer, contentLength(answer));
    // No HEAD here: the first byte tells as much.
    const range = { range: "bytes=0-0" };
    const first = await send("GET", key, range, { signal }, () => ({ limit: 1, strict: false }));
    const told = parseContentRange(first.headers["content-range"]);
    const isPart = first.status === 206 || first.status === 416;
    const head = isPart && told !== undefined ? { ...first, status: 200 } : first;
    return known(head, isPart ? told?.total : contentLength(first));
  }

  async function read(key: string, how: ReadOptions = {}): Promise<Stored | undefined> {
    const { range, into, ifVersion } = how;
    const where = server.shown(key);
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
      if (outcome !== "part" || range === undefined) return REFUSAL;
      const { length } = checkPart(range, head, where);
      const isDeclared = contentLength(head) === length;
      return { limit: length, strict: true, into: isDeclared ? place : undefined };
    };
    const headers = range === undefined ? {} : { range: rangeHeader(range) };
    const answer = await send("GET", key, headers, how, receive);
    const part = partOf(answer, range, where);
    if (part === undefined) return undefined;
    if (part === "beyond")
      return await readNothing(key, how, parseContentRange(answer.headers["content-range"])?.total);
    const now = version(answer);
    checkSame(now, ifVersion, where);
    const isWhole = outcomeOf(answer.status) === "content";
    const checked = isWhole ? await server.verify?.(answer, answer.body, where) : undefined;
    const bytes = isPlaced || into === undefined ? part.bytes : copied(part.bytes, into, where);
    return {
      bytes,
      compression: compressionOf(answer, where, part.offset === 0 ? part.bytes : undefined),
      totalSize: part.total,
      version: now,
      ...(checked === undefined ? {} : { checked }),
    };
  }

  /** No bytes of an object, where it exists: for a range that is empty or that the server calls beyond the end. */
  async function readNothing(
    key: string,
    { range, signal, into, ifVersion }: ReadOptions,
    told?: number,
  ): Promise<Stored | undefined> {
    const where = server.shown(key);
    const found = await stat(key, { signal });
    if (found === undefined) return undefined;
    checkSame(found.version, ifVersion, where);
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

  return { read, stat };
}

function copied(bytes: Uint8Array, into: (length: number) => Uint8Array, where: string): Uint8Array {
  const place = placeFor(bytes.length, into, where);
  place.set(bytes);
  return place;
}
