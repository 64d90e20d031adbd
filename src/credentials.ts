/** Who this process is to the servers it asks. */
import type { Auth, AuthOptions, Explanation } from "./auth/index.js";
import { type AliasOptions, parseUserPath } from "./paths.js";
import type { CloudPath } from "./stores/url.js";

/** Credentials that were looked for, by service and place, so that each token is fetched once. */
const shared = new Map<string, Auth>();

/** The credentials of a path; given secrets are its own, what is found on this machine is shared. */
export async function credentialsOf(path: CloudPath, options: AuthOptions): Promise<Auth> {
  const [{ authOf }, { nodeSurroundings }] = await auth();
  if (options.secrets !== undefined) return authOf(path, nodeSurroundings(), options);
  const { format, protocol, host, bucket } = path;
  const place = [format, protocol, host, bucket, options.isForeign === true].join(" ");
  const found = shared.get(place) ?? authOf(path, nodeSurroundings(), options);
  shared.set(place, found);
  return found;
}

/**
 * Which credentials a path would be read and written with, and why those of other places are not taken. Tells files,
 * variables and servers, never a secret; looks again each time, and may ask the servers that give tokens.
 * @throws UnsupportedProtocolError for what is no cloud path.
 */
export async function explainCredentials(
  cloudpath: string,
  options: AliasOptions & Pick<AuthOptions, "secrets"> = {},
): Promise<Explanation> {
  const [path, [{ explainAuth }, { nodeSurroundings }]] = await Promise.all([
    parseUserPath(cloudpath, options),
    auth(),
  ]);
  return await explainAuth(path, nodeSurroundings(), options);
}

/** Loaded where a path needs it: local files do not. */
function auth(): Promise<[typeof import("./auth/index.js"), typeof import("./auth/surroundings.node.js")]> {
  return Promise.all([import("./auth/index.js"), import("./auth/surroundings.node.js")]);
}
