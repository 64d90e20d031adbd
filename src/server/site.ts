/** What a server offers: folders by name, each with its files by key. */
import type { Abortable } from "../base/abort.js";

export interface Folder {
  /** @returns undefined for what is not there. */
  get(key: string, options: Abortable): Promise<Uint8Array | undefined>;
}

export type Site = ReadonlyMap<string, Folder>;

/** The folder and key that a path names; undefined where a segment could lead elsewhere. */
export function locate(pathname: string): { readonly folder: string; readonly key: string } | undefined {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  const [first, folder = "", ...rest] = path.split("/");
  if (first !== "" || folder === "") return undefined;
  const isPlain = (part: string): boolean =>
    part !== "" && part !== "." && part !== ".." && !/[\\\0]/.test(part);
  return [folder, ...rest].every(isPlain) && rest.length > 0 ? { folder, key: rest.join("/") } : undefined;
}
