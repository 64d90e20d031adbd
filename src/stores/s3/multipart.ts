/** Uploads in parts: all parts are stored, or the upload is ended and leaves nothing. */
import { CloudVolumeError, StorageError } from "../../base/errors.js";
import { fromHex, toHex } from "../checksums.js";
import type { HttpAnswer } from "../http/transport.js";
import { md5 } from "../md5.js";
import { isTransient, retry, transient } from "../retry.js";
import { codeOf, failureOf } from "./refusal.js";
import type { BucketRequest } from "./send.js";
import { checkAnswer, type Upload } from "./upload.js";
import { checksumHeaders } from "./verify.js";
import { elements, textOf } from "./xml.js";

/** Clocks may differ by this much before an upload counts as older than ours, in milliseconds. */
const SKEW = 5000;
const CLEANING = 60_000;
const CLEANING_TRIES = 20;

/** Stores parts as one object. @returns its ETag. @throws what a request throws, after its retries. */
export async function uploadParts(upload: Upload, parts: AsyncIterable<Uint8Array>): Promise<string> {
  const { id, isUnclear, since } = await begin(upload);
  try {
    const sums = await sendParts(upload, id, parts);
    return await complete(upload, id, sums);
  } catch (error) {
    await end(cleaning(upload), id).catch(() => undefined);
    throw error instanceof CloudVolumeError && gone.has(error) ? transient(error) : error;
  } finally {
    if (isUnclear) await endLost(cleaning(upload), since).catch(() => undefined);
  }
}

/**
 * Cleaning up has a minute of its own, whatever became of the caller's signal, and tries more often: what it leaves
 * behind costs money.
 */
function cleaning(upload: Upload): Upload {
  const { policy, surroundings } = upload.retry;
  const patient = { ...policy, tries: CLEANING_TRIES, deadline: CLEANING };
  return { ...upload, retry: { policy: patient, surroundings }, signal: AbortSignal.timeout(CLEANING) };
}

interface Begun {
  readonly id: string;
  /** Whether an answer was lost, so that there may be another upload that nobody knows of. */
  readonly isUnclear: boolean;
  readonly since: number;
}

async function begin(upload: Upload): Promise<Begun> {
  const { path, headers, send, signal } = upload;
  const since = Date.now() - SKEW;
  let isUnclear = false;
  try {
    const id = await retry(
      async () => {
        const request: BucketRequest = { method: "POST", path, query: { uploads: "" }, headers, signal };
        try {
          const answer = checkAnswer(await send(request), upload.where);
          const told = textOf(new TextDecoder().decode(answer.body), "UploadId");
          if (told !== undefined) return told;
        } catch (error) {
          if (isTransient(error)) isUnclear = true;
          throw error;
        }
        throw new StorageError("S3 began an upload without telling its name", { where: upload.where });
      },
      { ...upload.retry, signal },
    );
    return { id, isUnclear, since };
  } catch (error) {
    if (isUnclear) await endLost(cleaning(upload), since).catch(() => undefined);
    throw error;
  }
}

/**
 * Sends parts, a few at a time. After a failure no more are begun, and those that run come to their end: a server may
 * finish a part that was given up, behind the end of its upload. @returns their ETags.
 */
async function sendParts(upload: Upload, id: string, parts: AsyncIterable<Uint8Array>): Promise<string[]> {
  const { path, send, where, lanes, signal } = upload;
  const sums: string[] = [];
  const iterator = parts[Symbol.asyncIterator]();
  const failed = new AbortController();
  let turn: Promise<unknown> = Promise.resolve();
  let count = 0;
  /** Parts are taken one after the other, whoever asks. */
  const next = (): Promise<{ readonly part: Uint8Array; readonly number: number } | undefined> => {
    const mine = turn.then(async () => {
      if (failed.signal.aborted) return undefined;
      const { done, value } = await iterator.next();
      return done === true ? undefined : { part: value, number: ++count };
    });
    turn = mine.catch(() => undefined);
    return mine;
  };
  const lane = async (): Promise<void> => {
    for (let taken = await next(); taken !== undefined; taken = await next()) {
      const { part, number } = taken;
      const query = { partNumber: String(number), uploadId: id };
      const answer = await retry(
        async () => {
          if (failed.signal.aborted) throw failed.signal.reason;
          return checkPart(await send({ method: "PUT", path, query, body: part, signal }), where);
        },
        { ...upload.retry, signal },
      );
      sums[number - 1] = answer;
    }
  };
  const guarded = async (): Promise<void> => {
    try {
      await lane();
    } catch (error) {
      if (!failed.signal.aborted) failed.abort(error);
      throw error;
    }
  };
  const results = await Promise.allSettled(Array.from({ length: lanes }, guarded));
  await iterator.return?.(undefined);
  if (failed.signal.aborted) throw failed.signal.reason;
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return sums;
}

function checkPart(answer: HttpAnswer, where: string): string {
  const { etag } = checkUpload(answer, where).headers;
  if (etag !== undefined) return etag;
  throw transient(new StorageError("S3 took a part without telling its ETag", { where }));
}

async function complete(upload: Upload, id: string, sums: readonly string[]): Promise<string> {
  const { path, send, where, signal } = upload;
  const list = sums
    .map(
      (etag, i) =>
        `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag.replaceAll('"', "&quot;")}</ETag></Part>`,
    )
    .join("");
  const text = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list}</CompleteMultipartUpload>`;
  const body = new TextEncoder().encode(text);
  const headers = { "content-type": "application/xml", ...checksumHeaders(body) };
  let isLost = false;
  return await retry(
    async () => {
      try {
        const request: BucketRequest = {
          method: "POST",
          path,
          query: { uploadId: id },
          headers,
          body,
          signal,
        };
        const answer = checkUpload(await send(request), where);
        // S3 may begin to answer before it knows how it ends.
        const code = codeOf(answer);
        if (code !== undefined) throw transient(failureOf({ ...answer, status: 500 }, where, code));
        const told = textOf(new TextDecoder().decode(answer.body), "ETag");
        return told ?? etagOf(sums) ?? "";
      } catch (error) {
        const expected = etagOf(sums);
        if (isLost && expected !== undefined && (await nowIs(upload, expected))) return expected;
        if (isTransient(error)) isLost = true;
        throw error;
      }
    },
    { ...upload.retry, signal },
  );
}

/** The ETag of an object in parts with these; undefined if they are no MD5s. */
function etagOf(sums: readonly string[]): string | undefined {
  const hex = sums.map((etag) => /^"?([\da-f]{32})"?$/.exec(etag)?.[1]);
  if (hex.includes(undefined)) return undefined;
  return `"${toHex(md5(fromHex(hex.join(""))))}-${sums.length}"`;
}

async function nowIs({ send, path, signal }: Upload, etag: string): Promise<boolean> {
  const { status, headers } = await send({ method: "HEAD", path, signal });
  return status === 200 && headers.etag === etag;
}

/** Failures of uploads that were ended by others: no request is worth another try, but the whole is. */
const gone = new WeakSet<CloudVolumeError>();

function checkUpload(answer: HttpAnswer, where: string): HttpAnswer {
  if (answer.status !== 404 || codeOf(answer) !== "NoSuchUpload") return checkAnswer(answer, where);
  const error = new StorageError("An upload in parts was ended by another", { where, got: "NoSuchUpload" });
  gone.add(error);
  throw error;
}

/** Ends an upload, and makes sure of it: a part that arrives meanwhile may bring it back. */
async function end({ send, path, where, retry: policy, signal }: Upload, id: string): Promise<void> {
  const query = { uploadId: id };
  const isThere = async (method: "DELETE" | "GET"): Promise<boolean> => {
    const answer = await send({ method, path, query, signal });
    return answer.status !== 404 && checkAnswer(answer, where) === answer;
  };
  await retry(
    async () => {
      if ((await isThere("DELETE")) && (await isThere("GET")))
        throw transient(new StorageError("An upload in parts does not end", { where }));
    },
    { ...policy, signal },
  );
}

/** Ends uploads of this very object that began since then: among them the one whose name was lost. */
async function endLost(upload: Upload, since: number): Promise<void> {
  const { send, path, where, signal } = upload;
  const query = { uploads: "", prefix: path };
  const answer = await retry(
    async () => checkAnswer(await send({ method: "GET", path: "", query, signal }), where),
    {
      ...upload.retry,
      signal,
    },
  );
  const ids = elements(new TextDecoder().decode(answer.body), "Upload").flatMap((entry) => {
    const began = Date.parse(textOf(entry, "Initiated") ?? "");
    return textOf(entry, "Key") === path && began >= since ? [textOf(entry, "UploadId") ?? ""] : [];
  });
  await Promise.allSettled(ids.map((id) => end(upload, id)));
}
