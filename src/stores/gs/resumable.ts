/** Uploads that go on where they broke off, and are ended if they cannot. */
import { IntegrityError, RedirectError, StorageError } from "../../base/errors.js";
import { base64OfWord, crc32c, wrongSum } from "../checksums.js";
import { isTransient, type RetryOptions, retry, transient } from "../retry.js";
import { checkAnswer } from "./refusal.js";
import { type Resource, resourceOf } from "./resource.js";
import type { Upload } from "./write.js";

const CLEANING = 60_000;

/** Stores parts (each but the last a multiple of 256 KiB) as one object. */
export async function uploadResumable(
  upload: Upload,
  parts: AsyncIterable<Uint8Array>,
  size: number,
  options: Omit<RetryOptions, "signal">,
): Promise<Resource> {
  const how = { ...options, signal: upload.signal };
  const session = await begin(upload, size, how);
  let stored: Resource | undefined;
  let sum = 0;
  let at = 0;
  try {
    for await (const part of parts) {
      sum = crc32c(part, sum);
      stored = await sendPart(upload, session, part, at, size, how);
      at += part.length;
    }
    if (stored === undefined) throw unfinished(upload.where);
  } catch (error) {
    // The caller's signal may be aborted: cleaning up has a time of its own.
    const signal = AbortSignal.timeout(CLEANING);
    await upload.send({ method: "DELETE", path: session, signal }).catch(() => undefined);
    throw error;
  }
  const told = base64OfWord(sum);
  if (stored.size === size && (stored.crc32c ?? told) === told) return stored;
  await removeAgain(upload, stored.generation);
  throw wrongSum("crc32c", told, stored.crc32c ?? `${stored.size} bytes`, upload.where);
}

async function begin(upload: Upload, size: number, how: RetryOptions): Promise<URL> {
  const { send, bucket, name, where, labels, generation, signal } = upload;
  const path = `/upload/storage/v1/b/${encodeURIComponent(bucket)}/o`;
  const answer = await retry(async () => {
    const body = new TextEncoder().encode(JSON.stringify({ name, ...labels }));
    return checkAnswer(
      await send({
        method: "POST",
        path,
        query: { uploadType: "resumable", name, ifGenerationMatch: generation },
        headers: {
          "content-type": "application/json; charset=UTF-8",
          "x-upload-content-type": labels.contentType,
          "x-upload-content-length": String(size),
        },
        body,
        signal,
      }),
      where,
    );
  }, how);
  const { location } = answer.headers;
  if (location === undefined || !URL.canParse(location))
    throw new StorageError("Google began an upload without telling where", { where });
  const session = new URL(location);
  if (/^https?:$/.test(session.protocol)) return session;
  throw new RedirectError("An upload leads where it may not", { where, got: session.protocol });
}

/** Sends one part, from wherever Google has it up to. @returns the object once it is whole. */
async function sendPart(
  upload: Upload,
  session: URL,
  part: Uint8Array,
  at: number,
  size: number,
  how: RetryOptions,
): Promise<Resource | undefined> {
  const { send, where, signal } = upload;
  let from = at;
  let isLost = false;
  return await retry(async () => {
    try {
      if (isLost) {
        const now = await send({
          method: "PUT",
          path: session,
          headers: { "content-range": `bytes */${size}` },
          signal,
        });
        if (now.status !== 308) return resourceOf(checkAnswer(now, where), where);
        from = storedUpTo(now.headers.range);
        if (from < at || from > at + part.length) throw lostBytes(where, at, from);
        isLost = false;
        if (from === at + part.length && from < size) return undefined;
      }
      const body = part.subarray(from - at);
      const range = body.length === 0 ? `bytes */${size}` : `bytes ${from}-${from + body.length - 1}/${size}`;
      const answer = await send({
        method: "PUT",
        path: session,
        headers: { "content-range": range },
        body,
        signal,
      });
      if (answer.status !== 308) return resourceOf(checkAnswer(answer, where), where);
      from = storedUpTo(answer.headers.range);
      if (from < at + part.length) throw transient(unfinished(where));
      return from < size ? undefined : await Promise.reject(transient(unfinished(where)));
    } catch (error) {
      if (isTransient(error)) isLost = true;
      throw error;
    }
  }, how);
}

function storedUpTo(range: string | undefined): number {
  const last = /^bytes=0-(\d+)$/.exec(range ?? "")?.[1];
  return last === undefined ? 0 : Number(last) + 1;
}

async function removeAgain({ send, bucket, name }: Upload, generation: string): Promise<void> {
  const path = `/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(name)}`;
  const query = { ifGenerationMatch: generation };
  const signal = AbortSignal.timeout(CLEANING);
  await send({ method: "DELETE", path, query, signal }).catch(() => undefined);
}

function unfinished(where: string): StorageError {
  return new StorageError("Google has not all of an upload yet", { where });
}

function lostBytes(where: string, at: number, from: number): IntegrityError {
  return new IntegrityError("Google lost bytes of an upload that it had confirmed", {
    where,
    expected: `${at} bytes or more`,
    got: `${from}`,
  });
}
