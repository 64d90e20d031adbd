/** Meshes and skeletons that are not stored as Neuroglancer reads them, made one by one. */
import type { Abortable } from "./base/abort.js";
import { MissingError } from "./base/errors.js";
import { encodeJson, type JsonObject } from "./base/json.js";
import type { FileQuery, Folder } from "./server/site.js";
import type { Skeletons } from "./volume/skeletons/skeletons.js";
import type { Volume } from "./volume/volume.js";

/** The fields of the info, and the folders that they name. Of a Precomputed volume: none, as its files are given. */
export function madeObjects(vol: Volume): {
  readonly fields: JsonObject;
  readonly folders: ReadonlyMap<string, Folder>;
} {
  const folders = new Map<string, Folder>();
  if (vol.metadata.format === "precomputed") return { fields: {}, folders };
  if (vol.info.mesh) folders.set("mesh", { get: (key, query) => meshFile(vol, key, query) });
  if (vol.info.skeletons)
    folders.set("skeletons", { get: (key, query) => skeletonFile(vol.skeleton, key, query) });
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

/**
 * Skeletons of Precomputed: with attributes of other types than float32, as CloudVolume's own vertex_types, Neuroglancer shows nothing
 * of the whole layer. @returns undefined where they can be given as they are stored.
 */
export async function madeSkeletons(skeletons: Skeletons, options: Abortable): Promise<Folder | undefined> {
  const { vertex_attributes = [] } = await skeletons.info(options);
  if (vertex_attributes.every(({ data_type }) => data_type === "float32")) return undefined;
  return { get: (key, query) => skeletonFile(skeletons, key, query) };
}

/** A folder of skeletons as it is stored, but for what Neuroglancer would not read. */
export function skeletonsFolder(skeletons: Skeletons, stored: Folder): Folder {
  return {
    async get(key, query) {
      const made = await madeSkeletons(skeletons, query);
      return (await made?.get(key, query)) ?? (await stored.get(key, query));
    },
  };
}

async function skeletonFile(
  skeletons: Skeletons,
  key: string,
  { signal }: FileQuery,
): Promise<Uint8Array | undefined> {
  if (key === "info") {
    const { sharding: _, spatial_index: _1, mip: _2, ...info } = await skeletons.info({ signal });
    const { vertex_attributes = [] } = info;
    return encodeJson({
      ...info,
      // They come in physical space.
      transform: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0],
      vertex_attributes: vertex_attributes.map((attribute) => ({ ...attribute, data_type: "float32" })),
    });
  }
  const [id] = /^\d{1,20}$/.exec(key) ?? [];
  if (id === undefined) return undefined;
  return await there(async () => {
    const skeleton = await skeletons.get(BigInt(id), { signal });
    skeleton.attributes = skeleton.attributes.map((attribute) => ({
      ...attribute,
      dataType: "float32",
      data: Float32Array.from(attribute.data as ArrayLike<number | bigint>, Number),
    }));
    return skeleton.toPrecomputed();
  });
}

async function there(read: () => Promise<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof MissingError) return undefined;
    throw error;
  }
}
