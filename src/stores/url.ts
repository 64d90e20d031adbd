/**
 * Cloud paths: `[FORMAT://]PROTOCOL://BUCKET/…/DATASET/LAYER`, `PROTOCOL://…|FORMAT:` as Neuroglancer writes it, or a
 * local path. The grammar is CloudVolume's; what it takes for a local path by mistake (`s4://…`) is refused.
 */
import { ArgumentError } from "../base/errors.js";
import { show } from "../base/show.js";
import type { LocalPlaces } from "./url-file.js";
import { aliasedPath, bossPath, type CloudPath, cloudPath, localPath } from "./url-parts.js";
import {
  type Aliases,
  aliasTarget,
  BUILT_IN_ALIASES,
  checkAliases,
  type PathFormat,
  printable,
  splitWords,
  type Transport,
  transportOf,
} from "./url-words.js";

export {
  type Aliases,
  BUILT_IN_ALIASES,
  type CloudPath,
  type LocalPlaces,
  type PathFormat,
  printable,
  type Transport,
};

export interface PathOptions extends LocalPlaces {
  /** Further aliases, which come before the built-in ones. */
  readonly aliases?: Aliases | undefined;
}

/**
 * Takes a cloud path apart. Spaces, queries and percent signs stay as they are; one slash at the end is ignored.
 * @throws UnsupportedProtocolError for an unknown or nested protocol, a bad bucket or an empty segment;
 * UnsupportedFormatError; ArgumentError for what is no text that can be a path.
 */
export function parsePath(path: string, options: PathOptions = {}): CloudPath {
  if (typeof path !== "string" || path.trim() === "" || /\0|\p{Surrogate}/u.test(path))
    throw new ArgumentError("Not a cloud path", {
      expected: "text without NUL characters",
      got: show(path, 80),
    });
  if (options.aliases !== undefined) checkAliases(options.aliases);
  const aliases = { ...BUILT_IN_ALIASES, ...options.aliases };
  const { format, protocol, rest } = splitWords(path, aliases);
  if (format === "boss") return bossPath(path, protocol, rest);
  if (protocol === undefined || protocol === "file") return localPath(path, format, rest, options);
  const transport = transportOf(protocol);
  if (transport !== undefined) return cloudPath(path, format, protocol, transport, rest);
  return aliasedPath(path, format, protocol, aliasTarget(protocol, aliases), rest);
}

/** The path as text: the format goes before it unless it is `precomputed`. */
export function formatPath({ format, protocol, location }: CloudPath): string {
  return format === "precomputed" || protocol === "boss" ? location : `${format}://${location}`;
}

/** The path above the layer, without a slash at its end; a bucket is above itself. */
export function parentPath(path: CloudPath | string, options?: PathOptions): string {
  const parsed = typeof path === "string" ? parsePath(path, options) : path;
  const { location, layer } = parsed;
  if (parsed.path === "" || !location.endsWith(layer)) return formatPath(parsed);
  return formatPath({ ...parsed, location: location.slice(0, -layer.length).replace(/[\\/]$/, "") });
}

/** Whether whoever keeps one path keeps the other: Google and Amazon all their buckets, a web server its host. */
export function isSameServer(a: CloudPath, b: CloudPath): boolean {
  if (a.transport !== b.transport || a.host !== b.host) return false;
  return (a.transport !== "http" && a.transport !== "https") || a.bucket === b.bucket;
}

/** Where gs:// and s3:// objects lie for anyone with a browser. */
const PUBLIC: Readonly<Partial<Record<Transport, string>>> = {
  gs: "https://storage.googleapis.com",
  s3: "https://s3.amazonaws.com",
};

/**
 * The https path of what lies in gs://, s3:// or behind an alias of them; other paths come back as they are. Source:
 * CloudVolume's `use_https`.
 */
export function toHttpsPath(path: CloudPath, options?: PathOptions): CloudPath;
export function toHttpsPath(path: string, options?: PathOptions): string;
export function toHttpsPath(path: CloudPath | string, options: PathOptions = {}): CloudPath | string {
  const parsed = typeof path === "string" ? parsePath(path, options) : path;
  const server =
    parsed.transport === "s3" && parsed.host !== undefined ? parsed.host : PUBLIC[parsed.transport];
  if (server === undefined) {
    const aliased = transportOf(parsed.protocol) === undefined && parsed.protocol !== "boss";
    if (!aliased) return path;
  }
  const place = [parsed.bucket, parsed.path].filter((part) => part !== "").join("/");
  const address = server === undefined ? `${parsed.transport}://${place}` : `${server}/${escapeUrl(place)}`;
  const mapped = parsePath(`${parsed.format}://${address}`, options);
  return typeof path === "string" ? formatPath(mapped) : mapped;
}

/** An object's name as part of a URL: what would end the path or decode to something else is escaped. */
export function escapeUrl(name: string): string {
  return name.replace(/[%?#]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
