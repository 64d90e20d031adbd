import type { Abortable } from "../../base/abort.js";
import {
  AbortError,
  ArgumentError,
  ConflictError,
  ScaleUnavailableError,
  WriteLockAcquisitionError,
  WriteLockReleaseError,
} from "../../base/errors.js";
import type { Info } from "./info.js";
import { findMip, type MipSpec } from "./scales.js";

/** The info in storage, and a way to replace exactly that version of it. */
export interface InfoFile {
  readonly info: Info;
  refresh(options: Abortable): Promise<string | undefined>;
  commit(options: Abortable & { readonly ifVersion: string | undefined }): Promise<void>;
}

const TRIES = 8;

/** The mips that are locked against writing, ascending. */
export function lockedMips({ scales }: Info): number[] {
  return scales.flatMap(({ locked }, mip) => (locked ? [mip] : []));
}

/**
 * Sets `locked` of some scales in storage: reads the info anew (what was changed but not committed is lost),
 * and writes it back. Where the storage has versions, a change made meanwhile by others is kept: up to 8 tries.
 * @throws ArgumentError for a mip that does not exist; WriteLockAcquisitionError or WriteLockReleaseError for
 * everything else, with its cause.
 */
export async function setLocks(
  file: InfoFile,
  mips: MipSpec | readonly MipSpec[],
  locked: boolean,
  options: Abortable = {},
): Promise<void> {
  const wanted = indexes(file.info, mips);
  const Failure = locked ? WriteLockAcquisitionError : WriteLockReleaseError;
  const where = `mips ${wanted.join(", ")}`;
  for (let i = 0; ; i++) {
    try {
      const ifVersion = await file.refresh(options);
      for (const mip of wanted) file.info.scales[findMip(file.info, mip)]!.locked = locked;
      return await file.commit({ ...options, ifVersion });
    } catch (cause) {
      if (cause instanceof AbortError) throw cause;
      if (cause instanceof ConflictError && i + 1 < TRIES) continue;
      const what = locked ? "The lock cannot be acquired" : "The lock cannot be released";
      throw new Failure(what, { where, cause, got: cause instanceof Error ? cause.message : String(cause) });
    }
  }
}

/** One mip, or several: a list of numbers is a list of mips, a resolution stands in a list of its own. */
function indexes(info: Info, mips: MipSpec | readonly MipSpec[]): number[] {
  const list = typeof mips === "number" ? [mips] : mips;
  try {
    return list.map((mip) => findMip(info, mip));
  } catch (cause) {
    if (!(cause instanceof ScaleUnavailableError)) throw cause;
    throw new ArgumentError("A mip that does not exist cannot be locked or unlocked", {
      expected: cause.expected ?? "a mip",
      got: cause.got ?? "none",
      cause,
    });
  }
}
