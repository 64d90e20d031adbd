/** Access tokens of Google's services, from service accounts, users' refresh tokens and the metadata server. */
import { AuthenticationError } from "../base/errors.js";
import type { BearerCredentials } from "../stores/credentials.js";
import { askFields } from "./ask.js";
import type { Found } from "./chain.js";
import { firstText, optionalText, type SecretFields, textField } from "./secrets.js";
import type { AuthSurroundings } from "./surroundings.js";

const SCOPE = "https://www.googleapis.com/auth/devstorage.full_control";
const TOKEN_SERVER = "https://oauth2.googleapis.com/token";
const TIMEOUT = 10_000;

/** The token that a secret stands for. @throws AuthenticationError, StorageError. */
export async function googleToken(
  surroundings: AuthSurroundings,
  fields: SecretFields,
  source: string,
): Promise<Found<BearerCredentials>> {
  const type = optionalText(fields, "type");
  if (type === "service_account" || (type === undefined && Object.hasOwn(fields, "private_key"))) {
    const email = textField(fields, "client_email", source);
    return await exchange(surroundings, fields, source, `service account ${email}`, {
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      assertion: await assertion(surroundings, fields, source, email),
    });
  }
  if (type === "authorized_user" || (type === undefined && Object.hasOwn(fields, "refresh_token"))) {
    return await exchange(surroundings, fields, source, "user account", {
      grant_type: "refresh_token",
      refresh_token: textField(fields, "refresh_token", source),
      client_id: textField(fields, "client_id", source),
      client_secret: textField(fields, "client_secret", source),
    });
  }
  const token = type === undefined ? firstText(fields, ["token", "access_token"]) : undefined;
  if (token !== undefined) return { credential: { token, source }, source, kind: "token" };
  throw new AuthenticationError("These Google credentials cannot be used", {
    where: source,
    expected: 'the type "service_account" or "authorized_user", or a "token"',
    got: type !== undefined && /^[a-z_]{1,60}$/.test(type) ? type : "neither",
  });
}

/** The service account of this machine. Source: the metadata server's documentation. */
export async function metadataToken(
  surroundings: AuthSurroundings,
  host: string,
): Promise<Found<BearerCredentials>> {
  const url = `http://${host}/computeMetadata/v1/instance/service-accounts/default/token`;
  const headers = { "metadata-flavor": "Google" };
  const answer = await askFields(surroundings, { url, headers, timeout: 3000 });
  return tokenIn(surroundings, answer, `the metadata server ${host}`, "service account of this machine");
}

async function exchange(
  surroundings: AuthSurroundings,
  fields: SecretFields,
  source: string,
  kind: string,
  form: Readonly<Record<string, string>>,
): Promise<Found<BearerCredentials>> {
  const answer = await askFields(surroundings, {
    method: "POST",
    url: tokenServer(fields),
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form).toString(),
    timeout: TIMEOUT,
  });
  return tokenIn(surroundings, answer, source, kind);
}

function tokenIn(
  { now }: AuthSurroundings,
  answer: SecretFields,
  source: string,
  kind: string,
): Found<BearerCredentials> {
  const token = textField(answer, "access_token", source);
  const seconds = Number(answer.expires_in);
  const expires = Number.isFinite(seconds) && seconds > 0 ? now() + seconds * 1000 : undefined;
  return { credential: { token, source }, expires, source, kind };
}

function tokenServer(fields: SecretFields): string {
  return optionalText(fields, "token_uri") ?? TOKEN_SERVER;
}

/** A statement signed with the account's key (RS256, RFC 7523), valid for an hour. */
async function assertion(
  { now }: AuthSurroundings,
  fields: SecretFields,
  where: string,
  email: string,
): Promise<string> {
  const at = Math.floor(now() / 1000);
  const keyId = optionalText(fields, "private_key_id");
  const header = { alg: "RS256", typ: "JWT", ...(keyId === undefined ? {} : { kid: keyId }) };
  const claims = { iss: email, scope: SCOPE, aud: tokenServer(fields), iat: at, exp: at + 3600 };
  const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  const key = await privateKey(textField(fields, "private_key", where), where);
  const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", key, new TextEncoder().encode(signed));
  return `${signed}.${base64url(new Uint8Array(signature))}`;
}

async function privateKey(pem: string, where: string): Promise<CryptoKey> {
  const [, body] = /-----BEGIN PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END PRIVATE KEY-----/.exec(pem) ?? [];
  try {
    const der = Uint8Array.from(atob((body ?? "").replace(/\s/g, "")), (c) => c.charCodeAt(0));
    const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    return await crypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
  } catch {
    throw new AuthenticationError("A service account's key cannot be used", {
      where,
      expected: 'an RSA key in PKCS #8 ("BEGIN PRIVATE KEY")',
      got: body === undefined ? "no such key" : "a damaged one",
    });
  }
}

function base64url(data: string | Uint8Array): string {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
}
