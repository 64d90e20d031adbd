/** Aliases of servers in cloud-files' file: `{"lab": {"host": "s3://https://s3.lab.edu/"}}`. */
import { ArgumentError } from "../base/errors.js";
import type { Aliases } from "../stores/url-words.js";
import type { AuthSurroundings } from "./surroundings.js";

/**
 * The user's aliases: `aliases.json` in `$CLOUD_FILES_DIR`, `~/.cloudfiles` by default; none if there is no file.
 * @throws ArgumentError for a file that holds something else.
 */
export async function readAliases({ env, home, readFile }: AuthSurroundings): Promise<Aliases> {
  const folder = env.CLOUD_FILES_DIR ?? (home === undefined ? undefined : `${home}/.cloudfiles`);
  if (folder === undefined) return {};
  const where = `${folder}/aliases.json`;
  const text = (await readFile(where))?.text.trim();
  if (text === undefined || text === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ArgumentError("The file of aliases holds no JSON", { where, cause });
  }
  const entries =
    typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
  if (entries?.every(([, entry]) => typeof entry?.host === "string"))
    return Object.fromEntries(entries) as Aliases;
  throw new ArgumentError("The file of aliases has the wrong form", {
    where,
    expected: '{"NAME": {"host": "s3://https://SERVER/"}}',
  });
}
