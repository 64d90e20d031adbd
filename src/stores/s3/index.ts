/**
 * Objects in a bucket of S3, or of any server that speaks as it does: signed or anonymous, read by ranges, written
 * whole or in parts, removed by the thousand. Node and browsers alike.
 */
import { throwIfAborted } from "../../base/abort.js";
import { contentEncoding } from "../../compression/names.js";
import { withCoalescing } from "../coalesce.js";
import { type CredentialProvider, fixedCredentials, type S3Credentials } from "../credentials.js";
import { type HedgeOptions, withHedging } from "../hedge.js";
import { objectReader, type ReaderLimits } from "../http/object-reader.js";
import { platformTransport } from "../http/platform.js";
import type { Transport, TransportOptions } from "../http/transport.js";
import { checkPrefix, refuseSuffix, resolveKey, segmentsOf } from "../keys.js";
import { withLimit } from "../limit.js";
import { withLostReplies } from "../lost-reply.js";
import { gather, partsOf, sourceOf } from "../pieces.js";
import { type RetryPolicy, type Surroundings, withRetry } from "../retry.js";
import { type RetryBudget, serverBudget } from "../retry-budget.js";
import type { Store, WriteOptions } from "../store.js";
import { withTimeout } from "../timeout.js";
import { conditionCheck } from "./conditions.js";
import { listNames } from "./list.js";
import { uploadParts } from "./multipart.js";
import { bucketPlace, type PlaceOptions } from "./place.js";
import { judge } from "./refusal.js";
import { removeMany, removeOne } from "./remove.js";
import { sender } from "./send.js";
import type { Upload } from "./upload.js";
import { verify } from "./verify.js";
import { type Conditions, MOST_AT_ONCE, putObject } from "./write.js";

export interface S3StoreOptions extends PlaceOptions, Partial<TransportOptions>, ReaderLimits {
  /** Folder in the bucket. Default: the bucket. */
  readonly path?: string | undefined;
  /** Default: anonymous. */
  readonly credentials?: CredentialProvider<S3Credentials> | undefined;
  /** Pay for requests to buckets whose owners do not. */
  readonly requesterPays?: boolean | undefined;
  /** Access of what is written, e.g. `bucket-owner-full-control`. Default: none is sent, the bucket's rules hold. */
  readonly acl?: string | undefined;
  /** Objects larger than this go up in parts. Default 64 MiB. */
  readonly partsAbove?: number | undefined;
  /** Bytes of a part; S3 takes no less than 5 MiB. Default 16 MiB, more for objects of over 10,000 parts. */
  readonly partSize?: number | undefined;
  /** Accept conditional writes on servers that do not keep to conditions. Default false: they are refused. */
  readonly unsafe?: boolean | undefined;
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
  /** The bucket in messages. Default `s3://BUCKET/PATH`. */
  readonly location?: string | undefined;
}

/** Parts of an object under way at the same time. */
const LANES = 4;
const MOST_PARTS = 10_000;

/** The store of a bucket, or of a folder in it. @throws ArgumentError for an endpoint that is none. */
export function s3Store(options: S3StoreOptions): Store {
  const { concurrency = 128, retry: policy, surroundings } = options;
  const budget = options.budget ?? serverBudget(bucketPlace(options).url("").origin, options.transport);
  const retry = { policy, surroundings, budget };
  const store = withLostReplies(withRetry(withLimit(singleTries(options, retry), concurrency), retry), retry);
  const timed = withTimeout(store, options.timeout);
  return withCoalescing(options.hedge === undefined ? timed : withHedging(timed, options.hedge));
}

function singleTries(options: S3StoreOptions, retry: Upload["retry"]): Store {
  const { bucket, credentials = fixedCredentials<S3Credentials>(), acl, partsAbove = 64 * 2 ** 20 } = options;
  const base = segmentsOf(options.path ?? "");
  const location = options.location ?? ["s3:/", bucket, ...base].join("/");
  const transport = options.transport ?? platformTransport(options);
  const place = bucketPlace(options);
  const payer = options.requesterPays === true ? { "x-amz-request-payer": "requester" } : {};
  const send = sender(transport, place, credentials, payer, options.region !== undefined);
  const shown = (key: string): string => `${location}/${key}`;
  const inBucket = (key: string): string => resolveKey(base, key, 0, shown(key));
  const toWrite = (key: string): string => {
    const path = resolveKey(base, key, base.length, shown(key));
    refuseSuffix(path, shown(key));
    return path;
  };
  const { read, stat } = objectReader(
    {
      shown,
      judge,
      verify,
      send: ({ key, headers, ifVersion, ...request }) => {
        const asked = {
          ...headers,
          ...(request.method === "GET" && headers.range === undefined
            ? { "x-amz-checksum-mode": "ENABLED" }
            : {}),
          ...(ifVersion === undefined ? {} : { "if-match": ifVersion }),
        };
        return send({ ...request, path: inBucket(key), headers: asked });
      },
    },
    options,
  );
  const check = place.isAws
    ? async (): Promise<void> => undefined
    : conditionCheck(send, [...base, ".cloudvolume-conditions"].join("/"), location);

  function upload(key: string, how: WriteOptions): Upload {
    const encoding = contentEncoding(how.compression ?? "none");
    return {
      send,
      path: toWrite(key),
      where: shown(key),
      lanes: LANES,
      retry,
      signal: how.signal,
      headers: {
        "content-type": how.contentType ?? "application/octet-stream",
        ...(encoding === undefined ? {} : { "content-encoding": encoding === "bz2" ? "bzip2" : encoding }),
        ...(how.cacheControl === undefined ? {} : { "cache-control": how.cacheControl }),
        ...(acl === undefined ? {} : { "x-amz-acl": acl }),
      },
    };
  }

  const put = async (key: string, bytes: Uint8Array, how: WriteOptions): Promise<string | undefined> => {
    const conditions: Conditions = { check, stat: () => stat(key, { signal: how.signal }) };
    return await putObject(upload(key, how), bytes, { unsafe: options.unsafe, ...how }, conditions);
  };
  const putParts = async (
    key: string,
    source: ReturnType<typeof sourceOf>,
    how: WriteOptions,
  ): Promise<string> => {
    const target = upload(key, how);
    const size = Math.max(options.partSize ?? 16 * 2 ** 20, Math.ceil(source.size / MOST_PARTS));
    return await uploadParts(target, partsOf(source, size, target.where, how.signal));
  };

  return {
    protocol: "s3",
    url: shown,
    read,
    stat,
    write: async (key, bytes, how = {}) => {
      throwIfAborted(how.signal);
      const isOne = bytes.length <= (how.ifVersion === undefined ? partsAbove : MOST_AT_ONCE);
      const version = isOne ? await put(key, bytes, how) : await putParts(key, sourceOf(bytes), how);
      if (version !== undefined) how.onVersion?.(version);
    },
    writeFrom: async (key, source, how = {}) => {
      throwIfAborted(how.signal);
      const isOne = how.ifVersion !== undefined || source.size <= partsAbove;
      const version = isOne
        ? await put(key, await gather(source, shown(key), how.signal), how)
        : await putParts(key, source, how);
      if (version !== undefined) how.onVersion?.(version);
    },
    remove: async (key, { signal } = {}) => {
      throwIfAborted(signal);
      const path = toWrite(key);
      await removeOne(send, path, shown(key), signal);
    },
    removeAll: async (keys, { signal } = {}) => {
      throwIfAborted(signal);
      await removeMany(send, keys.map(toWrite), location, { ...retry, signal });
    },
    list: async function* (prefix, { signal } = {}) {
      checkPrefix(prefix, location);
      const start = base.map((segment) => `${segment}/`).join("");
      for await (const name of listNames(send, start + prefix, location, { ...retry, signal }))
        if (!name.endsWith("/")) yield name.slice(start.length);
    },
    close: () => transport.close(),
  };
}
