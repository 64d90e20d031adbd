import { ConflictError } from "../base/errors.js";

/** Compares an object's version with the one that was wanted at reading. @throws ConflictError. */
export function checkSame(now: string | undefined, wanted: string | undefined, where: string): void {
  if (wanted !== undefined && now !== wanted) throw changed(where, wanted, now);
}

export function changed(where: string, wanted: string, now?: string): ConflictError {
  return new ConflictError("An object is no longer the one that was read before", {
    where,
    expected: `version ${wanted}`,
    ...(now === undefined ? {} : { got: `version ${now}` }),
    fix: "Begin anew with what is there now",
  });
}

/** Compares an object's version (null: there is none) with the one a writer saw. @throws ConflictError. */
export function checkVersion(now: string | null, wanted: string | null | undefined, where: string): void {
  if (wanted === undefined || wanted === now) return;
  throw new ConflictError("An object was changed by another writer", {
    where,
    expected: wanted === null ? "no object" : `version ${wanted}`,
    got: now === null ? "no object" : `version ${now}`,
    fix: "Read it again, apply the change to what is there, and write that",
  });
}
