import { AuthorizationError, CloudVolumeError, describe, StorageError } from "../../base/errors.js";
import { codeOf } from "./fs.js";

const FIXES: Readonly<Record<string, string>> = {
  ENOSPC: "The disk is full",
  EDQUOT: "The disk quota is used up",
  EMFILE: "Too many files are open in this process; raise the limit (ulimit -n) or lower the concurrency",
  ENFILE: "Too many files are open on this machine",
  EROFS: "The file system is mounted read-only",
  ENAMETOOLONG: "The name is longer than the file system allows",
};

/** A failed call as a typed error that names the path: EACCES and EPERM are denials, all else failures. */
export function fileFailure(error: unknown, what: string, path: string): CloudVolumeError {
  if (error instanceof CloudVolumeError) return error;
  const code = codeOf(error);
  const got = typeof code === "string" ? code : describe(error);
  if (code === "EACCES" || code === "EPERM")
    return new AuthorizationError(`${what} was refused`, { where: path, got, cause: error });
  const fix = FIXES[got];
  return new StorageError(`${what} failed`, {
    where: path,
    got,
    ...(fix === undefined ? {} : { fix }),
    cause: error,
  });
}
