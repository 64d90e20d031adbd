import { MeshMissingError } from "../../base/errors.js";

const SHOWN = 10;

/** The error about segments that have no mesh. */
export function missingMeshes(ids: readonly bigint[], where: string): MeshMissingError {
  const more = ids.length > SHOWN ? ` and ${ids.length - SHOWN} more` : "";
  const what = ids.length === 1 ? "A segment has no mesh" : "Segments have no mesh";
  return new MeshMissingError(what, {
    where,
    got: ids.slice(0, SHOWN).join(", ") + more,
    fix: "Pass allowMissing: true to leave out what is missing.",
  });
}
