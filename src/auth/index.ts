/**
 * Credentials of a cloud path: which service it needs, where they may be, what was taken. Nothing is looked for before
 * the first request; each place of the process looks once, and shares what it found.
 */

import type { BearerCredentials, WebCredentials } from "../stores/credentials.js";
import type { CloudPath } from "../stores/url.js";
import { awsSources } from "./aws.js";
import type { AwsKeys } from "./aws-keys.js";
import { type Chain, chain, type Explanation, type Source } from "./chain.js";
import { googleSources } from "./google.js";
import type { Secrets } from "./secrets.js";
import type { AuthSurroundings } from "./surroundings.js";
import { webSources } from "./web.js";

export type { Explanation } from "./chain.js";
export type { Secrets } from "./secrets.js";

export interface AuthOptions {
  /** Taken instead of looking anywhere. */
  readonly secrets?: Secrets | undefined;
  /**
   * The path was chosen by someone else, e.g. by the `redirect` of an info file: on servers that are not Google's or
   * Amazon's own, only files that name the bucket or host count, so that no stranger can ask for what is not theirs.
   */
  readonly isForeign?: boolean | undefined;
}

/** The credentials of a path, by what its store does with them. */
export type Auth =
  | { readonly service: "none" }
  | { readonly service: "google"; readonly chain: Chain<BearerCredentials> }
  | { readonly service: "aws"; readonly chain: Chain<AwsKeys> }
  | { readonly service: "web"; readonly chain: Chain<WebCredentials> };

/** Cheap: nothing is read before the chain is asked. */
export function authOf(path: CloudPath, surroundings: AuthSurroundings, options: AuthOptions = {}): Auth {
  const { secrets, isForeign = false } = options;
  const make = <T>(sources: readonly Source<T>[]): Chain<T> => chain(sources, surroundings.now);
  const { transport, protocol, bucket, host } = path;
  if (transport === "file" || transport === "mem") return { service: "none" };
  if (transport === "gs")
    return { service: "google", chain: make(googleSources(surroundings, bucket, secrets)) };
  if (transport === "s3") {
    const isAlias = protocol !== "s3";
    const server = host === undefined ? undefined : new URL(host).host;
    const scopes = isAlias || server === undefined ? [bucket] : [bucket, server, server.replace(/:\d+$/, "")];
    const place = {
      service: isAlias ? protocol : "aws",
      scopes: [...new Set(scopes)],
      isForeign: isForeign && server !== undefined && !isAlias,
    };
    return { service: "aws", chain: make(awsSources(surroundings, place, secrets)) };
  }
  const service = serviceOnWeb(path);
  const named = path.format === "boss" ? (host === undefined ? "api.bossdb.io" : new URL(host).host) : bucket;
  return {
    service: "web",
    chain: make(webSources(surroundings, { service, host: named, isForeign }, secrets)),
  };
}

function serviceOnWeb({ protocol, format }: CloudPath): "http" | "cave" | "boss" {
  if (format === "boss") return "boss";
  return protocol === "middleauth+https" || format === "graphene" ? "cave" : "http";
}

/** What would be used for a path, and why the other places were not. */
export async function explainAuth(
  path: CloudPath,
  surroundings: AuthSurroundings,
  options: AuthOptions = {},
): Promise<Explanation> {
  const auth = authOf(path, surroundings, options);
  if (auth.service === "none") return { source: null, kind: "none needed", tried: [] };
  return await auth.chain.explain();
}
