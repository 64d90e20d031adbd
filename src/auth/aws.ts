/** Where credentials for S3 may be. Order: CloudVolume's, then that of AWS's own tools. */
import { AuthenticationError } from "../base/errors.js";
import { type AwsKeys, awsKeysOf } from "./aws-keys.js";
import { profileKeys } from "./aws-profile.js";
import { containerKeys, instanceKeys } from "./aws-roles.js";
import { webIdentityKeys } from "./aws-sts.js";
import type { Absent, Found, Source } from "./chain.js";
import { findFile } from "./files.js";
import { parseSecrets, type Secrets } from "./secrets.js";
import type { AuthSurroundings } from "./surroundings.js";

export interface AwsPlace {
  /** `aws`, or the alias of an S3 server: the name in the files' names. */
  readonly service: string;
  /** Bucket, and host where it is not Amazon's. */
  readonly scopes: readonly string[];
  /** Someone else chose this place: only files that name it count. */
  readonly isForeign: boolean;
}

export function awsSources(
  surroundings: AuthSurroundings,
  { service, scopes, isForeign }: AwsPlace,
  secrets: Secrets | undefined,
): Source<AwsKeys>[] {
  if (secrets !== undefined) {
    const where = "the secrets option";
    const look = async (): Promise<Found<AwsKeys>> => ({
      credential: awsKeysOf(parseSecrets(secrets, where), where),
      source: where,
      kind: "access key",
    });
    return [{ name: where, look }];
  }
  const files: Source<AwsKeys> = {
    name: "secret files",
    look: async () => {
      const found = await findFile(surroundings, service, scopes, isForeign);
      if ("absent" in found) return found;
      return { credential: awsKeysOf(found.fields, found.path), source: found.path, kind: "access key" };
    },
  };
  const none: Source<AwsKeys> = { name: "the secrets option", look: async () => ({ absent: "not given" }) };
  if (isForeign) return [none, files];
  return [
    none,
    files,
    { name: "environment", look: async () => environment(surroundings) },
    { name: "web identity", look: () => webIdentity(surroundings) },
    { name: "AWS profile", look: () => profileKeys(surroundings) },
    { name: "container role", look: () => containerKeys(surroundings) },
    { name: "instance role", look: () => instanceKeys(surroundings) },
  ];
}

/** A session token is there for temporary keys only; CloudVolume fails without one. */
function environment({ env }: AuthSurroundings): Found<AwsKeys> | Absent {
  const where = "environment";
  const has = [env.AWS_ACCESS_KEY_ID, env.AWS_SECRET_ACCESS_KEY].filter(Boolean).length;
  if (has === 0) return { absent: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set" };
  if (has === 1) {
    throw new AuthenticationError("Half of a key is set", {
      where,
      expected: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
      got: "one of them",
    });
  }
  return { credential: awsKeysOf(env, where), source: where, kind: "access key" };
}

async function webIdentity(surroundings: AuthSurroundings): Promise<Found<AwsKeys> | Absent> {
  const {
    AWS_WEB_IDENTITY_TOKEN_FILE: file,
    AWS_ROLE_ARN: role,
    AWS_ROLE_SESSION_NAME: session,
  } = surroundings.env;
  if (!file || !role) return { absent: "AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN are not both set" };
  return await webIdentityKeys(surroundings, { file, role, session });
}
