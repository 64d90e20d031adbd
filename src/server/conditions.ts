/** Versions of files as entity tags, and the conditions of requests on them (RFC 9110, 13). */
import { crc32 } from "../compression/crc32.js";
import type { ServedFile } from "./site.js";

/** The tag of a representation: the version of the file, else what its bytes are; its coding has a tag of its own. */
export function tagOf({ version, bytes, start, coding }: ServedFile): string | undefined {
  const told = version?.replace(/[^\w.:-]/g, (c) => `_${c.codePointAt(0)?.toString(16)}_`);
  const own = bytes === undefined || start !== undefined ? undefined : `${crc32(bytes)}-${bytes.length}`;
  const name = told ?? own;
  return name === undefined ? undefined : `"${name}${coding === undefined ? "" : `-${coding}`}"`;
}

export interface Conditions {
  readonly "if-match"?: string | undefined;
  readonly "if-none-match"?: string | undefined;
  readonly "if-range"?: string | undefined;
}

/** 304: the reader has it already. 412: it is not what the reader wants. Undefined: it is to be sent. */
export function verdict(conditions: Conditions, tag: string | undefined): 304 | 412 | undefined {
  const match = conditions["if-match"];
  if (match !== undefined && !lists(match, tag, true)) return 412;
  const noneMatch = conditions["if-none-match"];
  return noneMatch !== undefined && lists(noneMatch, tag, false) ? 304 : undefined;
}

/** Whether parts may be sent: those of the version that the reader has begun with. Dates are no versions here. */
export function isSameFile(conditions: Conditions, tag: string | undefined): boolean {
  const wanted = conditions["if-range"]?.trim();
  return wanted === undefined || (tag !== undefined && wanted === tag);
}

function lists(header: string, tag: string | undefined, strong: boolean): boolean {
  if (header.trim() === "*") return true;
  if (tag === undefined) return false;
  const listed = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return listed.some((one) => (strong ? one : one.replace(/^W\//, "")) === tag);
}
