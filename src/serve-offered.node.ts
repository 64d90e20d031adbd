/** Layers under their names on a server. */
import { zarrView } from "./formats/zarr/view.js";
import { type Compressor, type Offered, offerVolume } from "./serve-volume.js";
import type { ListenOptions } from "./server/listen.node.js";
import type { Folder, Site } from "./server/site.js";
import { viewed } from "./view.js";
import type { Volume } from "./volume/volume.js";

export interface ServeVolumeOptions extends ListenOptions {
  /** What packs the chunks of Zarr, e.g. "blosc" or "gzip". Default: nothing, as suits readers on the same machine. */
  readonly compressor?: Compressor;
}

export interface Serving {
  readonly port: number;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /**
   * The address of each layer, where it is both Precomputed and a Zarr 3 group; the same with `.zarr2` at the end is a group of
   * Zarr 2. Of a folder of layers: what the layers' paths in it go after.
   */
  readonly layers: readonly string[];
  /** Ends the server. */
  close(): Promise<void>;
}

/** One volume under its own name. */
export async function serveVolume(vol: Volume, options: ServeVolumeOptions): Promise<Serving> {
  const offered = await offerVolume(vol, options.compressor);
  return await serveOffered(new Map([[plainName(offered.name), offered]]), options);
}

export async function serveOffered(
  named: ReadonlyMap<string, Offered>,
  { compressor, ...options }: ServeVolumeOptions,
): Promise<Serving> {
  const { listen } = await import("./server/listen.node.js");
  const { port, url, close } = await listen(siteOf(named, compressor), options);
  return { port, url, close, layers: [...named.keys()].map((name) => addressOf(url, name)) };
}

export function addressOf(url: string, name: string): string {
  return `${url}/${encodeURIComponent(name)}`;
}

/** A layer's name as a part of addresses, without characters that addresses escape. */
export function plainName(name: string): string {
  return name.replace(/[^\w.-]+/g, "-").replace(/^\.+$/, "") || "layer";
}

/** Folders by name: each layer, and each volume as Zarr 2. */
export function siteOf(named: ReadonlyMap<string, Offered>, compressor: Compressor): Site {
  const folders = new Map<string, Folder>([...named].map(([name, { folder }]) => [name, folder]));
  for (const [name, { volume }] of named)
    if (volume !== undefined && !folders.has(`${name}.zarr2`))
      folders.set(`${name}.zarr2`, zarrView(viewed(volume, name), { compressor, version: 2 }));
  const [only, ...more] = named.values();
  return { folders, rest: more.length === 0 ? only?.folder : undefined };
}
