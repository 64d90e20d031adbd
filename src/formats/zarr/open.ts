/** Which arrays a Zarr layer consists of: a plain array, an OME image, or a group whose arrays are its levels. */
import type { Abortable } from "../../base/abort.js";
import { InfoError, InfoUnavailableError } from "../../base/errors.js";
import { type JsonObject, parseJson } from "../../base/json.js";
import { object, type Place, placeOf } from "../../base/verify.js";
import type { Store } from "../../stores/store.js";
import { type ArrayLayer, type ArrayLevel, levelSize, namedAxes } from "../array-level.js";
import { readLayerFile } from "../layer-files.js";
import { type OmeImage, readOme } from "../ome.js";
import { type Placed, readZarr2 } from "./v2.js";
import { readZarr3 } from "./v3.js";

export interface OpenZarrOptions extends Abortable {
  /** Undefined: whichever there is, version 3 first. */
  readonly version?: 2 | 3 | undefined;
}

/** @throws InfoUnavailableError where there is no Zarr layer, InfoError, UnsupportedFormatError. */
export async function openZarr(store: Store, options: OpenZarrOptions = {}): Promise<ArrayLayer> {
  const { version, signal } = options;
  const v3 = version === 2 ? undefined : await readV3(store, { signal });
  const layer = v3 ?? (version === 3 ? undefined : await readV2(store, { signal }));
  if (layer !== undefined) return layer;
  throw new InfoUnavailableError("There is no Zarr array or image", {
    where: store.url(""),
    expected:
      version === 3 ? "zarr.json" : version === 2 ? ".zarray or .zgroup" : "zarr.json, .zarray or .zgroup",
    fix: "Check the path; it names the folder that holds that file.",
  });
}

/** Reads one JSON file, or finds it among consolidated ones. */
type Files = (key: string) => Promise<JsonObject | undefined>;

function filesOf(store: Store, { signal }: Abortable): Files {
  return async (key) => {
    const file = await readLayerFile(store, key, { signal });
    if (file === undefined) return undefined;
    return object(parseJson(file.bytes, { where: store.url(key) }), placeOf(store.url(key)));
  };
}

function under(key: string, name: string): string {
  return key === "" ? name : `${key}/${name}`;
}

async function readV3(store: Store, options: Abortable): Promise<ArrayLayer | undefined> {
  const files = filesOf(store, options);
  const root = await files("zarr.json");
  if (root === undefined) return undefined;
  const place = placeOf(store.url("zarr.json"));
  const attributes = object(root.attributes ?? {}, place);
  if (root.node_type === "array")
    return layerOf("zarr3", [readZarr3(root, { key: "" }, place)], attributes, place);
  const consolidated = (root.consolidated_metadata as JsonObject | null | undefined)?.metadata as
    | JsonObject
    | undefined;
  const image = readOme(attributes, place);
  const level = async (placed: Placed): Promise<ArrayLevel | undefined> => {
    const file = under(placed.key, "zarr.json");
    const json = (consolidated?.[placed.key] as JsonObject | undefined) ?? (await files(file));
    if (json === undefined || json.node_type !== "array") return undefined;
    return readZarr3(json, placed, placeOf(store.url(file)));
  };
  return layerOf("zarr3", await levelsOf(store, image, level, place), attributes, place);
}

async function readV2(store: Store, options: Abortable): Promise<ArrayLayer | undefined> {
  const direct = filesOf(store, options);
  const [array, group, attrs] = await Promise.all([direct(".zarray"), direct(".zgroup"), direct(".zattrs")]);
  const attributes = attrs ?? {};
  if (array !== undefined) {
    const place = placeOf(store.url(".zarray"));
    const level = readZarr2(array, { key: "", axes: xarrayAxes(attributes, array) }, place);
    return layerOf("zarr2", [level], attributes, place);
  }
  if (group === undefined && attributes.multiscales === undefined) return undefined;
  const place = placeOf(store.url(".zattrs"));
  const consolidated = (await direct(".zmetadata"))?.metadata as JsonObject | undefined;
  const files: Files = async (key) => (consolidated?.[key] as JsonObject | undefined) ?? (await direct(key));
  const image = readOme(attributes, place);
  const level = async (placed: Placed): Promise<ArrayLevel | undefined> => {
    const file = under(placed.key, ".zarray");
    const json = await files(file);
    if (json === undefined) return undefined;
    const axes = placed.axes ?? xarrayAxes((await files(under(placed.key, ".zattrs"))) ?? {}, json);
    return readZarr2(json, { ...placed, axes }, placeOf(store.url(file)));
  };
  return layerOf("zarr2", await levelsOf(store, image, level, place), attributes, place);
}

/** The axes that xarray and others name in the attributes. */
function xarrayAxes(attributes: JsonObject, array: JsonObject): Placed["axes"] {
  const names = attributes._ARRAY_DIMENSIONS;
  if (!Array.isArray(names) || !Array.isArray(array.shape) || names.length !== array.shape.length)
    return undefined;
  return namedAxes(names.map((n) => (typeof n === "string" ? n : null)));
}

/** Names of levels in groups that do not say which they are. */
const LEVEL_NAMES = [(i: number) => String(i), (i: number) => `s${i}`];
const MOST_LEVELS = 64;

async function levelsOf(
  store: Store,
  image: OmeImage | undefined,
  level: (placed: Placed) => Promise<ArrayLevel | undefined>,
  place: Place,
): Promise<ArrayLevel[]> {
  if (image !== undefined) {
    const { axes, datasets } = image;
    return await Promise.all(
      datasets.map(async ({ path, resolution, offset }) => {
        const found = await level({ key: path, axes, resolution, offset });
        if (found !== undefined) return found;
        throw new InfoUnavailableError("A level that the image lists is missing", { where: store.url(path) });
      }),
    );
  }
  for (const name of LEVEL_NAMES) {
    const found: ArrayLevel[] = [];
    for (let i = 0; i < MOST_LEVELS; i++) {
      const one = await level({ key: name(i) });
      if (one === undefined) break;
      found.push(found[0] === undefined ? one : { ...one, resolution: ratioResolution(found[0], one) });
    }
    if (found.length > 0) return found;
  }
  throw new InfoUnavailableError("A Zarr group holds no image", {
    where: place.where,
    expected: "an array, an OME-Zarr image (multiscales), or arrays named 0, 1, … or s0, s1, …",
    fix: "Open one of the group's arrays by its own path.",
  });
}

/** Without metadata: levels are as much coarser as they have fewer voxels. */
function ratioResolution(finest: ArrayLevel, level: ArrayLevel): ArrayLevel["resolution"] {
  const [a, b] = [levelSize(finest), levelSize(level)];
  return finest.resolution.map(
    (r, i) => r * Math.max(1, Math.round(a[i]! / Math.max(1, b[i]!))),
  ) as unknown as ArrayLevel["resolution"];
}

function layerOf(
  format: "zarr2" | "zarr3",
  levels: readonly ArrayLevel[],
  attributes: JsonObject,
  place: Place,
): ArrayLayer {
  const [first] = levels as [ArrayLevel];
  for (const level of levels) {
    if (level.dtype === first.dtype && levelSize(level)[3] === levelSize(first)[3]) continue;
    throw new InfoError("The levels of an image differ in data type or channels", {
      where: place.where,
      expected: `${first.dtype}, ${levelSize(first)[3]} channels`,
      got: `${level.dtype}, ${levelSize(level)[3]} channels (${level.key})`,
    });
  }
  return { format, levels, attributes };
}
