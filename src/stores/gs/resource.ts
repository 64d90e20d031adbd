/** What Google tells of an object. */
import { StorageError } from "../../base/errors.js";
import { parseContentEncoding } from "../../compression/names.js";
import { checkSum } from "../checksums.js";
import type { HttpAnswer, HttpHead } from "../http/transport.js";
import type { Stat } from "../store.js";

export interface Resource {
  readonly size: number;
  readonly generation: string;
  readonly contentEncoding: string | undefined;
  readonly crc32c: string | undefined;
}

/** @throws StorageError for an answer that describes no object. */
export function resourceOf({ body }: HttpAnswer, where: string): Resource {
  const { size, generation, contentEncoding, crc32c } = parseObject(body, where);
  if (!/^\d+$/.test(String(size)) || !/^\d+$/.test(String(generation)))
    throw new StorageError("An answer describes no object", { where, expected: "size and generation" });
  return {
    size: Number(size),
    generation: String(generation),
    contentEncoding: typeof contentEncoding === "string" ? contentEncoding : undefined,
    crc32c: typeof crc32c === "string" && crc32c !== "" ? crc32c : undefined,
  };
}

/** The members of a JSON object. @throws StorageError for anything else. */
export function parseObject(body: Uint8Array, where: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw new StorageError("An answer is no JSON", { where, cause });
  }
  if (typeof parsed === "object" && parsed !== null) return parsed as Record<string, unknown>;
  throw new StorageError("An answer is no JSON object", { where });
}

export function statOf({ size, generation, contentEncoding }: Resource, where: string): Stat {
  return { size, version: generation, compression: parseContentEncoding(contentEncoding, where) };
}

/**
 * Compares an object with the checksum Google tells: CRC-32C, which all have, else MD5. What Google or the platform
 * decoded on the way cannot be compared. @returns by which. @throws IntegrityError (transient).
 */
export function verify(
  { headers, isDecoded }: HttpHead,
  bytes: Uint8Array,
  where: string,
): string | undefined {
  const stored = headers["x-goog-stored-content-encoding"];
  const sent = headers["content-encoding"] ?? "identity";
  if (isDecoded === true || (stored !== undefined && stored !== sent)) return undefined;
  for (const name of ["crc32c", "md5"] as const) {
    const told = new RegExp(`(?:^|[\\s,])${name}=([\\w+/]+={0,2})`).exec(headers["x-goog-hash"] ?? "")?.[1];
    if (told === undefined) continue;
    checkSum(name, bytes, told, where);
    return name;
  }
  return undefined;
}
