/** Reading fragments of meshes: files, and parts of shards. */
import { type Abortable, AbortGroup } from "../../base/abort.js";
import { MeshDecodeError, MeshMissingError } from "../../base/errors.js";
import { decompress } from "../../compression/index.js";
import { INITIAL, placeOfFragment } from "../../formats/graphene/mesh-files.js";
import { decodeDraco, isDraco } from "../../geometry/draco/index.js";
import { decodeFragment, type MeshData } from "../../geometry/mesh/index.js";
import { Limiter } from "../../stores/limit.js";
import { readMany } from "../../stores/read-many.js";
import { type GrapheneMeshFiles, shardsOfLayer } from "./mesh-shards.js";

/** A decoded fragment. */
export interface Fragment {
  readonly data: MeshData;
  readonly isDraco: boolean;
  /** The label that it is the mesh of, where that is known. */
  readonly label: bigint | undefined;
}

export interface FragmentOptions extends Abortable {
  /** Fragments that are not there are left out. */
  readonly allowMissing?: boolean | undefined;
  readonly onRead?: (() => void) | undefined;
}

const MOST_REQUESTS = 64;
/** Most bytes of a fragment. */
const LIMIT = 2 ** 30;

/** Files by their keys, decoded. @throws MeshMissingError, MeshDecodeError. */
export async function readFragmentFiles(
  files: GrapheneMeshFiles,
  wanted: readonly { readonly key: string; readonly label: bigint | undefined }[],
  { signal, allowMissing, onRead }: FragmentOptions,
): Promise<Fragment[]> {
  const keys = wanted.map(({ key }) => key);
  const contents = await readMany(files.store, keys, { signal, onRead });
  const found: Fragment[] = [];
  for (const [i, { key, label }] of wanted.entries()) {
    const bytes = contents[i];
    if (bytes !== undefined) found.push(await decodeAny(bytes, files.store.url(key), label));
    else if (allowMissing !== true) throw missingFragment(files.store.url(key));
  }
  return found;
}

/**
 * The fragments of a verified manifest of a sharded layer, in its order. Costs a request for each (neighbours in a shard
 * share one).
 */
export async function readByPlaces(
  files: GrapheneMeshFiles,
  fragments: readonly string[],
  labels: BigUint64Array | undefined,
  where: string,
  { signal, allowMissing, onRead }: FragmentOptions,
): Promise<Fragment[]> {
  const { store, prefix, graph } = files;
  const group = new AbortGroup(signal);
  const limiter = new Limiter(MOST_REQUESTS);
  const read = async (name: string, own: AbortSignal): Promise<readonly [string, Uint8Array | undefined]> => {
    const place = placeOfFragment(name, where);
    if (place.kind === "dynamic") {
      const key = `${prefix}${graph.parts.info.meshes.unshardedFolder}/${place.name}`;
      const [bytes] = await readMany(store, [key], { signal: own });
      return [key, bytes];
    }
    const key = `${prefix}${INITIAL}/${place.file}`;
    const { offset, length } = place;
    const stored = await store.read(key, { range: { offset, length }, signal: own });
    if (stored !== undefined && (stored.bytes.length !== length || stored.compression !== "none"))
      throw new MeshDecodeError("A shard does not hold what a manifest says", {
        where: store.url(key),
        expected: `${length} bytes at ${offset}`,
        got: stored.compression === "none" ? `${stored.bytes.length}` : `a file in ${stored.compression}`,
      });
    const isPacked = shardsOfLayer(files, Number(place.file.split("/")[0]))?.spec.dataEncoding === "gzip";
    if (stored === undefined || !isPacked) return [key, stored?.bytes];
    return [
      key,
      await decompress("gzip", stored.bytes, { limit: LIMIT, where: store.url(key), signal: own }),
    ];
  };
  try {
    const named = fragments
      .map((name, i) => ({ name, label: labels?.[i] }))
      .filter(({ name }) => name !== "");
    const contents = await Promise.all(
      named.map(({ name }) =>
        group.run((own) => limiter.run(() => read(name, own), own)).finally(() => onRead?.()),
      ),
    );
    const found: Fragment[] = [];
    for (const [i, [key, bytes]] of contents.entries()) {
      if (bytes !== undefined) found.push(await decodeAny(bytes, store.url(key), named[i]!.label));
      else if (allowMissing !== true) throw missingFragment(store.url(key));
    }
    group.close();
    return found;
  } catch (error) {
    group.abort(error);
    throw error;
  }
}

/** A fragment of either format. @throws MeshDecodeError. */
export async function decodeAny(
  bytes: Uint8Array,
  where: string,
  label: bigint | undefined,
): Promise<Fragment> {
  if (isDraco(bytes)) return { data: await decodeDraco(bytes, { where }), isDraco: true, label };
  return { data: decodeFragment(bytes, where), isDraco: false, label };
}

export function missingFragment(where: string): MeshMissingError {
  return new MeshMissingError("A fragment of a mesh is missing", {
    where,
    fix: "Its manifest names it, but it is not there. Pass allowMissing: true to leave it out.",
  });
}
