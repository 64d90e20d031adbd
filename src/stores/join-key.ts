import { ArgumentError } from "../base/errors.js";
import { type CloudPath, escapeUrl, printable } from "./url.js";

export interface JoinOptions {
  /** Whether the object is to be written or removed: then it has to lie in the layer. Default false. */
  readonly write?: boolean | undefined;
}

/**
 * Where an object of a layer lies: a file's absolute path, a web object's URL (the key's `%`, `?` and `#` escaped, the
 * layer's own query after it), else its name in the bucket. An empty key gives the layer's folder with a slash.
 * `..` may leave the layer for reading, as `info` files do point to siblings, but never the bucket (a local path's
 * first folder). @throws ArgumentError for a key that does, that is absolute, or that has a backslash or control character.
 */
export function joinKey(path: CloudPath, key: string, { write = false }: JoinOptions = {}): string {
  // URLs drop line breaks, which could hide a "..".
  if ((write && key === "") || key.startsWith("/") || /[\p{Cc}\p{Surrogate}\\]/u.test(key))
    throw refused(path, key);
  if (path.transport === "file") {
    const separator = path.path.startsWith("/") ? "/" : "\\";
    const inner = path.path.slice(path.bucket.length + 1);
    return [path.bucket, ...within(path, inner, separator, key, write)].join(separator);
  }
  const web = path.transport === "http" || path.transport === "https";
  if (!web) return within(path, path.path, "/", key, write).join("/");
  const [, inner = "", query = ""] = /^([^?#]*)(.*)$/s.exec(path.path) ?? [];
  const place = within(path, inner.replace(/\/$/, ""), "/", escapeUrl(key), write);
  return [`${path.transport}://${path.bucket}`, ...place].join("/") + query;
}

function within(path: CloudPath, inner: string, separator: string, key: string, write: boolean): string[] {
  const layer = inner === "" ? [] : inner.split(separator);
  const wanted = key.split("/");
  if (!wanted.some((segment) => segment === "." || segment === "..")) return [...layer, ...wanted];
  const out = [...layer];
  for (const segment of wanted) {
    if (segment === "..") {
      if (out.length === 0 || (write && out.length <= layer.length)) throw refused(path, key);
      out.pop();
    } else if (segment !== ".") out.push(segment);
  }
  if (write && out.length <= layer.length) throw refused(path, key);
  return out;
}

function refused(path: CloudPath, key: string): ArgumentError {
  return new ArgumentError("A key that leaves its place", {
    where: printable(path.location),
    expected: "a relative path, in the bucket for reading and in the layer for writing",
    got: JSON.stringify(key.length > 200 ? `${key.slice(0, 200)}…` : key),
  });
}
