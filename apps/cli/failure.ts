/** From a thrown value to an exit status and one paragraph on standard error. */
import { CommanderError } from "commander";

export const MISSING = 3;
export const DENIED = 4;
export const INTERRUPTED = 130;

/** By `error.kind` of the library's errors. */
const STATUS: Readonly<Record<string, number>> = {
  failed: 1,
  usage: 2,
  missing: MISSING,
  denied: DENIED,
  aborted: INTERRUPTED,
};

/** Node's own error codes that say more than "failed". */
const CODES: Readonly<Record<string, readonly [status: number, sentence: string]>> = {
  ENOENT: [MISSING, "There is no such file"],
  ENOTDIR: [MISSING, "There is no such file"],
  EISDIR: [2, "This is a directory, not a file"],
  EACCES: [4, "The file system denies access"],
  EPERM: [4, "The file system denies access"],
  EROFS: [4, "The file system is read-only"],
  ENOSPC: [1, "The disk is full"],
  EPIPE: [1, "The reader of standard output has gone"],
};

/** What the library's messages call an option, and how it is spelled here. */
const FLAGS: readonly (readonly [RegExp, string])[] = [
  [/\bbounded: false\b/g, "--unbounded"],
  [/\bautocrop: true\b/g, "--autocrop"],
  [/\bnonAlignedWrites: true\b/g, "--non-aligned"],
  [/\bfillMissing: true \(--fill-missing\)/g, "--fill-missing"],
  [/\bfillMissing: true\b/g, "--fill-missing"],
  [/\boverwrite: true\b/g, "--overwrite"],
];

/** 0 done, 1 failed, 2 wrong usage, 3 missing, 4 denied, 130 interrupted. */
export function exitStatus(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { kind, code } = Object(error) as { kind?: unknown; code?: unknown };
  return STATUS[String(kind)] ?? CODES[String(code)]?.[0] ?? 1;
}

/** One line: what, where, expected, got, what to do. */
export function paragraph(error: unknown): string {
  const text = message(error).replace(/^error:\s*/, "");
  const flagged = FLAGS.reduce((line, [pattern, flag]) => line.replace(pattern, flag), text);
  const line = flagged.replace(/\s*\n\s*/g, " ").trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

function message(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  const known = "kind" in error ? undefined : CODES[String(code)];
  if (known === undefined || (path === undefined && code !== "EPIPE")) return error.message;
  return path === undefined ? known[1] : `${known[1]} (${path})`;
}

/** The stack of an error and of what caused it, for `--debug`. */
export function trace(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { stack = String(error), cause } = error;
  return cause === undefined ? stack : `${stack}\nCaused by: ${trace(cause)}`;
}
