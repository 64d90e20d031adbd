/** Signature version 4 of a request with a short body, for the Security Token Service. Source: AWS's "Create a signed request". */
import type { AwsKeys } from "./aws-keys.js";

export interface Unsigned {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly keys: AwsKeys;
  readonly region: string;
  readonly service: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The headers with those that sign them. Addresses with a query are not for this. */
export async function signedHeaders({
  method,
  url,
  headers,
  body,
  keys,
  region,
  service,
  at,
}: Unsigned): Promise<Record<string, string>> {
  const { host, pathname } = new URL(url);
  const time = new Date(at).toISOString().replace(/[-:]|\.\d+/g, "");
  const token = keys.sessionToken === undefined ? {} : { "x-amz-security-token": keys.sessionToken };
  const sent: Record<string, string> = { ...headers, "x-amz-date": time, ...token };
  const all = Object.entries({ ...sent, host }).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = all.map(([name]) => name).join(";");
  const canonical = [
    method,
    pathname,
    "",
    ...all.map(([name, value]) => `${name}:${value.trim()}`),
    "",
    names,
    hex(await sha256(body)),
  ].join("\n");
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  let key: Uint8Array<ArrayBuffer> = new TextEncoder().encode(`AWS4${keys.secretAccessKey}`);
  for (const part of scope.split("/")) key = await hmac(key, part);
  const signature = hex(
    await hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hex(await sha256(canonical))}`),
  );
  const authorization = `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...sent, authorization };
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(text)));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}
