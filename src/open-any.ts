/** Opening a path by what it holds. */
import { InfoError, InfoUnavailableError, UnsupportedFormatError } from "./base/errors.js";
import { parseJson } from "./base/json.js";
import { CloudVolume, type OpenOptions } from "./cloudvolume.js";
import { readLayerFile } from "./formats/layer-files.js";
import { ANNOTATIONS_TYPE } from "./formats/precomputed/annotations/info.js";
import { SEGMENT_PROPERTIES_TYPE } from "./formats/precomputed/segment-properties/info.js";
import { openStore, type StoreOptions } from "./open-store.js";
import { parseUserPath } from "./paths.js";
import { processRuntime } from "./runtime.js";
import type { Store } from "./stores/store.js";
import { formatPath } from "./stores/url.js";
import { Annotations } from "./volume/annotations/annotations.js";
import { Meshes } from "./volume/meshes/meshes.js";
import { SegmentPropertiesFolder } from "./volume/segment-properties.js";
import { Skeletons } from "./volume/skeletons/skeletons.js";

/** What a path holds, by its info's `@type`. */
export type Opened =
  | { readonly kind: "volume"; readonly volume: CloudVolume }
  | { readonly kind: "mesh"; readonly mesh: Meshes }
  | { readonly kind: "skeleton"; readonly skeleton: Skeletons }
  | { readonly kind: "annotations"; readonly annotations: Annotations }
  | { readonly kind: "segmentProperties"; readonly segmentProperties: SegmentPropertiesFolder };

/**
 * Opens whatever lies at a path: a volume of any format, meshes, skeletons, annotations or segment properties. Costs a request
 * more than opening it by its name does. @throws InfoUnavailableError, InfoError, UnsupportedFormatError for another
 * `@type`, AuthorizationError, StorageError.
 */
export async function open(path: string, options: OpenOptions & StoreOptions = {}): Promise<Opened> {
  const { signal } = options;
  const parsed = await parseUserPath(path, options);
  const type = parsed.format === "precomputed" ? await typeAt(path, options) : undefined;
  const store = (): Promise<Store> => openStore(formatPath(parsed), options);
  switch (type) {
    case undefined:
    case "neuroglancer_multiscale_volume":
      return { kind: "volume", volume: await CloudVolume.open(path, options) };
    case "neuroglancer_legacy_mesh":
    case "neuroglancer_multilod_draco": {
      const mesh = new Meshes({ store: await store(), prefix: "", hasInfo: true });
      await mesh.info({ signal });
      return { kind: "mesh", mesh };
    }
    case "neuroglancer_skeletons":
      return { kind: "skeleton", skeleton: skeletonsIn(await store()) };
    case ANNOTATIONS_TYPE:
      return { kind: "annotations", annotations: await Annotations.open(await store(), "", { signal }) };
    case SEGMENT_PROPERTIES_TYPE:
      return { kind: "segmentProperties", segmentProperties: propertiesIn(await store()) };
    default:
      throw new UnsupportedFormatError("Nothing that can be opened", {
        where: path,
        expected: "an info of a volume, meshes, skeletons, annotations or segment properties",
        got: JSON.stringify(type.slice(0, 100)),
      });
  }
}

/** The properties of a path: a folder of them, or those that a volume names. Undefined for a volume that names none. */
export async function openSegmentProperties(
  path: string,
  options: OpenOptions & StoreOptions = {},
): Promise<SegmentPropertiesFolder> {
  const found = await open(path, options);
  if (found.kind === "segmentProperties") return found.segmentProperties;
  if (found.kind === "volume") return found.volume.segmentProperties;
  throw new InfoError("Not segment properties", {
    where: path,
    expected: "a volume, or a folder of segment properties",
    got: found.kind,
  });
}

/** The `@type` of the info there; undefined if there is no info, or one of before there were types. */
async function typeAt(path: string, options: StoreOptions & OpenOptions): Promise<string | undefined> {
  const store = await openStore(formatPath(await parseUserPath(path, options)), options);
  const file = await readLayerFile(store, "info", options).catch((error: unknown) => {
    if (error instanceof InfoUnavailableError) return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  const info = parseJson(file.bytes, { where: store.url("info") });
  if (typeof info !== "object" || info === null || Array.isArray(info)) return undefined;
  const type = Object.hasOwn(info, "@type") ? info["@type"] : undefined;
  return typeof type === "string" ? type : undefined;
}

function skeletonsIn(store: Store): Skeletons {
  return new Skeletons({
    store,
    folder: "",
    workspace: processRuntime().workspace,
    volumeInfo: undefined,
    database: undefined,
    users: undefined,
    policy: () => ({ compression: "gzip", compressLevel: undefined, cacheControl: "no-cache" }),
    verifyWritable: () => {},
  });
}

function propertiesIn(store: Store): SegmentPropertiesFolder {
  return new SegmentPropertiesFolder({ store, folder: "", claim: () => "" });
}
