/** Opens the spatial index of meshes or skeletons, once for each state of their info. */
import { stringifyJson } from "../base/json.js";
import type { Info } from "../formats/precomputed/info.js";
import { boundsOf } from "../formats/precomputed/mip-coordinates.js";
import { scaleOf } from "../formats/precomputed/scales.js";
import type { DatabaseUsers } from "../formats/precomputed/spatial-index/database/credentials.js";
import { indexGrid } from "../formats/precomputed/spatial-index/grid.js";
import type { SpatialIndexInfo } from "../formats/precomputed/spatial-index/info.js";
import { SpatialIndex } from "../formats/precomputed/spatial-index/spatial-index.js";
import type { Store } from "../stores/store.js";

export interface SpatialIndexPlace {
  readonly store: Store;
  /** "" or the folder with a slash at its end. */
  readonly folder: string;
  readonly volumeInfo: Info;
  readonly database: string | undefined;
  readonly users: DatabaseUsers | undefined;
}

/** Keeps the index that was opened last. */
export class SpatialIndexes {
  #last: { readonly json: string; readonly store: Store; readonly index: SpatialIndex } | undefined;

  /** `mip`: the level that the objects were made from. @throws ScaleUnavailableError. */
  open(info: SpatialIndexInfo, mip: number, place: SpatialIndexPlace): SpatialIndex {
    const { store, volumeInfo, ...rest } = place;
    const scale = scaleOf(volumeInfo, mip);
    const bounds = boundsOf(volumeInfo, mip).toList();
    const json = stringifyJson([info, bounds, scale.resolution, place.folder]);
    if (this.#last?.json !== json || this.#last.store !== store) {
      const grid = indexGrid(info, bounds, scale.resolution);
      this.#last = { json, store, index: new SpatialIndex({ ...rest, store, grid }) };
    }
    return this.#last.index;
  }
}
