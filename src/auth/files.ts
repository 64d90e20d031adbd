/**
 * CloudVolume's secret files. `<scope>-<service>-secret.json` comes before `<service>-secret.json`; each name is looked
 * for in every folder before the next name. Sources: CloudVolume `secrets.py`, cloud-files `secrets.py`.
 */
import { AuthenticationError, describe } from "../base/errors.js";
import type { Absent } from "./chain.js";
import { parseFields, type SecretFields } from "./secrets.js";
import type { AuthSurroundings } from "./surroundings.js";

export interface FoundFile {
  readonly path: string;
  readonly fields: SecretFields;
}

/** Names that were used before. */
const OLD_NAMES: Readonly<Record<string, readonly string[]>> = { cave: ["chunkedgraph-secret.json"] };

/** The names of a service's files, in the order in which they count. */
export function fileNames(service: string, scopes: readonly string[], scopedOnly = false): string[] {
  const scoped = scopes.filter(isFileName).map((scope) => `${scope}-${service}-secret.json`);
  return scopedOnly ? scoped : [...scoped, `${service}-secret.json`, ...(OLD_NAMES[service] ?? [])];
}

/** The folders that hold secrets, in the order in which they count. */
export function secretFolders({ env, home }: AuthSurroundings): string[] {
  const below = (name: string): string | undefined => (home === undefined ? undefined : `${home}/${name}`);
  const cloudvolume = env.CLOUD_VOLUME_DIR ?? below(".cloudvolume");
  const cloudfiles = env.CLOUD_FILES_DIR ?? below(".cloudfiles");
  const neuroglancer = below(".neuroglancer");
  const roots = [
    cloudvolume && `${cloudvolume}/secrets`,
    "",
    cloudfiles && `${cloudfiles}/secrets`,
    neuroglancer && `${neuroglancer}/secrets`,
    "/secrets",
  ];
  return [...new Set(roots.filter((root): root is string => root !== undefined))];
}

/** The first file there is. @throws AuthenticationError for one that cannot be read or understood. */
export async function findFile(
  surroundings: AuthSurroundings,
  service: string,
  scopes: readonly string[],
  scopedOnly = false,
): Promise<FoundFile | Absent> {
  const folders = secretFolders(surroundings);
  const names = fileNames(service, scopes, scopedOnly);
  for (const name of names) {
    for (const folder of folders) {
      const path = `${folder}/${name}`;
      const text = await readSecret(surroundings, path);
      if (text !== undefined) return { path, fields: parseFields(text, path) };
    }
  }
  const [first = "no folder", ...others] = folders;
  const shown =
    others.length === 0 ? first : `${first} (or the older ${others.map((f) => f || "/").join(", ")})`;
  return { absent: `no ${names.join(" or ")} in ${shown}` };
}

/** A file's text; a file that anyone may read is warned of. @throws AuthenticationError. */
export async function readSecret(surroundings: AuthSurroundings, path: string): Promise<string | undefined> {
  let file: Awaited<ReturnType<AuthSurroundings["readFile"]>>;
  try {
    file = await surroundings.readFile(path);
  } catch (error) {
    throw new AuthenticationError("A secrets file cannot be read", { where: path, got: describe(error) });
  }
  if (file?.isPublic) surroundings.warn(`Everyone on this computer may read ${path}: chmod 600 ${path}`);
  return file?.text;
}

/** Buckets and hosts become part of a file's name: nothing in them may lead elsewhere. */
function isFileName(scope: string): boolean {
  return /^[^/\\\0]+$/.test(scope) && !/^\.+$/.test(scope);
}
