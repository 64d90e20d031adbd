/** Storing an object by one request. */
import { ConflictError } from "../../base/errors.js";
import { checkVersion } from "../conflict.js";
import type { Stat, WriteOptions } from "../store.js";
import type { Condition } from "./conditions.js";
import { codeOf } from "./refusal.js";
import type { BucketRequest } from "./send.js";
import { checkAnswer, type Upload } from "./upload.js";
import { checksumHeaders } from "./verify.js";

export interface Conditions {
  /** @throws StorageError where the server does not keep to the condition. */
  check(condition: Condition, signal: AbortSignal | undefined): Promise<void>;
  stat(): Promise<Stat | undefined>;
}

/** Largest object that one request can store. */
export const MOST_AT_ONCE: number = 5 * 2 ** 30;

/** Stores bytes. @returns the object's ETag. @throws ConflictError if its version is another than wanted. */
export async function putObject(
  { send, path, where, headers, signal }: Upload,
  bytes: Uint8Array,
  { ifVersion, unsafe }: Pick<WriteOptions, "ifVersion" | "unsafe">,
  conditions: Conditions,
): Promise<string | undefined> {
  const wanted: Record<string, string> = {};
  if (ifVersion !== undefined) {
    const condition = ifVersion === null ? "if-none-match" : "if-match";
    try {
      await conditions.check(condition, signal);
      wanted[condition] = ifVersion ?? "*";
    } catch (error) {
      if (unsafe !== true) throw error;
      checkVersion((await conditions.stat())?.version ?? null, ifVersion, where);
    }
  }
  const all = { ...headers, ...wanted, ...checksumHeaders(bytes) };
  const request: BucketRequest = { method: "PUT", path, headers: all, body: bytes, signal };
  const answer = await send(request);
  if (answer.status === 404 && typeof ifVersion === "string" && codeOf(answer) !== "NoSuchBucket")
    throw new ConflictError("An object was changed by another writer", {
      where,
      expected: `version ${ifVersion}`,
      got: "no object",
    });
  return checkAnswer(answer, where).headers.etag;
}
