/** What Google means by a refusal. */
import {
  AuthenticationError,
  AuthorizationError,
  type CloudVolumeError,
  ConflictError,
  MissingError,
} from "../../base/errors.js";
import { outcomeOf, refusal } from "../http/outcome.js";
import type { HttpAnswer } from "../http/transport.js";

/** The first line of what an error's body says. */
export function messageOf({ body }: HttpAnswer): string {
  const text = new TextDecoder().decode(body.subarray(0, 1 << 14)).trim();
  try {
    const parsed: unknown = JSON.parse(text);
    const error = (parsed as { error?: { message?: unknown } } | null)?.error;
    if (typeof error?.message === "string") return firstLine(error.message);
  } catch {
    // Downloads are refused in plain text.
  }
  return text.startsWith("<") ? "" : firstLine(text);
}

function firstLine(text: string): string {
  return text.split("\n")[0]?.slice(0, 200) ?? "";
}

/** @returns for what is content, missing or beyond the end. @throws what everything else means. */
export function judge(answer: HttpAnswer, where: string): void {
  const outcome = outcomeOf(answer.status);
  if (outcome === "content" || outcome === "part" || outcome === "unsatisfiable") return;
  if (outcome === "missing" && !isBucketMissing(answer)) return;
  throw failureOf(answer, where);
}

function isBucketMissing(answer: HttpAnswer): boolean {
  return answer.status === 404 && /bucket does not exist/i.test(messageOf(answer));
}

/** The error of a refusal. */
export function failureOf(answer: HttpAnswer, where: string): CloudVolumeError {
  const { status } = answer;
  const message = messageOf(answer);
  const got = message === "" ? `HTTP ${status}` : `HTTP ${status}, ${message}`;
  if (isBucketMissing(answer))
    return new MissingError("There is no such bucket", { where, got, fix: "Check its name" });
  if (status === 412)
    return new ConflictError("An object was changed by another writer", {
      where,
      got,
      fix: "Read it again, apply the change to what is there, and write that",
    });
  if (status === 401)
    return new AuthenticationError("Google does not accept the credentials, or wants some", {
      where,
      got,
      fix: "See which are taken with: cloudvolume auth PATH",
    });
  if (status === 403 && !/rateLimitExceeded|rate limit/i.test(message))
    return new AuthorizationError("Access was denied", {
      where,
      got,
      fix: "Give credentials that may do this; without storage.objects.list, Google refuses missing objects too, so it is either denied or missing",
    });
  return refusal(status === 403 ? { ...answer, status: 429 } : answer, where);
}

/** @throws what every answer but a success means. */
export function checkAnswer(answer: HttpAnswer, where: string): HttpAnswer {
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw failureOf(answer, where);
}
