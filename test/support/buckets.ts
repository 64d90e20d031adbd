/** Buckets on the real servers, and stores in them. */
import {
  type CredentialProvider,
  fixedCredentials,
  type S3Credentials,
} from "../../src/stores/credentials.js";
import { type GsStoreOptions, gsStore } from "../../src/stores/gs/index.js";
import { platformTransport } from "../../src/stores/http/platform.js";
import { type S3StoreOptions, s3Store } from "../../src/stores/s3/index.js";
import { bucketPlace } from "../../src/stores/s3/place.js";
import { type Send, sender } from "../../src/stores/s3/send.js";
import type { Store } from "../../src/stores/store.js";
import { KEYS, type RealServer } from "../servers/real.js";

export const keys: CredentialProvider<S3Credentials> = fixedCredentials(KEYS);

/** Makes a bucket. @returns a way to send requests to it that stores do not send. */
export async function makeS3Bucket(server: RealServer, bucket: string): Promise<Send> {
  const place = bucketPlace({ bucket, endpoint: server.url });
  const send = sender(platformTransport({}), place, keys, {});
  const { status, body } = await send({ method: "PUT", path: "" });
  if (status !== 200) throw new Error(`${server.name}: ${status} ${new TextDecoder().decode(body)}`);
  return send;
}

export async function makeGsBucket(server: RealServer, bucket: string): Promise<void> {
  const url = `${server.url}/storage/v1/b?project=test`;
  const headers = { "content-type": "application/json" };
  const { status } = await fetch(url, { method: "POST", headers, body: JSON.stringify({ name: bucket }) });
  if (status !== 200) throw new Error(`${server.name}: ${status}`);
}

/** A store in a bucket of a server. */
export function s3At(
  server: RealServer,
  bucket: string,
  path: string,
  options: Partial<S3StoreOptions> = {},
): Store {
  return s3Store({ bucket, path, endpoint: server.url, credentials: keys, ...options });
}

export function gsAt(
  server: RealServer,
  bucket: string,
  path: string,
  options: Partial<GsStoreOptions> = {},
): Store {
  return gsStore({ bucket, path, endpoint: server.url, ...options });
}
