/** Meshes and skeletons of volumes that are not stored as Precomputed, one by one, as Neuroglancer reads them. */
import { MissingError } from "./base/errors.js";
import { encodeJson, type JsonObject } from "./base/json.js";
import type { FileQuery, Folder } from "./server/site.js";
import type { Volume } from "./volume/volume.js";

/** The fields of the info, and the folders that they name. Of a Precomputed volume: none, as its files are given. */
export function madeObjects(vol: Volume): {
  readonly fields: JsonObject;
  readonly folders: ReadonlyMap<string, Folder>;
} {
  const folders = new Map<string, Folder>();
  if (vol.metadata.format === "precomputed") return { fields: {}, folders };
  if (vol.info.mesh) folders.set("mesh", { get: (key, query) => meshFile(vol, key, query) });
  if (vol.info.skeletons) folders.set("skeletons", { get: (key, query) => skeletonFile(vol, key, query) });
  return { fields: Object.fromEntries([...folders.keys()].map((name) => [name, name])), folders };
}

/** Legacy meshes: a manifest for each segment, which names one fragment. */
async function meshFile(vol: Volume, key: string, { signal }: FileQuery): Promise<Uint8Array | undefined> {
  if (key === "info") return encodeJson({ "@type": "neuroglancer_legacy_mesh" });
  const [, id, manifest] = /^(\d{1,20})(:0)?$/.exec(key) ?? [];
  if (id === undefined) return undefined;
  if (manifest !== undefined) return encodeJson({ fragments: [id] });
  return await there(async () => (await vol.mesh.get(BigInt(id), { signal })).toPrecomputed());
}

async function skeletonFile(
  vol: Volume,
  key: string,
  { signal }: FileQuery,
): Promise<Uint8Array | undefined> {
  if (key === "info") {
    const { sharding: _, spatial_index: _1, mip: _2, ...info } = await vol.skeleton.info({ signal });
    // They come in physical space.
    return encodeJson({ ...info, transform: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] });
  }
  const [id] = /^\d{1,20}$/.exec(key) ?? [];
  if (id === undefined) return undefined;
  return await there(async () => (await vol.skeleton.get(BigInt(id), { signal })).toPrecomputed());
}

async function there(read: () => Promise<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof MissingError) return undefined;
    throw error;
  }
}
