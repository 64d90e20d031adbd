/** Volumes as what views in other formats need of them. */
import type { Abortable } from "./base/abort.js";
import { Bbox, type Box6 } from "./base/bbox.js";
import { CloudVolumeError } from "./base/errors.js";
import type { PrecomputedViewed } from "./formats/precomputed/view/view.js";
import type { ViewedVolume } from "./formats/zarr/view.js";
import type { VolumeCutout } from "./volume/cutout.js";
import type { Volume } from "./volume/volume.js";

/** Reads with the volume's caches; a chunk that is not stored is told from one of background. */
export function viewed(vol: Volume, name: string): ViewedVolume {
  const read = reader(vol, false);
  return {
    name,
    info: vol.info,
    missing: vol.backgroundColor,
    workspace: vol.context.runtime.workspace,
    read,
  };
}

/** The same for a view as Precomputed. */
export function viewedAsPrecomputed(vol: Volume): PrecomputedViewed {
  const [whole, sparse] = [reader(vol, true), reader(vol, false)];
  return {
    info: vol.info,
    isPrecomputed: vol.metadata.format === "precomputed",
    hasBackground: Number(vol.backgroundColor) !== 0,
    read: (mip, box, { signal, isFilled }) => (isFilled ? whole : sparse)(mip, box, { signal }),
  };
}

type Read = (mip: number, box: Box6, options: Abortable) => Promise<VolumeCutout | undefined>;

function reader(vol: Volume, fillMissing: boolean): Read {
  const views = vol.info.scales.map((_, mip) => {
    const view = vol.at(mip);
    view.fillMissing = fillMissing;
    view.progress = false;
    return view;
  });
  return async (mip, box, { signal }) => {
    try {
      return await views[mip]?.download(Bbox.fromList(box), { signal, parallel: 1, asyncIo: true });
    } catch (error) {
      if (error instanceof CloudVolumeError && error.kind === "missing") return undefined;
      throw error;
    }
  };
}
