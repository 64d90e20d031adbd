/** What BOSS means by an answer. Source: jhuapl-boss/boss, `django/bosscore/error.py`. */
import {
  ArgumentError,
  AuthenticationError,
  AuthorizationError,
  type CloudVolumeError,
  IntegrityError,
  MissingError,
  OutOfBoundsError,
  StorageError,
} from "../../base/errors.js";
import { outcomeOf, retryAfter } from "../http/outcome.js";
import type { HttpAnswer } from "../http/transport.js";
import { transient } from "../retry.js";
import type { Route } from "./routes.js";

/** The service's own numbers of errors. */
const INVALID_CUTOUT = 1001;
const TYPE_ERROR = 1002;
const WRONG_DATA: readonly unknown[] = [2001, 2002, 2003];

interface Said {
  readonly code: unknown;
  /** One line, without what could be a secret. */
  readonly message: string;
}

/** What an error's body says: `{status, code, message}`, or `{detail}` where the framework refused. */
export function saidBy({ body }: HttpAnswer): Said {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(body.subarray(0, 1 << 14)));
    const { code, message, detail } = (parsed ?? {}) as Record<string, unknown>;
    const text = typeof message === "string" ? message : typeof detail === "string" ? detail : "";
    return { code, message: text.split("\n")[0]?.slice(0, 200) ?? "" };
  } catch {
    return { code: undefined, message: "" };
  }
}

/** @returns for content, and for a document that is not there. @throws what every other answer means. */
export function judge(answer: HttpAnswer, where: string, { kind }: Route): void {
  const outcome = outcomeOf(answer.status);
  if (outcome === "content") {
    refusePage(answer, where);
    if (kind === "cutout" && answer.body.length === 0)
      throw transient(new IntegrityError("A cut-out came without any bytes", { where }));
  } else if (outcome !== "missing" || kind === "cutout") throw failureOf(answer, where);
}

/** @throws unless a change was answered by the status that says it was made. */
export function checkDone(answer: HttpAnswer, where: string, done: number): void {
  if (answer.status >= 200 && answer.status < 300) refusePage(answer, where);
  if (answer.status !== done) throw failureOf(answer, where);
}

/** Proxies and log-in pages answer 200. */
function refusePage({ headers }: HttpAnswer, where: string): void {
  const type = headers["content-type"] ?? "";
  if (!/^text\/html\b/i.test(type)) return;
  throw new StorageError("A web page came instead of an answer of BOSS", {
    where,
    got: type,
    fix: "Check the host; a page to log in comes where a token is needed",
  });
}

/** The error of a refusal. */
export function failureOf(answer: HttpAnswer, where: string): CloudVolumeError {
  const { status } = answer;
  const { code, message } = saidBy(answer);
  const got = message === "" ? `HTTP ${status}` : `HTTP ${status}, ${message}`;
  if (status === 401)
    return new AuthenticationError("BOSS does not accept the token, or wants one", {
      where,
      got,
      fix: 'Put {"token": "…"} into boss-secret.json; see what is taken with: cloudvolume auth PATH',
    });
  if (status === 403)
    return new AuthorizationError("Access was denied", {
      where,
      got,
      fix: "Give a token that may do this (boss-secret.json); without one, only public channels can be read",
    });
  if (outcomeOf(status) === "missing")
    return new MissingError("BOSS has no such channel", { where, got, fix: "Check its name" });
  if (status === 413)
    return new StorageError("The box is larger than the service allows in one request", { where, got });
  if (status === 400 && code === INVALID_CUTOUT)
    return new OutOfBoundsError("The box lies outside of the channel's coordinate frame", {
      where,
      got,
      fix: "BOSS compares the boxes of every resolution with the frame at resolution 0",
    });
  if (status === 400 && (code === TYPE_ERROR || WRONG_DATA.includes(code)))
    return new ArgumentError("The channel has no such resolution or data type", { where, got });
  const refused = new StorageError("BOSS refused a request", { where, got });
  return outcomeOf(status) === "again" ? transient(refused, retryAfter(answer, Date.now())) : refused;
}
