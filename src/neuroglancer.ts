/** Our own Neuroglancer on layers, served offline. */
import { ArgumentError } from "./base/errors.js";
import type { JsonObject } from "./base/json.js";
import { layerOf } from "./neuroglancer-url.js";
import { type Sample, sampleVolume } from "./sample-layer.js";
import { offerAll, type Servables, type ServeOptions } from "./serve.js";
import { addressOf, type Serving, siteOf } from "./serve-offered.node.js";
import type { Offered } from "./serve-volume.js";
import {
  type NeuroglancerLayer,
  type NeuroglancerOptions,
  neuroglancerLink,
  neuroglancerState,
} from "./server/neuroglancer.js";
import { checkPages, pagesFolder } from "./server/pages.node.js";
import type { Volume } from "./volume/volume.js";

export interface OpenNeuroglancerOptions extends ServeOptions, NeuroglancerOptions {
  /** Open the browser. Default true. */
  readonly browser?: boolean | undefined;
  /** Where Neuroglancer's files lie, for bundlers that move them. */
  readonly pages?: URL | undefined;
}

export interface NeuroglancerView extends Serving {
  /** The whole link, with the state in it; `url` leads there, too. */
  readonly link: string;
  readonly state: JsonObject;
}

/** Where our Neuroglancer is on the server. */
const PAGES = "neuroglancer";
/** Milliseconds after which layers are shown without having been looked at. */
const PATIENCE = 3000;

/**
 * Serves layers as `serve` does, together with Neuroglancer, and opens it on them: at a place where data are, each image's
 * range of values, the largest segments with their meshes and skeletons. Needs no other host, unless layers come from one.
 * @throws StorageError where the port is taken, and as `open`.
 */
export async function openNeuroglancer(
  layers: Servables,
  options: OpenNeuroglancerOptions = {},
): Promise<NeuroglancerView> {
  const { compressor, open: _, browser = true, pages = ownPages(), ...how } = options;
  const [named] = await Promise.all([offerAll(layers, options, PAGES), checkPages(pages)]);
  const shown = await Promise.all([...named].map(([name, offered]) => describe(name, offered, options)));
  let state: JsonObject = {};
  let link = "";
  const { listen } = await import("./server/listen.node.js");
  const { port, url, close } = await listen((address) => {
    const sourced = shown.map((layer) => ({
      ...layer,
      source: `precomputed://${addressOf(address, layer.name)}`,
    }));
    state = neuroglancerState(sourced, options);
    link = neuroglancerLink(state, `${address}/${PAGES}/`);
    const site = siteOf(named, compressor);
    return { ...site, folders: new Map(site.folders).set(PAGES, pagesFolder(pages)), home: link };
  }, how);
  if (browser) {
    const { openBrowser } = await import("./geometry/viewer/browser.node.js");
    openBrowser(url);
  }
  return { port, url, link, state, close, layers: shown.map(({ name }) => addressOf(url, name)) };
}

/** Beside the bundled library. */
function ownPages(): URL {
  return new URL("./neuroglancer/", import.meta.url);
}

type Unplaced = Omit<NeuroglancerLayer, "source">;

async function describe(name: string, offered: Offered, options: OpenNeuroglancerOptions): Promise<Unplaced> {
  const { kind, volume } = offered;
  if (kind === "folder" || kind === "segmentProperties")
    throw new ArgumentError("Nothing that can be shown by itself", {
      where: name,
      expected: "a volume, meshes, skeletons or annotations",
      got: kind === "folder" ? "a folder" : "segment properties",
      fix: kind === "folder" ? "Name the layers in it, or serve the folder." : "Name the volume.",
    });
  if (volume !== undefined) return layerOf(volume, name, "", await sample(volume, options));
  if (kind === "annotations") return { name, type: "annotation" };
  const { signal } = options;
  return { name, type: "segmentation", segments: (await listed(offered, signal)).slice(0, 100) };
}

/** The segments of a folder of meshes or skeletons; none where storage cannot tell. */
async function listed({ list }: Offered, signal: AbortSignal | undefined): Promise<readonly bigint[]> {
  try {
    return (await list?.({ signal })) ?? [];
  } catch (error) {
    if (signal?.aborted) throw error;
    return [];
  }
}

/** A layer that cannot be looked at is shown all the same: the viewer says what is wrong with it. */
async function sample(volume: Volume, { signal, segments }: OpenNeuroglancerOptions): Promise<Sample> {
  const patience = AbortSignal.timeout(PATIENCE);
  try {
    const found = await sampleVolume(volume, {
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    });
    return segments === undefined ? found : { ...found, segments: segments.map(BigInt) };
  } catch (error) {
    if (signal?.aborted) throw error;
    return {};
  }
}
