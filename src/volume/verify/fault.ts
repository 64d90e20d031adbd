/** What can be wrong with a layer, and how it is told. */
import {
  AuthorizationError,
  DecodingError,
  describe,
  EmptyFileException,
  IntegrityError,
  MissingError,
  SpecViolation,
} from "../../base/errors.js";

export type FaultKind =
  /** Not stored. */
  | "missing"
  /** A file of no bytes. */
  | "empty"
  /** Data that end early. */
  | "truncated"
  /** Data of another size than the info says. */
  | "wrong-size"
  /** A suffix or Content-Encoding that is not that of the bytes. */
  | "wrong-compression"
  /** Damaged data, or of another encoding than the info says. */
  | "undecodable"
  /** Storage that refuses to give it. */
  | "denied"
  /** Storage that fails to give it. */
  | "unreadable"
  /** Several files of one key, of which readers see one or another. */
  | "twin"
  /** A file that was being written, or a lock. */
  | "temporary"
  /** A file that is no chunk of the level. */
  | "stray"
  /** A shard file's index, or the file itself, is damaged. */
  | "shard-index"
  /** The index of a minishard is damaged. */
  | "minishard-index"
  /** A label in another shard or minishard than where readers look for it. */
  | "misplaced-label"
  /** A label in a shard that is no chunk of the level, or that is there twice. */
  | "stray-label"
  /** A mesh's or skeleton's files: one is missing, or cannot be decoded. */
  | "mesh"
  | "skeleton"
  /** The info cannot be used, or contradicts itself. */
  | "info"
  | "provenance";

export interface Fault {
  /** The object, relative to the layer. */
  readonly key: string;
  readonly kind: FaultKind;
  readonly detail: string;
}

export type Report = (fault: Fault) => void;

/** Reading failed: which kind of fault that is. Aborts and what is no fault of the data are thrown on. */
export function readFault(key: string, error: unknown): Fault {
  const detail = describe(error);
  if (error instanceof AuthorizationError) return { key, kind: "denied", detail };
  if (error instanceof IntegrityError) return { key, kind: "truncated", detail };
  if (error instanceof SpecViolation) return { key, kind: shardKind(error), detail };
  if (error instanceof DecodingError) return { key, kind: "undecodable", detail };
  if (error instanceof EmptyFileException) return { key, kind: "empty", detail };
  if (error instanceof MissingError) return { key, kind: "missing", detail };
  return { key, kind: "unreadable", detail };
}

function shardKind({ what }: SpecViolation): FaultKind {
  if (what.includes("compressed as a whole")) return "wrong-compression";
  return what.includes("minishard") ? "minishard-index" : "shard-index";
}

/** Whether a message says that data end too early. */
export function saysTruncated(message: string): boolean {
  return /\b(ends?|ended|cut|truncated|short(er)?|too few|incomplete|missing bytes|unexpected end)\b/i.test(
    message,
  );
}
