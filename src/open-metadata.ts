/** Opening a layer's metadata by the format that its path names, or by what lies there. */
import { InfoUnavailableError, UnsupportedFormatError } from "./base/errors.js";
import { type OpenMetadataOptions, PrecomputedMetadata } from "./formats/precomputed/metadata.js";
import { detectArray, isArrayFormat, type OpenArrayOptions, openArray } from "./open-array.js";
import type { Store } from "./stores/store.js";
import type { PathFormat } from "./stores/url.js";
import type { Graph } from "./volume/graphene/graph.js";
import { grapheneLayer } from "./volume/graphene/layer.js";
import { type LayerMetadata, precomputedLayer } from "./volume/layer-metadata.js";

/** A path that says its format: nothing else is looked for there. */
const SAYS_PRECOMPUTED = /^\s*precomputed:\/\/|\|\s*(neuroglancer-)?precomputed:/;

/**
 * `given`: the path as the caller wrote it. `graph`: that of a graphene layer, whose `store` has its supervoxels. Without an info where none was named, Zarr and N5 are looked for.
 * @throws InfoUnavailableError, InfoError, UnsupportedFormatError, and what the store throws.
 */
export async function openMetadata(
  store: Store,
  format: PathFormat,
  given: string,
  options: OpenMetadataOptions & OpenArrayOptions & { readonly graph?: Graph | undefined },
): Promise<LayerMetadata> {
  if (isArrayFormat(format)) return await openArray(store, format, options);
  if (format === "boss") return await (await import("./open-boss.js")).openBossChannel(store, options);
  const { graph } = options;
  if (format === "graphene" && graph !== undefined) {
    const { server, service } = graph.parts;
    return grapheneLayer(await PrecomputedMetadata.open(store, options), server, service);
  }
  if (format !== "precomputed")
    throw new UnsupportedFormatError("This format cannot be opened yet", {
      where: given,
      expected: "precomputed, graphene, zarr, zarr2, zarr3, n5, boss",
      got: format,
    });
  try {
    return precomputedLayer(await PrecomputedMetadata.open(store, options));
  } catch (error) {
    if (!(error instanceof InfoUnavailableError) || SAYS_PRECOMPUTED.test(given)) throw error;
    const found = await detectArray(store, options);
    if (found !== undefined) return found;
    throw error;
  }
}
