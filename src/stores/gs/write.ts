/** Storing an object by one request: its description and its bytes, which Google checks against each other. */
import { checksum } from "../checksums.js";
import { checkAnswer } from "./refusal.js";
import { type Resource, resourceOf } from "./resource.js";
import type { Send } from "./send.js";

/** An object about to be stored. */
export interface Upload {
  readonly send: Send;
  readonly bucket: string;
  /** In the bucket, unescaped. */
  readonly name: string;
  readonly where: string;
  readonly labels: Labels;
  /** Only over this one; "0": only if there is none. */
  readonly generation: string | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface Labels {
  readonly contentType: string;
  readonly contentEncoding?: string;
  readonly cacheControl?: string;
}

const text = new TextEncoder();

/** @throws ConflictError if the object is another than wanted. */
export async function insertObject(upload: Upload, bytes: Uint8Array): Promise<Resource> {
  const { send, bucket, name, where, labels, generation, signal } = upload;
  const described = { name, ...labels, crc32c: checksum("crc32c", bytes), md5Hash: checksum("md5", bytes) };
  const boundary = crypto.randomUUID();
  const before = text.encode(
    `--${boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n${JSON.stringify(described)}\r\n` +
      `--${boundary}\r\nContent-Type: ${labels.contentType}\r\n\r\n`,
  );
  const after = text.encode(`\r\n--${boundary}--\r\n`);
  const body = new Uint8Array(before.length + bytes.length + after.length);
  body.set(before);
  body.set(bytes, before.length);
  body.set(after, before.length + bytes.length);
  const answer = await send({
    method: "POST",
    path: `/upload/storage/v1/b/${encodeURIComponent(bucket)}/o`,
    query: { uploadType: "multipart", ifGenerationMatch: generation },
    headers: { "content-type": `multipart/related; boundary=${boundary}` },
    body,
    signal,
  });
  return resourceOf(checkAnswer(answer, where), where);
}
