/** What an answer says of an object: its bytes or a part of them, its compression and version. */
import type { Compression } from "../../compression/compression.js";
import { contradicts, parseContentEncoding } from "../../compression/names.js";
import { clipRange } from "../ranges.js";
import type { ByteRange, Stat } from "../store.js";
import { outcomeOf, refusal } from "./outcome.js";
import { checkPart, wrongLength } from "./part.js";
import type { HttpAnswer, HttpHead } from "./transport.js";

export interface Part {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly total: number | undefined;
}

/** What an answer holds of the object. @throws for answers that are neither content nor missing. */
export function partOf(
  answer: HttpAnswer,
  range: ByteRange | undefined,
  where: string,
): Part | "beyond" | undefined {
  const outcome = outcomeOf(answer.status);
  const { body } = answer;
  if (outcome === "missing") return undefined;
  if (outcome === "content") {
    const { offset, length } = clipRange(range, body.length, where);
    const bytes = range === undefined ? body : body.slice(offset, offset + length);
    return { bytes, offset, total: body.length };
  }
  if (outcome === "part" && range !== undefined) {
    const { offset, length, total } = checkPart(range, answer, where);
    if (body.length === length) return { bytes: body, offset, total };
    throw wrongLength(length, body.length, where);
  }
  if (outcome === "unsatisfiable" && range !== undefined) return "beyond";
  throw refusal(answer, where);
}

/** What an answer to HEAD tells. @returns undefined for a missing object. */
export function statOf(head: HttpHead, where: string, size: number | undefined): Stat | undefined {
  const outcome = outcomeOf(head.status);
  if (outcome === "missing") return undefined;
  if (outcome !== "content") throw refusal(head, where);
  return { size, compression: compressionOf(head, where, undefined), version: versionOf(head) };
}

/**
 * The compression by Content-Encoding. A label that the first bytes contradict is wrong: something on the way
 * decoded the body and left the label. Bytes that look compressed without a label stay what they are said to be.
 */
export function compressionOf(
  { headers }: HttpHead,
  where: string,
  start: Uint8Array | undefined,
): Compression {
  const labelled = parseContentEncoding(headers["content-encoding"], where);
  return start !== undefined && contradicts(labelled, start) ? "none" : labelled;
}

export function versionOf({ headers }: HttpHead): string | undefined {
  return headers.etag ?? headers["last-modified"];
}
