/** What S3 means by a refusal: its codes, and its statuses where no body tells a code. */
import {
  AuthenticationError,
  AuthorizationError,
  type CloudVolumeError,
  ConflictError,
  MissingError,
  StorageError,
} from "../../base/errors.js";
import { outcomeOf, retryAfter } from "../http/outcome.js";
import type { HttpAnswer } from "../http/transport.js";
import { transient } from "../retry.js";
import { textOf } from "./xml.js";

/** Failures of the server, whatever their status. */
const PASSING = ["SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "Throttling"];
/** Two writers at the same moment: S3 asks the loser to try again. */
const COLLIDED = ["ConditionalRequestConflict", "OperationAborted"];
/** Credentials that were good. */
const EXPIRED = ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"];
/** Credentials that are none. */
const BAD_KEYS = ["InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "InvalidSecurity"];

/** The code of an error's body; undefined: the body tells none (as that of HEAD). */
export function codeOf({ headers, body }: HttpAnswer): string | undefined {
  if (body.length === 0 || /^image|octet-stream/.test(headers["content-type"] ?? "")) return undefined;
  const text = new TextDecoder().decode(body.subarray(0, 1 << 14));
  return /<Error[\s>]/.test(text) ? textOf(text, "Code") : undefined;
}

/** Whether newer credentials may help. */
export function isExpired(answer: HttpAnswer): boolean {
  return answer.status === 401 || (answer.status >= 400 && EXPIRED.includes(codeOf(answer) ?? ""));
}

/** The region that a refusal names as the bucket's own. */
export function regionOf(answer: HttpAnswer): string | undefined {
  const { status, headers, body } = answer;
  if (status !== 301 && status !== 307 && status !== 400 && status !== 403) return undefined;
  const told = headers["x-amz-bucket-region"];
  if (told !== undefined || status === 403) return told;
  const code = codeOf(answer);
  if (code !== "AuthorizationHeaderMalformed" && code !== "PermanentRedirect") return undefined;
  return textOf(new TextDecoder().decode(body), "Region");
}

/** @returns for what is content, missing or beyond the end. @throws what everything else means. */
export function judge(answer: HttpAnswer, where: string): void {
  const { status } = answer;
  const outcome = outcomeOf(status);
  if (outcome === "content" || outcome === "part" || outcome === "unsatisfiable") return;
  const code = codeOf(answer);
  if (outcome === "missing" && code !== "NoSuchBucket" && code !== "NoSuchUpload") return;
  throw failureOf(answer, where, code);
}

/** The error of a refusal. */
export function failureOf(
  answer: HttpAnswer,
  where: string,
  code: string | undefined = codeOf(answer),
): CloudVolumeError {
  const { status } = answer;
  const got = code === undefined ? `HTTP ${status}` : `HTTP ${status}, ${code}`;
  if (code === "NoSuchBucket")
    return new MissingError("There is no such bucket", {
      where,
      got,
      fix: "Check its name and the endpoint",
    });
  if (status === 412)
    return new ConflictError("An object was changed by another writer", {
      where,
      got,
      fix: "Read it again, apply the change to what is there, and write that",
    });
  if (PASSING.includes(code ?? "") || (status === 409 && COLLIDED.includes(code ?? "")))
    return transient(
      new StorageError("S3 asks to try again", { where, got }),
      retryAfter(answer, Date.now()),
    );
  if (EXPIRED.includes(code ?? ""))
    return new AuthenticationError("The credentials have expired", { where, got, fix: "Renew them" });
  if (BAD_KEYS.includes(code ?? ""))
    return new AuthenticationError("S3 does not accept the credentials", {
      where,
      got,
      fix: "Check the keys; see which are taken with: cloudvolume auth PATH",
    });
  if (code === "RequestTimeTooSkewed")
    return new AuthorizationError("The clock of this machine is wrong", { where, got, fix: "Set it" });
  if (code === "InvalidObjectState")
    return new StorageError("The object is archived", { where, got, fix: "Restore it first" });
  if (status === 401 || status === 403)
    return new AuthorizationError("Access was denied", {
      where,
      got,
      fix: "Give credentials that may do this; without s3:ListBucket, S3 answers 403 for missing objects too, so it is either denied or missing",
    });
  if (status >= 300 && status < 400)
    return new StorageError("S3 sends to another place", {
      where,
      got: `${got} to ${answer.headers["x-amz-bucket-region"] ?? "an unknown region"}`,
      fix: "Give the bucket's region or endpoint",
    });
  const failure = new StorageError("S3 refused a request", { where, got });
  return outcomeOf(status) === "again" ? transient(failure, retryAfter(answer, Date.now())) : failure;
}
