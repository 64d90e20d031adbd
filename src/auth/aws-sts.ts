/** Temporary keys for a role, from AWS's Security Token Service. */
import { AuthenticationError } from "../base/errors.js";
import { ask } from "./ask.js";
import { type AwsKeys, awsKeysOf, expiryOf } from "./aws-keys.js";
import { signedHeaders } from "./aws-signature.js";
import type { Found } from "./chain.js";
import { readSecret } from "./files.js";
import type { AuthSurroundings } from "./surroundings.js";

const VERSION = "2011-06-15";

export interface WebIdentity {
  readonly file: string;
  readonly role: string;
  readonly session?: string | undefined;
  readonly region?: string | undefined;
}

/** A role for who holds a token of another service, as in Kubernetes. @throws AuthenticationError, StorageError. */
export async function webIdentityKeys(
  surroundings: AuthSurroundings,
  { file, role, session, region }: WebIdentity,
): Promise<Found<AwsKeys>> {
  const token = (await readSecret(surroundings, file))?.trim();
  if (!token) throw new AuthenticationError("There is no web identity token", { where: file });
  const form = {
    Action: "AssumeRoleWithWebIdentity",
    Version: VERSION,
    RoleArn: role,
    RoleSessionName: session ?? "cloudvolume",
    WebIdentityToken: token,
  };
  return await askSts(surroundings, form, region, `web identity ${file}`);
}

export interface AssumedRole {
  readonly role: string;
  readonly session?: string | undefined;
  readonly externalId?: string | undefined;
  readonly duration?: string | undefined;
  readonly region?: string | undefined;
  /** Who assumes it. */
  readonly keys: AwsKeys;
  readonly source: string;
}

export async function assumeRole(
  surroundings: AuthSurroundings,
  { role, session, externalId, duration, region, keys, source }: AssumedRole,
): Promise<Found<AwsKeys>> {
  const form = {
    Action: "AssumeRole",
    Version: VERSION,
    RoleArn: role,
    RoleSessionName: session ?? "cloudvolume",
    ...(externalId === undefined ? {} : { ExternalId: externalId }),
    ...(duration === undefined ? {} : { DurationSeconds: duration }),
  };
  return await askSts(surroundings, form, region ?? keys.region, source, keys);
}

async function askSts(
  surroundings: AuthSurroundings,
  form: Readonly<Record<string, string>>,
  given: string | undefined,
  source: string,
  keys?: AwsKeys,
): Promise<Found<AwsKeys>> {
  const { env, now } = surroundings;
  const region = given ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? "us-east-1";
  const url = new URL(env.AWS_ENDPOINT_URL_STS ?? `https://sts.${region}.amazonaws.com/`).href;
  const body = new URLSearchParams(form).toString();
  const plain = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  const headers =
    keys === undefined
      ? plain
      : await signedHeaders({
          method: "POST",
          url,
          headers: plain,
          body,
          keys,
          region,
          service: "sts",
          at: now(),
        });
  const text = await ask(surroundings, { method: "POST", url, headers, body, timeout: 10_000 });
  const fields = Object.fromEntries(
    ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"].map((name) => [
      name,
      element(text, name),
    ]),
  );
  const credential = { ...awsKeysOf(fields, source), ...(given === undefined ? {} : { region: given }) };
  return { credential, expires: expiryOf(fields), source, kind: `role ${form.RoleArn}` };
}

/** The text of the first element of a name, inside of `<Credentials>`. */
function element(xml: string, name: string): string | undefined {
  const inside = /<Credentials>([\s\S]*?)<\/Credentials>/.exec(xml)?.[1] ?? "";
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(inside)?.[1]?.trim();
}
