/** What a server offers: folders by name, each with its files by key. */
import type { Abortable } from "../base/abort.js";
import type { ByteRange } from "../stores/store.js";

/** How a file is asked for. A folder that knows nothing of it gives all bytes: the server cuts them. */
export interface FileQuery extends Abortable {
  /** The part that is wanted. */
  readonly range?: ByteRange | undefined;
  /** Content codings that the reader undoes. Absent: none. */
  readonly accepts?: ReadonlySet<string> | undefined;
  /** Only what is told of the file is wanted. */
  readonly isHead?: boolean | undefined;
}

export interface ServedFile {
  /** The bytes as they are sent: all, or those from `start` on. Undefined: not fetched, as only `size` was wanted. */
  readonly bytes: Uint8Array | undefined;
  /** Of all bytes; undefined where the storage does not tell. */
  readonly size: number | undefined;
  /** Where in the file `bytes` begin. Undefined: they are all. */
  readonly start?: number | undefined;
  /** Content coding of the bytes. */
  readonly coding?: "gzip" | "br" | undefined;
  /** Changes with the file. Undefined: it is made of the bytes. */
  readonly version?: string | undefined;
  /** Default: by the name. */
  readonly type?: string | undefined;
}

export interface Folder {
  /** @returns undefined for what is not there. */
  get(key: string, query: FileQuery): Promise<ServedFile | Uint8Array | undefined>;
}

export interface Site {
  readonly folders: ReadonlyMap<string, Folder>;
  /** Gives the files of paths that begin with no folder's name. */
  readonly rest?: Folder | undefined;
  /** Where `/` leads. */
  readonly home?: string | undefined;
}

/** The folder and key that a path names; undefined where a segment could lead elsewhere. */
export function locate(
  site: Site,
  pathname: string,
): { readonly folder: Folder; readonly key: string } | undefined {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  const [first, ...parts] = path.split("/");
  // A folder's own address ends in a slash: its key is empty.
  const isOwn = parts.length === 2 && parts[1] === "";
  if (first !== "" || !(isOwn ? parts.slice(0, 1) : parts).every(isPlain)) return undefined;
  const [name = "", ...key] = parts;
  const folder = site.folders.get(name);
  if (folder !== undefined) return key.length === 0 ? undefined : { folder, key: key.join("/") };
  return site.rest === undefined || isOwn ? undefined : { folder: site.rest, key: parts.join("/") };
}

/** Longer names are those of no file. */
const LONGEST = 255;

function isPlain(part: string): boolean {
  return part !== "" && part !== "." && part !== ".." && part.length <= LONGEST && !/[\\\p{Cc}]/u.test(part);
}
