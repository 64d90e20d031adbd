/** Where a key's files are: the folder of a store, its root, and the names that files may have. */
import * as nodePath from "node:path";
import { ArgumentError } from "../../base/errors.js";
import { isPlainKey, refuseSuffix, resolveKey, segmentsOf } from "../keys.js";
import { isGone } from "./fs.js";
import { call, type Program } from "./program.js";

/** The files of one key: its path without suffix, and the folder they are in. */
export interface Place {
  readonly path: string;
  readonly folder: string;
  readonly name: string;
}

export interface Layout {
  /** The store's folder, absolute. */
  readonly directory: string;
  /** What reading may not leave; `/`: anything that the user may read. */
  readonly root: string;
  locate(key: string, forWriting: boolean): Place;
}

/** Names of files that are being written, and of locks: never those of objects. */
const RESERVED = /\.cv(?:tmp|lock)$/;

export function isReserved(name: string): boolean {
  return RESERVED.test(name);
}

/** @throws ArgumentError unless the folder is in the root. */
export function layoutOf(directory: string, root = "/"): Layout {
  const base = nodePath.resolve(directory);
  const top = nodePath.parse(base).root;
  const floor = root === "/" ? top : nodePath.resolve(root);
  if (!isInside(base, floor)) {
    throw new ArgumentError("A store's folder lies outside its root", {
      where: base,
      expected: `in ${floor}`,
    });
  }
  const head = top.replaceAll(nodePath.sep, "/");
  const segments = segmentsOf(base.slice(top.length).replaceAll(nodePath.sep, "/"));
  const prefix = head + segments.map((s) => `${s}/`).join("");
  const rootDepth = segmentsOf(floor.slice(top.length).replaceAll(nodePath.sep, "/")).length;
  const locate = (key: string, forWriting: boolean): Place => {
    const path = isPlainKey(key)
      ? prefix + key
      : head + resolveKey(segments, key, forWriting ? segments.length : rootDepth, base);
    const cut = path.lastIndexOf("/");
    const name = path.slice(cut + 1);
    if (forWriting) {
      refuseSuffix(name, path);
      if (isReserved(name))
        throw new ArgumentError("A key may not end in .cvtmp or .cvlock", { where: path });
    }
    return { path, folder: cut <= 0 ? head : path.slice(0, cut), name };
  };
  return { directory: base, root: floor, locate };
}

function isInside(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(nodePath.sep) ? root : root + nodePath.sep);
}

/**
 * With a root other than `/`: refuses a path that leads out of it through symbolic links. This holds against
 * links that are there, not against someone who changes them at the same moment.
 */
export function* stayInside(layout: Layout, path: string): Program<void> {
  if (layout.root === nodePath.parse(layout.root).root) return;
  let real: string;
  try {
    real = yield* call("realpath", path);
  } catch (error) {
    if (!isGone(error)) throw error;
    // What is not there yet leads where the folder above it does.
    if (path !== layout.root) yield* stayInside(layout, nodePath.dirname(path));
    return;
  }
  const root = yield* call("realpath", layout.root);
  if (isInside(real, root)) return;
  throw new ArgumentError("A symbolic link leads out of the store's root", {
    where: path,
    expected: `in ${root}`,
    got: real,
  });
}
