/** What an answer's status means. */
import { AuthorizationError, type CloudVolumeError, StorageError } from "../../base/errors.js";
import { transient } from "../retry.js";
import type { HttpHead } from "./transport.js";

export type Outcome = "content" | "part" | "missing" | "denied" | "unsatisfiable" | "again" | "failed";

/** Missing, denied and failed are three different outcomes; only failures that may pass are tried again. */
export function outcomeOf(status: number): Outcome {
  if (status === 200 || status === 203) return "content";
  if (status === 206) return "part";
  if (status === 404 || status === 410) return "missing";
  if (status === 401 || status === 403) return "denied";
  if (status === 416) return "unsatisfiable";
  if (status === 408 || status === 429 || (status >= 500 && status <= 599)) return "again";
  return "failed";
}

/** The error of an answer that is neither content nor missing. */
export function refusal(head: HttpHead, where: string, now: number = Date.now()): CloudVolumeError {
  const got = `HTTP ${head.status}`;
  const outcome = outcomeOf(head.status);
  if (outcome === "denied") {
    const fix =
      head.status === 401
        ? "Give credentials that may read it"
        : "Give credentials that may read it; some buckets answer 403 for what is missing, if listing is not allowed";
    return new AuthorizationError("Access was denied", { where, got, fix });
  }
  const error = new StorageError("A server refused a request", { where, got });
  return outcome === "again" ? transient(error, retryAfter(head, now)) : error;
}

/** Milliseconds that a server wants to be left alone: seconds or a date in Retry-After. */
export function retryAfter({ headers }: HttpHead, now: number): number | undefined {
  const value = headers["retry-after"]?.trim();
  if (value === undefined || value === "") return undefined;
  // At least a millisecond: zero would mean at once, and a busy server means later.
  if (/^\d+$/.test(value)) return Math.max(1, Number(value) * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(1, date - now);
}
