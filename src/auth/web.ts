/** Credentials that go along as a header: CAVE's and BossDB's tokens, users of web servers. */
import { AuthenticationError } from "../base/errors.js";
import type { WebCredentials } from "../stores/credentials.js";
import type { Found, Source } from "./chain.js";
import { findFile } from "./files.js";
import { firstText, optionalText, parseSecrets, type SecretFields, type Secrets } from "./secrets.js";
import type { AuthSurroundings } from "./surroundings.js";

export interface WebPlace {
  readonly service: "http" | "cave" | "boss";
  readonly host: string;
  /** Someone else chose this place: only files that name it count. */
  readonly isForeign: boolean;
}

export function webSources(
  surroundings: AuthSurroundings,
  { service, host, isForeign }: WebPlace,
  secrets: Secrets | undefined,
): Source<WebCredentials>[] {
  if (secrets !== undefined) {
    const where = "the secrets option";
    return [{ name: where, look: async () => foundIn(parseSecrets(secrets, where), where, service) }];
  }
  const { env } = surroundings;
  const sources: Source<WebCredentials>[] = [
    { name: "the secrets option", look: async () => ({ absent: "not given" }) },
    {
      name: "secret files",
      look: async () => {
        const found = await findFile(surroundings, service, scopesOf(host), isForeign);
        return "absent" in found ? found : foundIn(found.fields, found.path, service);
      },
    },
  ];
  if (service !== "boss" || isForeign) return sources;
  const look = async (): ReturnType<Source<WebCredentials>["look"]> => {
    const source = "BOSS_TOKEN";
    if (!env.BOSS_TOKEN) return { absent: "not set" };
    return { credential: { authorization: `Token ${env.BOSS_TOKEN}`, source }, source, kind: "token" };
  };
  return [...sources, { name: "BOSS_TOKEN", look }];
}

/** A port is not part of CloudVolume's file names; on some systems it cannot be. */
function scopesOf(host: string): string[] {
  return [...new Set([host, host.replace(/:\d+$/, "")])];
}

function foundIn(fields: SecretFields, source: string, service: WebPlace["service"]): Found<WebCredentials> {
  const token = optionalText(fields, "token");
  if (token !== undefined) {
    check(token, source);
    const scheme = service === "boss" ? "Token" : "Bearer";
    return { credential: { authorization: `${scheme} ${token}`, source }, source, kind: "token" };
  }
  const user = firstText(fields, ["user", "username"]);
  const password = optionalText(fields, "password");
  if (service === "http" && user !== undefined && password !== undefined) {
    const text = new TextEncoder().encode(`${user}:${password}`);
    const authorization = `Basic ${btoa(String.fromCharCode(...text))}`;
    return { credential: { authorization, source }, source, kind: "user and password" };
  }
  throw new AuthenticationError("A secret lacks a field", {
    where: source,
    expected: service === "http" ? '"user" and "password", or "token"' : '"token"',
    got: "neither",
  });
}

/** What cannot be a header would be quoted by the errors of those who try. @throws AuthenticationError. */
function check(token: string, where: string): void {
  if (/^[\x21-\x7e]+$/.test(token)) return;
  throw new AuthenticationError("A token holds characters that no token has", {
    where,
    expected: "printable ASCII without spaces",
  });
}
