/** The volume's skeletons. */
import { parseCompress } from "../compression/index.js";
import { cacheControl } from "../formats/cdn-cache.js";
import type { Store } from "../stores/store.js";
import type { VolumeParts } from "./parts.js";
import { Skeletons } from "./skeletons/skeletons.js";
import { VolumeCaches } from "./volume-caches.js";

export abstract class VolumeSkeletons extends VolumeCaches {
  #opened:
    | { readonly parts: VolumeParts; readonly folder: string; readonly skeletons: Skeletons }
    | undefined;

  /** The skeletons of the layer's segments, in the folder that the info's `skeletons` names (else in `skeletons`). */
  get skeleton(): Skeletons {
    const { parts } = this;
    const folder = (this.info.skeletons || "skeletons").replace(/\/+$/, "");
    if (this.#opened?.parts !== parts || this.#opened.folder !== folder)
      this.#opened = { parts, folder, skeletons: this.#open(parts, folder) };
    return this.#opened.skeletons;
  }

  #open({ context, metadata, spatialIndex }: VolumeParts, folder: string): Skeletons {
    return new Skeletons({
      folder,
      workspace: context.runtime.workspace,
      get store(): Store {
        return context.store;
      },
      get volumeInfo() {
        return metadata.info;
      },
      database: spatialIndex?.database,
      users: spatialIndex?.users,
      policy: () => ({
        compression: parseCompress(this.compress) ?? "gzip",
        compressLevel: this.compressLevel,
        cacheControl: cacheControl(this.cdnCache),
      }),
      verifyWritable: () => metadata.verifyWritable(),
    });
  }
}
