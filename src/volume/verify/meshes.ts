/** Meshes and skeletons: every one that is listed must be whole. */
import type { Abortable } from "../../base/abort.js";
import { AbortError, CloudVolumeError, describe, UnsupportedProtocolError } from "../../base/errors.js";
import { type FaultKind, type Report, readFault } from "./fault.js";

/** What is needed of `vol.mesh` and `vol.skeleton`. */
export interface Objects {
  /** The folder, for messages; undefined: the layer has none. */
  readonly folder: string | undefined;
  readonly kind: Extract<FaultKind, "mesh" | "skeleton">;
  readonly list: (options: Abortable) => Promise<readonly bigint[]>;
  /** Reads and decodes one. */
  readonly read: (id: bigint, options: Abortable) => Promise<unknown>;
}

/** Reads them one after the other. @returns their number, or why they cannot be looked at. */
export async function verifyObjects(
  { folder, kind, list, read }: Objects,
  report: Report,
  options: Abortable,
): Promise<number | string> {
  if (folder === undefined) return 0;
  let ids: readonly bigint[];
  try {
    ids = await list(options);
  } catch (error) {
    if (error instanceof AbortError || !(error instanceof CloudVolumeError)) throw error;
    if (error instanceof UnsupportedProtocolError) return `${folder}: ${describe(error)}`;
    report({ key: folder, kind, detail: describe(error) });
    return 0;
  }
  for (const id of ids) {
    try {
      await read(id, options);
    } catch (error) {
      if (error instanceof AbortError || !(error instanceof CloudVolumeError)) throw error;
      const fault = readFault(`${folder}/${id}`, error);
      report(fault.kind === "denied" ? fault : { ...fault, kind });
    }
  }
  return ids.length;
}
