/** Checksums as storage tells them: computed on the calling thread, written as hex or base64. */

import { IntegrityError } from "../base/errors.js";
import { createWorkspace, type MemoryWorkspace } from "../base/memory-workspace.js";
import { crc32 } from "../compression/crc32.js";
import { crc32cRegion } from "../compression/crc32c-workspace.js";
import { md5 } from "./md5.js";
import { transient } from "./retry.js";

/** Bytes that the kernel is given at a time. */
const PIECE = 1 << 20;
let workspace: MemoryWorkspace | undefined;

/** CRC-32C (Castagnoli) of bytes that follow others with the checksum `before`. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  workspace ??= createWorkspace();
  let crc = before;
  for (let at = 0; at < bytes.length; at += PIECE) {
    const piece = bytes.subarray(at, at + PIECE);
    const region = workspace.scratch("checksums", piece.length);
    workspace.bytes().set(piece, region.ptr);
    crc = crc32cRegion(workspace, region, crc);
  }
  return crc;
}

export type ChecksumName = "crc32c" | "crc32" | "md5" | "sha256";

/** A checksum in base64, numbers with their highest byte first: as S3 and Google write it. */
export function checksum(name: Exclude<ChecksumName, "sha256">, bytes: Uint8Array): string {
  if (name === "md5") return toBase64(md5(bytes));
  return base64OfWord(name === "crc32c" ? crc32c(bytes) : crc32(bytes));
}

/** A number of 32 bits, its highest byte first. */
export function base64OfWord(value: number): string {
  const word = new Uint8Array(4);
  new DataView(word.buffer).setUint32(0, value);
  return toBase64(word);
}

/** @throws IntegrityError (transient) if the checksum of the bytes is another one than `told`. */
export function checkSum(
  name: Exclude<ChecksumName, "sha256">,
  bytes: Uint8Array,
  told: string,
  where: string,
): void {
  const got = checksum(name, bytes);
  if (got !== told) throw wrongSum(name, told, got, where);
}

/** The error of bytes that differ from their checksum. */
export function wrongSum(name: string, expected: string, got: string, where: string): IntegrityError {
  return transient(
    new IntegrityError("Bytes differ from their checksum", {
      where,
      expected: `${name} ${expected}`,
      got,
      fix: "They were damaged on the way, or in storage",
    }),
  );
}

/** SHA-256 in hex. */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", unshared(bytes))));
}

/** The same bytes, in memory that no other thread can change: what WebCrypto and `fetch` ask for. */
export function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
