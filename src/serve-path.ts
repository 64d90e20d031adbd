/** What the server gives of a path: a layer of any kind, or a folder in which layers lie. */
import { InfoUnavailableError } from "./base/errors.js";
import { type Opened, open } from "./open-any.js";
import { openStore } from "./open-store.js";
import { parseUserPath } from "./paths.js";
import { skeletonsFolder } from "./serve-objects.js";
import { type Compressor, type Offered, offerVolume } from "./serve-volume.js";
import type { Folder } from "./server/site.js";
import { storeFolder } from "./server/store-folder.js";
import type { Store } from "./stores/store.js";
import { formatPath } from "./stores/url.js";

export type OpenHow = NonNullable<Parameters<typeof open>[1]>;

/**
 * Whatever a path holds: a layer of any kind, or a folder in which layers lie. @throws as `open`, if it is neither.
 */
export async function offerPath(path: string, how: OpenHow, compressor: Compressor): Promise<Offered> {
  const parsed = await parseUserPath(path, how);
  const store = (): Promise<Store> => openStore(formatPath({ ...parsed, format: "precomputed" }), how);
  let opened: Opened;
  try {
    // Graphene: viewers know segments, whose meshes there are, not supervoxels.
    opened = await open(path, { agglomerate: true, ...how });
  } catch (error) {
    if (!(error instanceof InfoUnavailableError) || parsed.transport !== "file") throw error;
    if (!(await isFolder(parsed.path))) throw error;
    return {
      name: parsed.layer || "data",
      kind: "folder",
      folder: dataRoot(path, await store(), how, compressor),
    };
  }
  if (opened.kind === "volume") return await offerVolume(opened.volume, compressor);
  const stored = storeFolder(await store());
  const folder = opened.kind === "skeleton" ? skeletonsFolder(opened.skeleton, stored) : stored;
  return { name: parsed.layer, kind: opened.kind, list: listOf(opened), folder };
}

function listOf(opened: Opened): Offered["list"] {
  if (opened.kind === "mesh") return (options) => opened.mesh.list(options);
  return opened.kind === "skeleton" ? (options) => opened.skeleton.list(options) : undefined;
}

async function isFolder(path: string): Promise<boolean> {
  const { stat } = await import("node:fs/promises");
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** What makes a folder a layer. */
const MARKS = ["info", "zarr.json", ".zgroup", ".zarray", "attributes.json"];

/** Layers below a folder, opened when something of them is asked for. Files that belong to no layer are not given. */
function dataRoot(path: string, store: Store, how: OpenHow, compressor: Compressor): Folder {
  const known = new Map<string, Promise<Offered>>();
  const layerAt = async (prefix: string): Promise<Offered | undefined> => {
    const found = known.get(prefix);
    if (found !== undefined) return await found;
    const marks = await Promise.all(MARKS.map((mark) => store.stat(`${prefix}/${mark}`)));
    if (marks.every((mark) => mark === undefined)) return undefined;
    const opening = known.get(prefix) ?? offerPath(`${path.replace(/\/+$/, "")}/${prefix}`, how, compressor);
    known.set(prefix, opening);
    opening.catch(() => known.delete(prefix));
    const layer = await opening;
    return layer.kind === "folder" ? undefined : layer;
  };
  return {
    async get(key, query) {
      const parts = key.split("/");
      // The outermost layer: the folders of its meshes have infos of their own.
      for (let n = 1; n < parts.length; n++) {
        const layer = await layerAt(parts.slice(0, n).join("/"));
        if (layer !== undefined) return await layer.folder.get(parts.slice(n).join("/"), query);
      }
      return undefined;
    },
  };
}
