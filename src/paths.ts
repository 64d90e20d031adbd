/** Cloud paths as this user writes them: with the aliases of cloud-files' file. */
import { type Aliases, type CloudPath, parsePath, toHttpsPath } from "./stores/url.js";
import { BUILT_IN_ALIASES, FORMATS, popWord, transportOf } from "./stores/url-words.js";

export interface AliasOptions {
  /** Further aliases of servers, which come before those of the user's file. */
  readonly aliases?: Aliases | undefined;
  /** Reads gs:// and s3:// by their public https addresses. */
  readonly useHttps?: boolean | undefined;
}

/**
 * Takes a path apart. The user's file of aliases is read when a path begins with a word that means nothing else.
 * @throws as `parsePath`; ArgumentError for a damaged file.
 */
export async function parseUserPath(path: string, options: AliasOptions = {}): Promise<CloudPath> {
  const known = { ...BUILT_IN_ALIASES, ...options.aliases };
  const word = typeof path === "string" ? protocolOf(path) : undefined;
  const isKnown = word === undefined || transportOf(word) !== undefined || Object.hasOwn(known, word);
  const aliases = isKnown ? options.aliases : { ...(await userAliases()), ...options.aliases };
  const parsed = parsePath(path, { aliases });
  return options.useHttps === true ? toHttpsPath(parsed, { aliases }) : parsed;
}

/** The word before `://`, behind the format's. */
function protocolOf(path: string): string | undefined {
  const [word, rest] = popWord(path);
  return FORMATS.some((format) => format === word) ? popWord(rest)[0] : word;
}

async function userAliases(): Promise<Aliases> {
  const [{ readAliases }, { nodeSurroundings }] = await Promise.all([
    import("./auth/aliases.js"),
    import("./auth/surroundings.node.js"),
  ]);
  return await readAliases(nodeSurroundings());
}
