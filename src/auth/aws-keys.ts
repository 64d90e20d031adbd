/** Access keys of AWS and whatever speaks its protocol. */
import { AuthenticationError } from "../base/errors.js";
import { firstText, type SecretFields } from "./secrets.js";

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** Where the place that holds the keys names one. */
  readonly region?: string | undefined;
}

const NAMES = {
  id: ["AWS_ACCESS_KEY_ID", "accessKeyId", "aws_access_key_id", "AccessKeyId"],
  secret: ["AWS_SECRET_ACCESS_KEY", "secretAccessKey", "aws_secret_access_key", "SecretAccessKey"],
  token: ["AWS_SESSION_TOKEN", "sessionToken", "aws_session_token", "SessionToken", "Token"],
  region: ["AWS_DEFAULT_REGION", "AWS_REGION", "region"],
} as const;

/** The keys in a secret, in CloudVolume's spelling or that of AWS's own tools. @throws AuthenticationError. */
export function awsKeysOf(fields: SecretFields, where: string): AwsKeys {
  const accessKeyId = firstText(fields, NAMES.id);
  const secretAccessKey = firstText(fields, NAMES.secret);
  const sessionToken = firstText(fields, NAMES.token);
  const region = firstText(fields, NAMES.region);
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new AuthenticationError("A secret lacks a field", {
      where,
      expected: `${NAMES.id[0]} and ${NAMES.secret[0]}`,
      got: accessKeyId === undefined && secretAccessKey === undefined ? "neither" : "one of them",
    });
  }
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(region === undefined ? {} : { region }),
  };
}

/** When temporary keys end. */
export function expiryOf(fields: SecretFields): number | undefined {
  const text = firstText(fields, ["Expiration", "expiration"]);
  const at = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
