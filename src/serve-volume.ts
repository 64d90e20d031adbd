/** What the server gives of a volume: as Precomputed and as Zarr 3 in the same folder, and what lies beside its chunks. */
import type { Abortable } from "./base/abort.js";
import { precomputedView } from "./formats/precomputed/view/view.js";
import { type ViewOptions, zarrView } from "./formats/zarr/view.js";
import { madeObjects, madeSkeletons } from "./serve-objects.js";
import type { Folder } from "./server/site.js";
import { storedFile } from "./server/store-folder.js";
import { isPlainKey } from "./stores/keys.js";
import { viewed, viewedAsPrecomputed } from "./view.js";
import type { Volume } from "./volume/volume.js";

export type Compressor = ViewOptions["compressor"];

/** A layer, or a folder that layers lie in. */
export interface Offered {
  /** The end of its path. */
  readonly name: string;
  readonly kind: "volume" | "mesh" | "skeleton" | "annotations" | "segmentProperties" | "folder";
  readonly folder: Folder;
  readonly volume?: Volume | undefined;
  /** The segments of a folder of meshes or skeletons. */
  readonly list?: ((options: Abortable) => Promise<readonly bigint[]>) | undefined;
}

export async function offerVolume(vol: Volume, compressor?: Compressor): Promise<Offered> {
  await vol.ready();
  const name = vol.layer;
  const { fields, folders } = madeObjects(vol);
  const precomputed = precomputedView(viewedAsPrecomputed(vol), fields);
  const zarr = zarrView(viewed(vol, name), { compressor });
  const folder: Folder = {
    async get(key, query) {
      const made =
        (await precomputed.get(key, query)) ?? (isZarr(key) ? await zarr.get(key, query) : undefined);
      if (made !== undefined) return made;
      const [first = "", ...rest] = key.split("/");
      const objects = folders.get(first);
      if (objects !== undefined) return await objects.get(rest.join("/"), query);
      // What the info says may lead elsewhere; what is asked for may not.
      const place = isPlainKey(key) ? precomputed.storedKey(key) : undefined;
      if (place === undefined) return undefined;
      const within = skeletonKey(vol, place);
      const lines = within === undefined ? undefined : await madeSkeletons(vol.skeleton, query);
      return (
        (await lines?.get(within as string, query)) ?? (await storedFile(vol.context.store, place, query))
      );
    },
  };
  return { name, kind: "volume", volume: vol, folder };
}

/** The key within the folder of skeletons, if it lies there. */
function skeletonKey({ info }: Volume, key: string): string | undefined {
  const folder = info.skeletons ? `${info.skeletons.replace(/\/+$/, "")}/` : undefined;
  return folder !== undefined && key.startsWith(folder) ? key.slice(folder.length) : undefined;
}

/** Keys that a Zarr view may know, so that chunks of Precomputed are not looked for there. */
function isZarr(key: string): boolean {
  return /^(\d{1,4}\/)?zarr\.json$|^\d{1,4}\/c\//.test(key);
}
