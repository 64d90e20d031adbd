/** Neuroglancer on layers: links to where anyone has it, and our own, served offline. */
import { ArgumentError } from "./base/errors.js";
import type { JsonObject } from "./base/json.js";
import type { Vec3 } from "./base/strided.js";
import { type Sample, sampleVolume } from "./sample-layer.js";
import { offerAll, type Servables, type ServeOptions } from "./serve.node.js";
import { addressOf, type Serving, siteOf } from "./serve-offered.js";
import type { Offered } from "./serve-volume.js";
import { listen } from "./server/listen.node.js";
import {
  type NeuroglancerExtent,
  type NeuroglancerLayer,
  type NeuroglancerOptions,
  neuroglancerLink,
  neuroglancerState,
} from "./server/neuroglancer.js";
import { checkPages, pagesFolder } from "./server/pages.node.js";
import { formatPath, toHttpsPath } from "./stores/url.js";
import type { Volume } from "./volume/volume.js";

export interface NeuroglancerUrlOptions extends NeuroglancerOptions {
  /** The address of a Neuroglancer. Default: the one that Google offers. */
  readonly viewer?: string | undefined;
}

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

function layerOf(volume: Volume, name: string, source: string, found: Sample = {}): NeuroglancerLayer {
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
