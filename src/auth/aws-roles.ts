/** The role of a container or a machine at AWS: its metadata service gives temporary keys. */
import { AuthenticationError, CloudVolumeError } from "../base/errors.js";
import { ask, askFields } from "./ask.js";
import { type AwsKeys, awsKeysOf, expiryOf } from "./aws-keys.js";
import type { Absent, Found } from "./chain.js";
import { readSecret } from "./files.js";
import type { SecretFields } from "./secrets.js";
import type { AuthSurroundings } from "./surroundings.js";

const TIMEOUT = 2000;
const CONTAINERS = "http://169.254.170.2";
const INSTANCES = "http://169.254.169.254";
/** Hosts besides this computer that a container's variable may name over plain http (ECS, EKS). */
const LINK_LOCAL: ReadonlySet<string> = new Set(["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"]);

/** ECS, EKS pod identity. */
export async function containerKeys(surroundings: AuthSurroundings): Promise<Found<AwsKeys> | Absent> {
  const { env } = surroundings;
  const relative = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  const full = env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
  if (!relative && !full) return { absent: "no AWS_CONTAINER_CREDENTIALS_… variable is set" };
  const url = relative ? `${CONTAINERS}${relative}` : (full ?? "");
  if (!mayBeAsked(url)) {
    throw new AuthenticationError("The container's credentials are at an address that may not be asked", {
      where: "AWS_CONTAINER_CREDENTIALS_FULL_URI",
      expected: "https, or http of this computer or a link-local address of AWS",
    });
  }
  const file = env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
  const token = file ? (await readSecret(surroundings, file))?.trim() : env.AWS_CONTAINER_AUTHORIZATION_TOKEN;
  const headers: Record<string, string> = token ? { authorization: token } : {};
  return keysIn(
    await askFields(surroundings, { url, headers, timeout: TIMEOUT }),
    "the container's role",
    "role",
  );
}

/** EC2, by version 2 of its metadata service. */
export async function instanceKeys(surroundings: AuthSurroundings): Promise<Found<AwsKeys> | Absent> {
  const { env } = surroundings;
  if (/^true$/i.test(env.AWS_EC2_METADATA_DISABLED ?? ""))
    return { absent: "switched off by AWS_EC2_METADATA_DISABLED" };
  const given = env.AWS_EC2_METADATA_SERVICE_ENDPOINT;
  if (!given && (await surroundings.machine()) !== "amazon")
    return { absent: "this is no machine of Amazon's, and AWS_EC2_METADATA_SERVICE_ENDPOINT is not set" };
  const base = (given || INSTANCES).replace(/\/+$/, "");
  const seconds = { "x-aws-ec2-metadata-token-ttl-seconds": "21600" };
  const session = await ask(surroundings, {
    method: "PUT",
    url: `${base}/latest/api/token`,
    headers: seconds,
    timeout: TIMEOUT,
  });
  const headers = { "x-aws-ec2-metadata-token": session.trim() };
  const folder = `${base}/latest/meta-data/iam/security-credentials/`;
  const roles = await missingAsEmpty(ask(surroundings, { url: folder, headers, timeout: TIMEOUT }));
  const role = roles.split("\n")[0]?.trim();
  if (!role) return { absent: "this machine has no role" };
  const url = folder + encodeURIComponent(role);
  return keysIn(
    await askFields(surroundings, { url, headers, timeout: TIMEOUT }),
    "the instance's role",
    `role ${role}`,
  );
}

function keysIn(fields: SecretFields, source: string, kind: string): Found<AwsKeys> {
  return { credential: awsKeysOf(fields, source), expires: expiryOf(fields), source, kind };
}

function mayBeAsked(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username } = new URL(url);
  if (username !== "") return false;
  const isHere = hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
  return protocol === "https:" || (protocol === "http:" && (isHere || LINK_LOCAL.has(hostname)));
}

async function missingAsEmpty(answer: Promise<string>): Promise<string> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof CloudVolumeError && error.got === "HTTP 404") return "";
    throw error;
  }
}
