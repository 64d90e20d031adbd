/** Volumes as what a Zarr view needs of them. */
import { Bbox } from "./base/bbox.js";
import { CloudVolumeError } from "./base/errors.js";
import type { ViewedVolume } from "./formats/zarr/view.js";
import type { Volume } from "./volume/volume.js";

/** Reads with the volume's caches; a chunk that is not stored is told from one of background. */
export function viewed(vol: Volume, name: string): ViewedVolume {
  const views = vol.info.scales.map((_, mip) => {
    const view = vol.at(mip);
    view.fillMissing = false;
    view.progress = false;
    return view;
  });
  return {
    name,
    info: vol.info,
    missing: vol.backgroundColor,
    workspace: vol.context.runtime.workspace,
    async read(mip, box, { signal }) {
      try {
        return await views[mip]?.download(Bbox.fromList(box), { signal, parallel: 1 });
      } catch (error) {
        if (error instanceof CloudVolumeError && error.kind === "missing") return undefined;
        throw error;
      }
    },
  };
}
