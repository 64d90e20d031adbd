/** Requests to a bucket: signed with what the provider gives, sent again once to the right region or with newer keys. */

import type { CredentialProvider, S3Credentials } from "../credentials.js";
import { REFUSAL_BYTES } from "../http/object-reader.js";
import type { HttpAnswer, HttpHead, HttpRequest, Reception, Transport } from "../http/transport.js";
import type { BucketPlace } from "./place.js";
import { isExpired, regionOf } from "./refusal.js";
import { sign } from "./sign.js";

export interface BucketRequest {
  readonly method: HttpRequest["method"];
  /** In the bucket, unescaped. Empty: the bucket. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Default: up to 16 MiB, as lists are. */
  readonly receive?: HttpRequest["receive"] | undefined;
}

export type Send = (request: BucketRequest) => Promise<HttpAnswer>;

const LIST_BYTES = 16 << 20;
const answerOf = ({ status }: HttpHead): Reception =>
  status < 300 ? { limit: LIST_BYTES, strict: true } : { limit: REFUSAL_BYTES, strict: false };

/**
 * How a bucket is spoken to. Each request goes out once, or twice if the answer tells what to do better.
 * @param hasRegion whether the place's region is the caller's choice, which comes before that of the keys.
 */
export function sender(
  transport: Transport,
  place: BucketPlace,
  credentials: CredentialProvider<S3Credentials>,
  extra: Readonly<Record<string, string>>,
  hasRegion = true,
): Send {
  async function once(request: BucketRequest, keys: S3Credentials | undefined): Promise<HttpAnswer> {
    const { method, path, query, headers, body, signal, receive = answerOf } = request;
    const url = place.url(path, query);
    const plain = { ...extra, ...headers };
    const signed =
      keys === undefined ? plain : await sign({ method, url, headers: plain, body }, keys, place.region);
    return await transport.send({
      method,
      url,
      headers: { ...signed, "user-agent": "cloudvolume" },
      signal,
      receive,
      ...(body === undefined ? {} : { body }),
    });
  }

  let isPlaced = hasRegion;
  return async (request) => {
    const { signal } = request;
    let keys = await credentials.get({ signal });
    if (!isPlaced && keys?.region !== undefined) place.moveTo(keys.region);
    isPlaced = true;
    let answer = await once(request, keys);
    const region = regionOf(answer);
    if (region !== undefined && region !== place.region) {
      place.moveTo(region);
      answer = await once(request, keys);
    }
    if (keys !== undefined && isExpired(answer)) {
      keys = await credentials.refresh(keys, { signal });
      if (keys !== undefined) answer = await once(request, keys);
    }
    return answer;
  };
}
