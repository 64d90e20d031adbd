/** Whole objects against the checksums that S3 tells of them. */
import { checkSum, checksum, toHex, wrongSum } from "../checksums.js";
import type { HttpHead } from "../http/transport.js";
import { md5 } from "../md5.js";

const MiB = 2 ** 20;
/** Sizes of parts that uploaders use, ours first. */
const PART_SIZES = [16, 8, 5, 10, 15, 20, 25, 32, 50, 64, 100, 128, 200, 256, 512, 1024].map((n) => n * MiB);

/**
 * Compares with the best checksum there is: CRC-32C, CRC-32, or the MD5 that an ETag is where nothing says otherwise.
 * The ETag of an upload in parts is compared for the usual sizes of parts. @returns by which, undefined: by none.
 * @throws IntegrityError (transient).
 */
export function verify(head: HttpHead, bytes: Uint8Array, where: string): string | undefined {
  const { headers } = head;
  if (head.isDecoded === true) return undefined;
  for (const name of ["crc32c", "crc32"] as const) {
    const told = headers[`x-amz-checksum-${name}`];
    // That of an upload in parts is one of checksums.
    if (told === undefined || told.includes("-") || headers["x-amz-checksum-type"] === "COMPOSITE") continue;
    checkSum(name, bytes, told, where);
    return name;
  }
  const encrypted = headers["x-amz-server-side-encryption"]?.startsWith("aws:kms") === true;
  if (encrypted || headers["x-amz-server-side-encryption-customer-algorithm"] !== undefined) return undefined;
  const [, hash, count] = /^"?([\da-f]{32})(?:-(\d+))?"?$/.exec(headers.etag ?? "") ?? [];
  if (hash === undefined) return undefined;
  if (count === undefined) {
    const got = toHex(md5(bytes));
    if (got !== hash) throw wrongSum("md5", hash, got, where);
    return "md5";
  }
  return partSizeOf(bytes, hash, Number(count)) === undefined ? undefined : "md5 of parts";
}

/** The size of parts that gives this ETag. */
function partSizeOf(bytes: Uint8Array, hash: string, count: number): number | undefined {
  return PART_SIZES.find(
    (size) =>
      Math.max(1, Math.ceil(bytes.length / size)) === count && etagOfParts(split(bytes, size)) === hash,
  );
}

/** The ETag of an upload in parts, without its count: the MD5 of their MD5s. */
function etagOfParts(parts: readonly Uint8Array[]): string {
  const sums = new Uint8Array(16 * parts.length);
  for (const [i, part] of parts.entries()) sums.set(md5(part), 16 * i);
  return toHex(md5(sums));
}

function split(bytes: Uint8Array, size: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length || at === 0; at += size) parts.push(bytes.subarray(at, at + size));
  return parts;
}

/** What a request tells of its body, so that S3 refuses and keeps it. */
export function checksumHeaders(body: Uint8Array): Record<string, string> {
  return { "x-amz-checksum-crc32c": checksum("crc32c", body) };
}
