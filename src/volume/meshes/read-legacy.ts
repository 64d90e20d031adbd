/** Reading legacy meshes: a manifest for each segment, then its fragments. */
import { MeshMissingError } from "../../base/errors.js";
import { manifestName, parseLegacyManifest } from "../../formats/precomputed/mesh/legacy-manifest.js";
import { decodeDraco, isDraco } from "../../geometry/draco/index.js";
import { decodeFragment, type MeshData } from "../../geometry/mesh/index.js";
import { readMany } from "../../stores/read-many.js";
import { keyOf, type MeshFiles, urlOf } from "./files.js";
import { missingMeshes } from "./missing.js";
import type { MeshReadOptions } from "./options.js";

/** The names of each segment's fragments, sorted; undefined for a segment without a manifest. */
export async function readManifests(
  files: MeshFiles,
  ids: readonly bigint[],
  options: MeshReadOptions,
): Promise<Map<bigint, string[] | undefined>> {
  const names = ids.map(manifestName);
  const { signal } = options;
  const contents = await readMany(
    files.store,
    names.map((name) => keyOf(files, name)),
    { signal },
  );
  return new Map(
    ids.map((id, i) => {
      const bytes = contents[i];
      return [id, bytes && parseLegacyManifest(bytes, urlOf(files, names[i]!)).sort(byCodePoint)];
    }),
  );
}

/** Python's order of strings, in which CloudVolume puts fragments together. */
function byCodePoint(a: string, b: string): number {
  if (a === b) return 0;
  const [x, y] = [Array.from(a), Array.from(b)];
  const at = x.findIndex((c, i) => c !== y[i]);
  if (at < 0) return -1;
  return (x[at]!.codePointAt(0) ?? 0) - (y[at]?.codePointAt(0) ?? -1);
}

/**
 * The fragments of each segment, in the order of their names. Costs a request for each manifest and each fragment.
 * @throws MeshMissingError for segments without a manifest (unless allowMissing) and for a fragment that is not there,
 * MeshDecodeError.
 */
export async function readLegacy(
  files: MeshFiles,
  ids: readonly bigint[],
  options: MeshReadOptions,
): Promise<Map<bigint, MeshData[]>> {
  const manifests = await readManifests(files, ids, options);
  const found = ids.filter((id) => manifests.get(id) !== undefined);
  if (found.length < ids.length && options.allowMissing !== true)
    throw missingMeshes(
      ids.filter((id) => manifests.get(id) === undefined),
      urlOf(files, ""),
    );
  const names = [...new Set(found.flatMap((id) => manifests.get(id) ?? []))];
  let done = 0;
  const contents = await readMany(
    files.store,
    names.map((name) => keyOf(files, name)),
    { signal: options.signal, onRead: () => options.onProgress?.({ done: ++done, total: names.length }) },
  );
  const fragments = new Map<string, MeshData>();
  for (const [i, name] of names.entries()) fragments.set(name, await decode(contents[i], urlOf(files, name)));
  return new Map(
    found.map((id) => [id, (manifests.get(id) ?? []).map((name) => fragments.get(name) as MeshData)]),
  );
}

async function decode(bytes: Uint8Array | undefined, where: string): Promise<MeshData> {
  if (bytes === undefined)
    throw new MeshMissingError("A fragment of a mesh is missing", {
      where,
      fix: "Its manifest names it, but the file is not there.",
    });
  return isDraco(bytes) ? await decodeDraco(bytes, { where }) : decodeFragment(bytes, where);
}
