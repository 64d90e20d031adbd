/** Volumes over http, for dask, viewers, and whatever reads Zarr. */
import { ArgumentError } from "./base/errors.js";
import { type ViewOptions, zarrView } from "./formats/zarr/view.js";
import { type ListenOptions, listen } from "./server/listen.node.js";
import type { Folder } from "./server/site.js";
import { viewed } from "./view.js";
import type { Volume } from "./volume/volume.js";

export interface ServeOptions extends ListenOptions {
  /** What packs the chunks, e.g. "blosc" or "gzip". Default: nothing, as suits readers on the same machine. */
  readonly compressor?: ViewOptions["compressor"];
}

export interface Serving {
  readonly port: number;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** The Zarr 3 group of each volume; the same with `.zarr2` at the end is one of Zarr 2. */
  readonly layers: readonly string[];
  /** Ends the server. */
  close(): Promise<void>;
}

/**
 * Offers volumes of any format and encoding as Zarr 3 at `url/NAME` and as Zarr 2 at `url/NAME.zarr2`, to this machine alone and
 * only for reading; a level is `url/NAME/0`. Chunks are read when they are asked for. A volume's name is its layer's, unless
 * an object with names is passed. Source: CloudVolume `viewer`, `to_dask`. @throws StorageError where the port is taken.
 */
export async function serve(
  volumes: Volume | readonly Volume[] | Readonly<Record<string, Volume>>,
  { compressor, ...options }: ServeOptions = {},
): Promise<Serving> {
  const named = namesOf(volumes);
  const site = new Map<string, Folder>();
  for (const [name, vol] of named) {
    await vol.ready();
    site.set(name, zarrView(viewed(vol, name), { compressor }));
  }
  for (const [name, vol] of named)
    if (!site.has(`${name}.zarr2`))
      site.set(`${name}.zarr2`, zarrView(viewed(vol, name), { compressor, version: 2 }));
  const { port, url, close } = await listen(site, options);
  return { port, url, close, layers: [...named.keys()].map((name) => `${url}/${encodeURIComponent(name)}`) };
}

function namesOf(volumes: Parameters<typeof serve>[0]): Map<string, Volume> {
  const named = new Map<string, Volume>();
  const isList = Array.isArray as (value: unknown) => value is readonly Volume[];
  const isOne = (value: typeof volumes): value is Volume => "mipLayout" in value;
  if (!isOne(volumes) && !isList(volumes)) {
    for (const [name, vol] of Object.entries(volumes)) named.set(checked(name), vol);
    return named;
  }
  for (const vol of isOne(volumes) ? [volumes] : volumes) {
    const name = vol.layer.replace(/[^\w.-]+/g, "-") || "layer";
    let free = name;
    for (let n = 2; named.has(free); n++) free = `${name}-${n}`;
    named.set(free, vol);
  }
  return named;
}

function checked(name: string): string {
  if (name !== "" && name !== "." && name !== ".." && !/[/\\\0]/.test(name)) return name;
  throw new ArgumentError("A layer cannot have this name", {
    expected: "a name without slashes",
    got: JSON.stringify(name),
  });
}
