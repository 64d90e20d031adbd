/** The parts of a cloud path, from its words. */
import { UnsupportedProtocolError } from "../base/errors.js";
import { show } from "../base/show.js";
import { absolutePath, type LocalPlaces } from "./url-file.js";
import { type PathFormat, popWord, printable, type Transport, transportOf } from "./url-words.js";

/** A cloud path in parts. The middle ones are those of CloudVolume's `ExtractedPath`. */
export interface CloudPath {
  readonly format: PathFormat;
  /** As written: a protocol, an alias, or `boss`. */
  readonly protocol: string;
  /** What moves the bytes: `https` for `middleauth+https`, `s3` for an alias of an S3 server. */
  readonly transport: Transport;
  /** The server of an S3 or BOSS path that is not on the usual one: `https://host[:port]`. */
  readonly host: string | undefined;
  /** The bucket, the host and port of an http path, or a local path's first folder (`/tmp`). */
  readonly bucket: string;
  /** Bucket to dataset; empty for a bucket alone. */
  readonly basepath: string;
  readonly noBucketBasepath: string;
  readonly dataset: string;
  readonly layer: string;
  /** The place in the bucket, without slashes around; whole and absolute for a local path. */
  readonly path: string;
  /** The whole path without the format: parses to the same place. */
  readonly location: string;
}

/** A path on the local disk. */
export function localPath(path: string, format: PathFormat, rest: string, places: LocalPlaces): CloudPath {
  if (rest === "" || popWord(rest)[0] !== undefined)
    throw refused(path, rest === "" ? "no path" : "two protocols");
  const { separator, root, segments } = absolutePath(rest, places);
  const [first = "", ...inner] = segments;
  const bucket = root + first;
  const whole = root + segments.join(separator);
  return {
    format,
    protocol: "file",
    transport: "file",
    host: undefined,
    ...parts(bucket, inner, separator),
    layer: segments.at(-1) ?? "",
    // As CloudVolume has it, a folder just below the dataset's is its own first folder, without the slash.
    dataset: inner.length === 0 ? bucket : (segments.at(-2) ?? ""),
    path: whole,
    location: `file://${whole}`,
  };
}

/** A path in a bucket or on a web server. */
export function cloudPath(
  path: string,
  format: PathFormat,
  protocol: string,
  transport: Transport,
  text: string,
): CloudPath {
  const web = transport === "http" || transport === "https";
  const [word] = transport === "s3" ? popWord(text) : [undefined];
  const endpoint = word === "http" || word === "https" ? /^https?:\/\/[^/]*/.exec(text)?.[0] : undefined;
  const rest = endpoint === undefined ? text : text.slice(endpoint.length + 1);
  if (popWord(rest)[0] !== undefined) throw refused(path, "two protocols");
  if (/[\p{Cc}\\]/u.test(rest)) throw refused(path, "a control character or backslash");
  const [, before = "", query = ""] = web ? (/^([^?#]*)(.*)$/s.exec(rest) ?? []) : [rest, rest];
  const [bucket = "", ...inner] = before.replace(/\/$/, "").split("/");
  if (endpoint !== undefined) checkAuthority(path, endpoint.replace(/^https?:\/\//, ""));
  if (web) checkAuthority(path, bucket);
  else if (!/^[\w.~-]+$/.test(bucket) || /^\.+$/.test(bucket))
    throw refused(path, `the bucket ${show(bucket)}`);
  const segments = resolveDots(path, inner, web);
  if (query !== "") segments.push((segments.pop() ?? "") + query);
  const place = segments.join("/");
  return {
    format,
    protocol,
    transport,
    host: endpoint,
    ...parts(bucket, segments, "/"),
    path: place,
    location: `${protocol}://${endpoint === undefined ? "" : `${endpoint}/`}${bucket}${place === "" ? "" : `/${place}`}`,
  };
}

/** A path behind an alias; it stays below the alias's address. */
export function aliasedPath(
  path: string,
  format: PathFormat,
  alias: string,
  address: string,
  rest: string,
): CloudPath {
  const [word = "", behind] = popWord(address + rest);
  const target = cloudPath(path, format, word, transportOf(word) ?? "s3", behind);
  if (!`${target.location}/`.startsWith(address)) throw refused(path, `a path out of ${printable(address)}`);
  return { ...target, protocol: alias, location: `${alias}://${target.location.slice(address.length)}` };
}

/** `boss://COLLECTION/EXPERIMENT/CHANNEL`, or with `https://HOST/` before it. */
export function bossPath(path: string, protocol: string | undefined, rest: string): CloudPath {
  if (protocol !== undefined && protocol !== "https" && protocol !== "http")
    throw refused(path, "boss over this protocol");
  const words = rest.replace(/\/$/, "").split("/");
  const names = protocol === undefined ? words : words.slice(1);
  if (protocol !== undefined) checkAuthority(path, words[0] ?? "");
  const [collection = "", ...inner] = resolveDots(path, names, true);
  if (inner.length !== 2 || /[?#\\]/.test(rest))
    throw refused(path, "not boss://COLLECTION/EXPERIMENT/CHANNEL");
  const host = protocol === undefined ? undefined : `${protocol}://${words[0]}`;
  return {
    format: "boss",
    protocol: "boss",
    transport: protocol === "http" ? "http" : "https",
    host,
    ...parts(collection, inner, "/"),
    path: inner.join("/"),
    location: `boss://${host === undefined ? "" : `${host}/`}${collection}/${inner.join("/")}`,
  };
}

type Parts = Pick<CloudPath, "bucket" | "basepath" | "noBucketBasepath" | "dataset" | "layer">;

function parts(bucket: string, inner: readonly string[], separator: string): Parts {
  const above = inner.slice(0, -1);
  return {
    bucket,
    basepath: inner.length === 0 ? "" : [bucket, ...above].join(separator),
    noBucketBasepath: above.join(separator),
    dataset: above.at(-1) ?? bucket,
    layer: inner.at(-1) ?? bucket,
  };
}

/** Segments without `.` and `..`, which may not leave the bucket. On the web `%2e` is a dot, too. */
function resolveDots(path: string, segments: readonly string[], web: boolean): string[] {
  const out: string[] = [];
  for (const segment of segments) {
    const plain = web ? segment.replace(/%2e/gi, ".") : segment;
    if (segment === "") throw refused(path, "an empty segment");
    if (plain === "..") {
      if (out.pop() === undefined) throw refused(path, "a path out of the bucket");
    } else if (plain !== ".") out.push(segment);
  }
  return out;
}

/** A host and port; a user name or password is refused, as paths are printed and stored. */
function checkAuthority(path: string, authority: string): void {
  const match = /^(?:\[[\da-fA-F:.]+\]|[^\s@:/\\[\]?#%|<>^"`{}]+)(?::(\d{1,5}))?$/.exec(authority);
  if (match === null || /^\.+$/.test(authority) || Number(match[1] ?? 0) > 65535)
    throw refused(path, `the host ${show(authority.replace(/.*@/, "…@"))}`);
}

function refused(path: string, got: string): UnsupportedProtocolError {
  return new UnsupportedProtocolError("This path leads nowhere", {
    where: printable(path),
    expected: "[FORMAT://]PROTOCOL://BUCKET/PATH",
    got,
  });
}
