/**
 * Objects in a bucket of Google Cloud Storage, by its JSON API: with a token or anonymous, read by ranges, written by
 * one request or by one that can go on where it broke off. Node and browsers alike.
 */
import { throwIfAborted } from "../../base/abort.js";
import { ArgumentError, ConflictError, StorageError } from "../../base/errors.js";
import { contentEncoding } from "../../compression/names.js";
import { withCoalescing } from "../coalesce.js";
import { type BearerCredentials, type CredentialProvider, fixedCredentials } from "../credentials.js";
import { type HedgeOptions, withHedging } from "../hedge.js";
import { objectReader, type ReaderLimits } from "../http/object-reader.js";
import { platformTransport } from "../http/platform.js";
import type { HttpHead, Transport, TransportOptions } from "../http/transport.js";
import { checkPrefix, refuseSuffix, resolveKey, segmentsOf } from "../keys.js";
import { withLimit } from "../limit.js";
import { withLostReplies } from "../lost-reply.js";
import { gather, partsOf, sourceOf } from "../pieces.js";
import { type RetryOptions, type RetryPolicy, retry, type Surroundings, withRetry } from "../retry.js";
import { type RetryBudget, serverBudget } from "../retry-budget.js";
import type { Source, Store, WriteOptions } from "../store.js";
import { withTimeout } from "../timeout.js";
import { checkAnswer, judge } from "./refusal.js";
import { parseObject, resourceOf, statOf, verify } from "./resource.js";
import { uploadResumable } from "./resumable.js";
import { sender } from "./send.js";
import { insertObject, type Upload } from "./write.js";

export interface GsStoreOptions extends Partial<TransportOptions>, ReaderLimits {
  readonly bucket: string;
  /** Folder in the bucket. Default: the bucket. */
  readonly path?: string | undefined;
  /** Default: anonymous. */
  readonly credentials?: CredentialProvider<BearerCredentials> | undefined;
  /** Default `https://storage.googleapis.com`. */
  readonly endpoint?: string | undefined;
  /** The project that pays for requests to buckets whose owners do not. */
  readonly userProject?: string | undefined;
  /** Objects larger than this go up in parts. Default 64 MiB. */
  readonly partsAbove?: number | undefined;
  /** Bytes of a part, a multiple of 256 KiB. Default 16 MiB. */
  readonly partSize?: number | undefined;
  /** Most requests in flight. Default 128. */
  readonly concurrency?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** What the server may be burdened with by further tries. Default: shared by all stores of the server. */
  readonly budget?: RetryBudget | undefined;
  /** Asks twice for what is slow. Default: never. */
  readonly hedge?: HedgeOptions | undefined;
  /** Milliseconds for all tries of a request together. Default: no limit but the caller's signal. */
  readonly timeout?: number | undefined;
  readonly transport?: Transport | undefined;
  readonly surroundings?: Surroundings | undefined;
}

const GOOGLE = "https://storage.googleapis.com";
const PIECE = 256 * 2 ** 10;
/** Removals under way at the same time. */
const LANES = 16;

/** The store of a bucket, or of a folder in it. @throws ArgumentError for an endpoint or part size that is none. */
export function gsStore(options: GsStoreOptions): Store {
  const { concurrency = 128, retry: policy, surroundings } = options;
  const budget = options.budget ?? serverBudget(options.endpoint ?? GOOGLE, options.transport);
  const how = { policy, surroundings, budget };
  const store = withLostReplies(withRetry(withLimit(singleTries(options, how), concurrency), how), how);
  const timed = withTimeout(store, options.timeout);
  return withCoalescing(options.hedge === undefined ? timed : withHedging(timed, options.hedge));
}

function singleTries(options: GsStoreOptions, how: Omit<RetryOptions, "signal">): Store {
  const { bucket, credentials = fixedCredentials<BearerCredentials>(), userProject } = options;
  const { partsAbove = 64 * 2 ** 20, partSize = 16 * 2 ** 20 } = options;
  const endpoint = endpointOf(options.endpoint ?? GOOGLE);
  if (!Number.isSafeInteger(partSize) || partSize <= 0 || partSize % PIECE !== 0)
    throw new ArgumentError("Not a size of parts", { expected: "a multiple of 256 KiB", got: `${partSize}` });
  const base = segmentsOf(options.path ?? "");
  const location = ["gs:/", bucket, ...base].join("/");
  const transport = options.transport ?? platformTransport(options);
  const send = sender(transport, endpoint, credentials, userProject);
  const objects = `/storage/v1/b/${encodeURIComponent(bucket)}/o`;
  const shown = (key: string): string => `${location}/${key}`;
  const addressOf = (key: string): string =>
    `${objects}/${encodeURIComponent(resolveKey(base, key, 0, shown(key)))}`;
  const toWrite = (key: string): string => {
    const name = resolveKey(base, key, base.length, shown(key));
    refuseSuffix(name, shown(key));
    return name;
  };

  const stat: Store["stat"] = async (key, { signal } = {}) => {
    throwIfAborted(signal);
    const answer = await send({ method: "GET", path: addressOf(key), signal });
    judge(answer, shown(key));
    return answer.status === 404
      ? undefined
      : statOf(resourceOf(checkAnswer(answer, shown(key)), shown(key)), shown(key));
  };
  const { read } = objectReader(
    {
      shown,
      judge,
      verify,
      stat,
      versionOf: ({ headers }) => headers["x-goog-generation"],
      send: async ({ key, ifVersion, ...request }) => {
        const query = { alt: "media", ifGenerationMatch: ifVersion };
        const answer = await send({
          ...request,
          path: addressOf(key),
          query,
          receive: (head) => request.receive(nothing(head) ?? head),
        });
        return nothing(answer) ?? answer;
      },
    },
    options,
  );

  function upload(
    key: string,
    { compression = "none", contentType, cacheControl, ifVersion, signal }: WriteOptions,
  ): Upload {
    const encoding = contentEncoding(compression);
    const where = shown(key);
    if (ifVersion !== undefined && ifVersion !== null && !/^\d+$/.test(ifVersion))
      throw new ConflictError("Not the version of an object here", { where, got: ifVersion });
    return {
      send,
      bucket,
      name: toWrite(key),
      where,
      labels: {
        contentType: contentType ?? "application/octet-stream",
        ...(encoding === undefined ? {} : { contentEncoding: encoding }),
        ...(cacheControl === undefined ? {} : { cacheControl }),
      },
      generation: ifVersion === null ? "0" : ifVersion,
      signal,
    };
  }
  const inParts = async (key: string, source: Source, options: WriteOptions): Promise<void> => {
    const target = upload(key, options);
    const parts = partsOf(source, partSize, target.where, options.signal);
    const { generation } = await uploadResumable(target, parts, source.size, how);
    options.onVersion?.(generation);
  };
  const atOnce = async (key: string, bytes: Uint8Array, options: WriteOptions): Promise<void> => {
    const { generation } = await insertObject(upload(key, options), bytes);
    options.onVersion?.(generation);
  };
  const removeOne = async (key: string, signal: AbortSignal | undefined): Promise<void> => {
    const path = `${objects}/${encodeURIComponent(toWrite(key))}`;
    const answer = await send({ method: "DELETE", path, signal });
    judge(answer, shown(key));
  };

  return {
    protocol: "gs",
    url: shown,
    read,
    stat,
    write: async (key, bytes, options = {}) => {
      throwIfAborted(options.signal);
      if (bytes.length <= partsAbove) await atOnce(key, bytes, options);
      else await inParts(key, sourceOf(bytes), options);
    },
    writeFrom: async (key, source, options = {}) => {
      throwIfAborted(options.signal);
      if (source.size > partsAbove) await inParts(key, source, options);
      else await atOnce(key, await gather(source, shown(key), options.signal), options);
    },
    remove: async (key, { signal } = {}) => {
      throwIfAborted(signal);
      await removeOne(key, signal);
    },
    removeAll: async (keys, { signal } = {}) => {
      throwIfAborted(signal);
      for (const key of keys) toWrite(key);
      const failures: unknown[] = [];
      const queue = keys.values();
      const lane = async (): Promise<void> => {
        for (const key of queue) {
          try {
            await retry(() => removeOne(key, signal), { ...how, signal });
          } catch (error) {
            failures.push(error);
            if (signal?.aborted) return;
          }
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      if (failures.length > 0) throw failures[0];
    },
    list: async function* (prefix, { signal } = {}) {
      checkPrefix(prefix, location);
      const start = base.map((segment) => `${segment}/`).join("");
      const fields = "items(name),nextPageToken";
      for (
        let pageToken: string | undefined, isFirst = true;
        isFirst || pageToken !== undefined;
        isFirst = false
      ) {
        throwIfAborted(signal);
        const query = { prefix: start + prefix, fields, pageToken };
        const answer = await retry(
          async () => checkAnswer(await send({ method: "GET", path: objects, query, signal }), location),
          { ...how, signal },
        );
        const { items, nextPageToken } = parseObject(answer.body, location);
        for (const name of namesOf(items, location)) {
          throwIfAborted(signal);
          if (!name.endsWith("/")) yield name.slice(start.length);
        }
        pageToken = typeof nextPageToken === "string" && nextPageToken !== "" ? nextPageToken : undefined;
      }
    },
    close: () => transport.close(),
  };
}

/** Emulators answer with a part where the object has no bytes: `bytes 0--1/0`. */
function nothing<Head extends HttpHead>(answer: Head): Head | undefined {
  if (answer.status !== 206 || !/^bytes 0--1\/0$/.test(answer.headers["content-range"] ?? ""))
    return undefined;
  return { ...answer, status: 416, headers: { ...answer.headers, "content-range": "bytes */0" } };
}

function namesOf(items: unknown, where: string): string[] {
  if (items === undefined || items === null) return [];
  const names = Array.isArray(items)
    ? items.map((item: { name?: unknown } | null) => item?.name)
    : [undefined];
  if (names.every((name) => typeof name === "string")) return names;
  throw new StorageError("An answer lists no objects", { where });
}

function endpointOf(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.search === "")
    return url.origin + url.pathname.replace(/\/+$/, "");
  throw new ArgumentError("Not the address of a server", {
    expected: "http or https, without user and query",
    got: endpoint.replace(/[?#].*$/s, "").replace(/\/\/[^/]*@/, "//…@"),
  });
}
