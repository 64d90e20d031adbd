/** Layers over http, for Neuroglancer, dask, and whatever reads Precomputed or Zarr. */
import { ArgumentError } from "./base/errors.js";
import { plainName, type ServeVolumeOptions, type Serving, serveOffered } from "./serve-offered.node.js";
import { type OpenHow, offerPath } from "./serve-path.js";
import { type Offered, offerVolume } from "./serve-volume.js";
import type { Volume } from "./volume/volume.js";

export interface ServeOptions extends ServeVolumeOptions {
  /** How paths are opened. */
  readonly open?: OpenHow | undefined;
}

/** A volume, or the path of a layer of any kind, or of a folder in which layers lie. */
export type Servable = Volume | string;
export type Servables = Servable | readonly Servable[] | Readonly<Record<string, Servable>>;

/**
 * Offers layers of any format and encoding at `url/NAME`: to Neuroglancer as Precomputed (`precomputed://url/NAME`), with their
 * meshes, skeletons and segment properties; as Zarr 3; and as Zarr 2 at `url/NAME.zarr2`. To this machine alone unless
 * told otherwise, and only for reading. Chunks that Neuroglancer reads are given as they are stored, others are made when
 * they are asked for. A layer's name is its path's last part, unless an object with names is passed; a single one is also at
 * `url` itself. Source: CloudVolume `viewer`, `to_dask`. @throws StorageError where the port is taken, and as `open`.
 */
export async function serve(layers: Servables, options: ServeOptions = {}): Promise<Serving> {
  const { open: _, ...how } = options;
  return await serveOffered(await offerAll(layers, options), how);
}

/** What is to be served, by name. `reserved`: a name that is not to be given to a layer. */
export async function offerAll(
  layers: Servables,
  { compressor, open = {}, signal }: ServeOptions,
  reserved?: string,
): Promise<Map<string, Offered>> {
  const how: OpenHow = { ...open, ...(signal ? { signal } : {}) };
  const offer = (layer: Servable): Promise<Offered> =>
    typeof layer === "string" ? offerPath(layer, how, compressor) : offerVolume(layer, compressor);
  const named = new Map<string, Offered>();
  if (!isList(layers)) {
    for (const [name, layer] of Object.entries(layers))
      named.set(checked(name, reserved), await offer(layer));
    return named;
  }
  const all = typeof layers === "string" || isVolume(layers) ? [layers] : layers;
  for (const offered of await Promise.all((all as readonly Servable[]).map(offer))) {
    const name = plainName(offered.name);
    let free = name;
    for (let n = 2; named.has(free) || free === reserved; n++) free = `${name}-${n}`;
    named.set(free, offered);
  }
  return named;
}

function isVolume(layers: Servables): layers is Volume {
  return typeof layers === "object" && "mipLayout" in layers;
}

function isList(layers: Servables): layers is Servable | readonly Servable[] {
  return typeof layers === "string" || Array.isArray(layers) || isVolume(layers);
}

function checked(name: string, reserved: string | undefined): string {
  if (name !== "" && name !== "." && name !== ".." && name !== reserved && !/[/\\\p{Cc}]/u.test(name))
    return name;
  throw new ArgumentError("A layer cannot have this name", {
    expected: reserved === undefined ? "a name without slashes" : `a name without slashes, not ${reserved}`,
    got: JSON.stringify(name),
  });
}
