/** Links to a Neuroglancer that anyone has, on layers where they lie. */
import { ArgumentError } from "./base/errors.js";
import type { Vec3 } from "./base/strided.js";
import type { Sample } from "./sample-layer.js";
import {
  type NeuroglancerExtent,
  type NeuroglancerLayer,
  type NeuroglancerOptions,
  neuroglancerLink,
  neuroglancerState,
} from "./server/neuroglancer.js";
import { formatPath, toHttpsPath } from "./stores/url.js";
import type { Volume } from "./volume/volume.js";

export interface NeuroglancerUrlOptions extends NeuroglancerOptions {
  /** The address of a Neuroglancer. Default: the one that Google offers. */
  readonly viewer?: string | undefined;
}

/**
 * A link to a Neuroglancer that shows volumes where they lie (a web server, a bucket), or layers that are described. Nothing
 * is read. @throws ArgumentError for a volume that only this machine can read: `openNeuroglancer` shows those.
 */
export function neuroglancerUrl(
  layers: Volume | NeuroglancerLayer | readonly (Volume | NeuroglancerLayer)[],
  { viewer, ...options }: NeuroglancerUrlOptions = {},
): string {
  const all = (Array.isArray(layers) ? layers : [layers]) as readonly (Volume | NeuroglancerLayer)[];
  const described = all.map((layer) =>
    "source" in layer ? layer : layerOf(layer, layer.layer, publicSource(layer)),
  );
  return neuroglancerLink(neuroglancerState(described, options), viewer);
}

/** A volume as a layer of Neuroglancer, with what a look at it found. */
export function layerOf(volume: Volume, name: string, source: string, found: Sample = {}): NeuroglancerLayer {
  const { info } = volume;
  const isLabels = info.type === "segmentation" && !info.data_type.startsWith("float");
  const hasObjects = !!info.mesh || !!info.skeletons;
  return {
    ...{ name, source, type: isLabels ? "segmentation" : "image" },
    extent: extentOf(volume),
    channels: info.num_channels,
    isColor: info.num_channels === 3 && info.data_type === "uint8",
    range: found.range,
    segments: hasObjects ? found.segments : undefined,
    position: found.position,
  };
}

function extentOf({ info }: Volume): NeuroglancerExtent | undefined {
  const scales = info.scales.filter(({ size }) => size.every((n) => n > 0));
  const [first, last] = [scales[0], scales.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const { resolution, size, voxel_offset: offset = [0, 0, 0] as Vec3 } = first;
  return { resolution, coarsest: last.resolution, offset, size };
}

/** Where anyone's browser finds a volume. */
function publicSource(volume: Volume): string {
  const { path } = volume;
  const isAlias = path.protocol !== path.transport && !path.protocol.startsWith("middleauth");
  const place = isAlias || path.host !== undefined ? toHttpsPath(path) : path;
  if (place.transport === "file" || place.transport === "mem")
    throw new ArgumentError("Only this machine can read that", {
      where: volume.cloudpath,
      expected: "a volume on a web server or in a bucket",
      fix: "openNeuroglancer, or cloudvolume view, serves it and shows it.",
    });
  const written = formatPath(place);
  return place.format === "precomputed" ? `precomputed://${written}` : written;
}
