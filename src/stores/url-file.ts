/** Local paths, POSIX and Windows, made absolute without touching the disk. */
import { ArgumentError, UnsupportedProtocolError } from "../base/errors.js";

/** Where relative local paths begin. */
export interface LocalPlaces {
  /** Default: the process's, where there is one. */
  readonly cwd?: string | undefined;
  /** What `~` stands for. Default: `$HOME`. */
  readonly home?: string | undefined;
}

export interface LocalPath {
  /** `/` or `\`. */
  readonly separator: string;
  /** `/` or `C:\`. */
  readonly root: string;
  readonly segments: readonly string[];
}

/**
 * A local path in parts, absolute: `~` and `~/…` expanded, the rest taken from `cwd`, empty and dot segments
 * resolved. Windows paths are known by their drive letter or that of `cwd`.
 * @throws ArgumentError where there is no `cwd` or `home`, UnsupportedProtocolError for the root itself.
 */
export function absolutePath(path: string, places: LocalPlaces): LocalPath {
  const full = fromHome(path, places);
  const absolute = isAbsolute(full) ? full : `${cwd(path, places)}/${full}`;
  const drive = /^[A-Za-z]:(?=[\\/])/.exec(absolute)?.[0];
  const separator = drive === undefined ? "/" : "\\";
  const segments: string[] = [];
  for (const segment of absolute.slice(drive?.length ?? 0).split(drive === undefined ? "/" : /[\\/]/)) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  if (segments.length === 0)
    throw new UnsupportedProtocolError("The root of a disk is no layer", { where: path, got: absolute });
  return { separator, root: `${drive ?? ""}${separator}`, segments };
}

function isAbsolute(path: string): boolean {
  return path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path);
}

function fromHome(path: string, { home }: LocalPlaces): string {
  if (!path.startsWith("~")) return path;
  const process = host();
  const at = home ?? process?.env?.HOME ?? process?.env?.USERPROFILE;
  const after = path.slice(1);
  if (at !== undefined && isAbsolute(at) && (after === "" || /^[\\/]/.test(after))) return at + after;
  throw new ArgumentError("This ~ stands for no known folder", {
    where: path,
    expected: "~ or ~/…, and a home directory",
    fix: "Write the whole path, or ./ before a name that begins with ~",
  });
}

function cwd(path: string, places: LocalPlaces): string {
  const at = places.cwd ?? host()?.cwd?.();
  if (at !== undefined && isAbsolute(at)) return at;
  throw new ArgumentError("A relative local path needs a working directory", {
    where: path,
    fix: "Write it whole",
  });
}

interface Host {
  readonly env?: { readonly HOME?: string; readonly USERPROFILE?: string };
  cwd?(): string;
}

function host(): Host | undefined {
  return (globalThis as { process?: Host }).process;
}
