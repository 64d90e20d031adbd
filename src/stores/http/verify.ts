/** Whole objects against the checksums that a web server tells of them, be it a bucket's by its public address. */
import { contradicts, parseContentEncoding } from "../../compression/names.js";
import type { HttpHead } from "./transport.js";

type Sum = readonly [name: "crc32c" | "crc32" | "md5", told: string];

/**
 * Compares with the first of `x-goog-hash`, `x-amz-checksum-*`, `Content-Digest`, `Repr-Digest`, `Digest` and `Content-MD5` that names a
 * CRC-32C, CRC-32 or MD5. What was decoded on the way is no more what they are of. @returns by which, undefined: by none.
 * @throws IntegrityError (transient).
 */
export function verify(head: HttpHead, bytes: Uint8Array, where: string): Promise<string> | undefined {
  const { headers } = head;
  if (head.isDecoded === true || head.status !== 200) return undefined;
  const stored = headers["x-goog-stored-content-encoding"];
  if (stored !== undefined && stored !== (headers["content-encoding"] ?? "identity")) return undefined;
  if (contradicts(parseContentEncoding(headers["content-encoding"], where), bytes)) return undefined;
  const [sum] = sumsOf(headers);
  if (sum === undefined) return undefined;
  return check(sum, bytes, where);
}

/** Checksums are loaded where a server tells some. */
async function check([name, told]: Sum, bytes: Uint8Array, where: string): Promise<string> {
  const { checkSum } = await import("../checksums.js");
  checkSum(name, bytes, told, where);
  return name;
}

function sumsOf(headers: HttpHead["headers"]): Sum[] {
  const sums: Sum[] = [];
  const take = (name: Sum[0], told: string | undefined): void => {
    // Those of uploads in parts are of other checksums: `…-3`.
    if (told !== undefined && /^[A-Za-z\d+/]+={0,2}$/.test(told)) sums.push([name, told]);
  };
  const composite = headers["x-amz-checksum-type"] === "COMPOSITE";
  for (const name of ["crc32c", "md5"] as const)
    take(name, new RegExp(`(?:^|[\\s,])${name}=([\\w+/]+={0,2})`).exec(headers["x-goog-hash"] ?? "")?.[1]);
  if (!composite)
    for (const name of ["crc32c", "crc32"] as const) take(name, headers[`x-amz-checksum-${name}`]);
  // RFC 9530 writes `crc32c=:…:`, RFC 3230 `md5=…`.
  for (const header of ["content-digest", "repr-digest", "digest"])
    for (const name of ["crc32c", "md5"] as const)
      take(
        name,
        new RegExp(`(?:^|[\\s,])${name}=:?([\\w+/]+={0,2}):?`, "i").exec(headers[header] ?? "")?.[1],
      );
  take("md5", headers["content-md5"]);
  return sums;
}
