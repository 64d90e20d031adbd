/** What a key may be, and where it leads: the same for all stores. */
import { ArgumentError } from "../base/errors.js";
import { splitSuffix } from "../compression/names.js";

/** Empty, `.` and `..` segments, NUL, backslash, drive letters, halves of surrogate pairs. */
const ODD = /(?:^|\/)\.{0,2}(?:\/|$)|[\0\\\p{Cs}]|^[A-Za-z]:(?:\/|$)/u;

/** Whether a key is a relative path without anything to resolve or to refuse. */
export function isPlainKey(key: string): boolean {
  return !ODD.test(key);
}

/**
 * The path of `key` under `base`, both as segments joined by `/`. A key may hold `..`, as keys of scales do.
 * @param keep how many segments of `base` the key may not leave.
 * @throws ArgumentError for a key that leaves them or is no relative path.
 */
export function resolveKey(base: readonly string[], key: string, keep: number, where: string): string {
  if (isPlainKey(key)) return [...base, key].join("/");
  const refuse = (fix: string): ArgumentError =>
    new ArgumentError("Not a key of this store", { where, got: JSON.stringify(key), fix });
  if (/[\0\\\p{Cs}]|^[A-Za-z]:(?:\/|$)/u.test(key))
    throw refuse("A key has no backslashes, drive letters or NUL characters, and is well-formed text");
  const path = [...base];
  for (const segment of key.split("/")) {
    if (segment === "" || segment === ".") throw refuse("A key is relative, without empty segments and dots");
    if (segment !== "..") path.push(segment);
    else if (path.length > keep) path.pop();
    else throw refuse("It leads out of the store");
  }
  if (path.length <= keep || /(?:^|\/)\.\.$/.test(key)) throw refuse("It names no object");
  return path.join("/");
}

/** Segments of a path; empty ones do not count. */
export function segmentsOf(path: string): string[] {
  return path.split("/").filter((s) => s !== "");
}

/** @throws ArgumentError for a name that a reader would take for a compressed object. */
export function refuseSuffix(name: string, where: string): void {
  if (splitSuffix(name).compression === "none") return;
  throw new ArgumentError("A key of an object to write ends in the suffix of a compression", {
    where,
    got: JSON.stringify(name),
    fix: "Leave the suffix out and tell the compression by an option",
  });
}

/** Checks the prefix of a listing. @returns its folder: all up to the last slash. @throws ArgumentError if it leads out. */
export function checkPrefix(prefix: string, where: string): string {
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  if (folder !== "") resolveKey([], `${folder}x`, 0, where);
  return folder;
}
