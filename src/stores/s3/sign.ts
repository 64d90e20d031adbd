/** Signature Version 4 of AWS, for S3: a request gets headers that prove who sends it, and what. */
import { sha256Hex, toHex, unshared } from "../checksums.js";
import type { S3Credentials } from "../credentials.js";

export interface ToSign {
  readonly method: string;
  /** Its path and query escaped as {@link escapeSegment} does, the query in order of names. */
  readonly url: URL;
  /** Those that begin with `x-amz-` are signed, and `content-md5`. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

const text = new TextEncoder();
const EMPTY = new Uint8Array();
/** Keys for signing are those of a day, region and secret: a few are kept. */
const kept = new Map<string, Promise<CryptoKey>>();
const MOST_KEPT = 16;

/** The headers of the request, and those of its signature. @param now the time, which the server may hold against its own. */
export async function sign(
  { method, url, headers, body }: ToSign,
  { accessKeyId, secretAccessKey, sessionToken }: S3Credentials,
  region: string,
  now: Date = new Date(),
): Promise<Record<string, string>> {
  const time = now.toISOString().replace(/[:-]|\.\d{3}/g, "");
  const content = await sha256Hex(body ?? EMPTY);
  const sent: Record<string, string> = {
    ...headers,
    "x-amz-content-sha256": content,
    "x-amz-date": time,
    ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
  };
  const signed = Object.entries({ ...sent, host: url.host })
    .filter(([name]) => name === "host" || name === "content-md5" || name.startsWith("x-amz-"))
    .map(([name, value]) => [name, value.trim().replace(/\s+/g, " ")] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(";");
  const request = [
    method,
    url.pathname,
    url.search.slice(1),
    ...signed.map(([name, value]) => `${name}:${value}`),
    "",
    names,
    content,
  ].join("\n");
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const told = ["AWS4-HMAC-SHA256", time, scope, await sha256Hex(text.encode(request))].join("\n");
  const key = await signingKey(secretAccessKey, time.slice(0, 8), region);
  const signature = toHex(await hmac(key, told));
  const credential = `Credential=${accessKeyId}/${scope}`;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

/** Percent-encodes all but letters, digits and `-._~`, as the signature demands. */
export function escapeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A query in the order that is signed. */
export function queryOf(parameters: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(parameters).map(([name, value]) => [
    escapeSegment(name),
    escapeSegment(value),
  ]);
  return pairs
    .sort(([a = ""], [b = ""]) => (a < b ? -1 : 1))
    .map((pair) => pair.join("="))
    .join("&");
}

async function signingKey(secret: string, day: string, region: string): Promise<CryptoKey> {
  const id = `${day}/${region}/${secret}`;
  const known = kept.get(id);
  if (known !== undefined) return await known;
  const derived = derive(secret, day, region);
  kept.set(id, derived);
  for (const old of kept.keys()) if (kept.size > MOST_KEPT) kept.delete(old);
  return await derived;
}

async function derive(secret: string, day: string, region: string): Promise<CryptoKey> {
  let key = await hmacKey(text.encode(`AWS4${secret}`));
  for (const word of [day, region, "s3", "aws4_request"]) key = await hmacKey(await hmac(key, word));
  return key;
}

async function hmacKey(bytes: Uint8Array): Promise<CryptoKey> {
  const how = { name: "HMAC", hash: "SHA-256" };
  return await crypto.subtle.importKey("raw", unshared(bytes), how, false, ["sign"]);
}

async function hmac(key: CryptoKey, message: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, text.encode(message)));
}
