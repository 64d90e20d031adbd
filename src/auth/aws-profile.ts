/**
 * AWS's shared files: `~/.aws/credentials` and `~/.aws/config`. A profile has keys, or a program that prints some, or a
 * role that it assumes with another profile's keys, the environment's, its machine's or a web identity token.
 */
import { AuthenticationError } from "../base/errors.js";
import { type AwsKeys, awsKeysOf, expiryOf } from "./aws-keys.js";
import { containerKeys, instanceKeys } from "./aws-roles.js";
import { assumeRole, webIdentityKeys } from "./aws-sts.js";
import type { Absent, Found } from "./chain.js";
import { readSecret } from "./files.js";
import { type Ini, parseIni } from "./ini.js";
import { parseFields } from "./secrets.js";
import type { AuthSurroundings } from "./surroundings.js";

type Profile = ReadonlyMap<string, string>;

/** Of the profile that `AWS_PROFILE` names, or `default`. @throws AuthenticationError, StorageError. */
export async function profileKeys(surroundings: AuthSurroundings): Promise<Found<AwsKeys> | Absent> {
  const { env, home } = surroundings;
  const named = env.AWS_PROFILE || env.AWS_DEFAULT_PROFILE;
  const name = named || "default";
  const place = (variable: string | undefined, file: string): string | undefined =>
    variable || (home === undefined ? undefined : `${home}/.aws/${file}`);
  const files = {
    credentials: place(env.AWS_SHARED_CREDENTIALS_FILE, "credentials"),
    config: place(env.AWS_CONFIG_FILE, "config"),
  };
  const credentials = await readIni(surroundings, files.credentials);
  const config = await readIni(surroundings, files.config);
  const profileOf = (wanted: string): Profile | undefined => {
    const inConfig =
      config?.get(`profile ${wanted}`) ?? (wanted === "default" ? config?.get("default") : undefined);
    const inCredentials = credentials?.get(wanted);
    if (inConfig === undefined && inCredentials === undefined) return undefined;
    return new Map([...(inConfig ?? []), ...(inCredentials ?? [])]);
  };
  const shown = `${files.credentials ?? "no credentials file"}, ${files.config ?? "no config file"}`;
  if (named && profileOf(named) === undefined)
    throw new AuthenticationError("There is no such AWS profile", { where: shown, got: named });
  return await keysOf({ surroundings, profileOf, files: shown }, name, []);
}

interface Profiles {
  readonly surroundings: AuthSurroundings;
  readonly profileOf: (name: string) => Profile | undefined;
  readonly files: string;
}

async function keysOf(
  profiles: Profiles,
  name: string,
  above: readonly string[],
): Promise<Found<AwsKeys> | Absent> {
  const { surroundings, profileOf, files } = profiles;
  const profile = profileOf(name);
  if (profile === undefined) return { absent: `no profile ${name} in ${files}` };
  const source = `AWS profile ${name}`;
  const region = profile.get("region");
  const role = profile.get("role_arn");
  // A profile that names itself as its source means its own keys.
  const ownKeys = above.at(-1) === name;
  if (role !== undefined && !ownKeys) {
    const session = profile.get("role_session_name");
    const file = profile.get("web_identity_token_file");
    if (file !== undefined) return await webIdentityKeys(surroundings, { file, role, session, region });
    const keys = await sourceKeys(profiles, name, profile, above);
    const externalId = profile.get("external_id");
    const duration = profile.get("duration_seconds");
    return await assumeRole(surroundings, { role, session, externalId, duration, region, keys, source });
  }
  if (profile.has("aws_access_key_id") || profile.has("aws_secret_access_key"))
    return { credential: awsKeysOf(Object.fromEntries(profile), source), source, kind: "access key" };
  const command = profile.get("credential_process");
  if (command !== undefined) return await processKeys(surroundings, command, source, region);
  if (profile.has("sso_session") || profile.has("sso_start_url")) {
    throw new AuthenticationError("Single sign-on of AWS is not read directly", {
      where: source,
      fix: `Add credential_process = aws configure export-credentials --profile ${name} to a profile of its own`,
    });
  }
  return { absent: `the profile ${name} holds no keys and no role` };
}

/** Who assumes a profile's role. */
async function sourceKeys(
  profiles: Profiles,
  name: string,
  profile: Profile,
  above: readonly string[],
): Promise<AwsKeys> {
  const where = `AWS profile ${name}`;
  const from = profile.get("source_profile");
  const kind = profile.get("credential_source");
  if (above.length > 4 || (from !== undefined && from !== name && above.includes(from)))
    throw new AuthenticationError("AWS profiles name each other in a circle", { where });
  const { surroundings } = profiles;
  let found: Found<AwsKeys> | Absent = { absent: "it names neither source_profile nor credential_source" };
  if (from !== undefined) found = await keysOf(profiles, from, [...above, name]);
  else if (kind === "EcsContainer") found = await containerKeys(surroundings);
  else if (kind === "Ec2InstanceMetadata") found = await instanceKeys(surroundings);
  else if (kind === "Environment") {
    const { env } = surroundings;
    found = { credential: awsKeysOf(env, "environment"), source: "environment", kind: "access key" };
  }
  if (!("absent" in found)) return found.credential;
  throw new AuthenticationError("A role cannot be assumed", { where, got: found.absent });
}

/** A program that prints keys as JSON. Source: AWS's "sourcing credentials with an external process". */
async function processKeys(
  surroundings: AuthSurroundings,
  command: string,
  where: string,
  region: string | undefined,
): Promise<Found<AwsKeys>> {
  const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? "");
  let output: string;
  try {
    output = await surroundings.run(words);
  } catch {
    // What it printed, and its arguments, may be secret.
    throw new AuthenticationError("The program that gives credentials failed", {
      where: `credential_process of ${where}`,
    });
  }
  const fields = parseFields(output, `credential_process of ${where}`);
  const credential = { ...awsKeysOf(fields, where), ...(region === undefined ? {} : { region }) };
  return { credential, expires: expiryOf(fields), source: where, kind: "credential process" };
}

async function readIni(surroundings: AuthSurroundings, path: string | undefined): Promise<Ini | undefined> {
  const text = path === undefined ? undefined : await readSecret(surroundings, path);
  return text === undefined ? undefined : parseIni(text);
}
