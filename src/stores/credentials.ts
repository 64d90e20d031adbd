/**
 * How stores of buckets come to know who asks: by a provider, which they ask before every request, so that what it
 * gives may change meanwhile. Providers keep what they found; where they find it is not a store's business.
 */
import type { Abortable } from "../base/abort.js";

export interface CredentialProvider<Credentials> {
  /** Credentials for a request about to be sent; undefined: it goes out anonymously. @throws AuthenticationError. */
  get(options?: Abortable): Promise<Credentials | undefined>;
  /**
   * Called once for a request that the server refused for its credentials (401, ExpiredToken): finds newer ones
   * than `refused`, which other requests may have done already. @returns undefined: there are none, the refusal stands.
   */
  refresh(refused: Credentials, options?: Abortable): Promise<Credentials | undefined>;
}

/** A key pair of S3, as SigV4 signs with it. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** Where what holds the keys names one: taken if the caller gives none. */
  readonly region?: string | undefined;
  /** Where they were found, for messages: never the secret itself. */
  readonly source?: string | undefined;
}

/** An OAuth token of Google, sent as `Authorization: Bearer …`. */
export interface BearerCredentials {
  readonly token: string;
  readonly source?: string | undefined;
}

/** The value of the `Authorization` header, for any other web server. */
export interface WebCredentials {
  readonly authorization: string;
  readonly source?: string | undefined;
}

/** Always the same credentials; without any: anonymous. */
export function fixedCredentials<Credentials>(credentials?: Credentials): CredentialProvider<Credentials> {
  return { get: async () => credentials, refresh: async () => undefined };
}
