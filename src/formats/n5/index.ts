/** Opens N5: a plain dataset, or a group whose datasets are its levels. */
import type { Abortable } from "../../base/abort.js";
import { InfoError, InfoUnavailableError } from "../../base/errors.js";
import { type JsonObject, parseJson } from "../../base/json.js";
import { object, type Place, placeOf } from "../../base/verify.js";
import type { Store } from "../../stores/store.js";
import { type ArrayLayer, type ArrayLevel, levelSize } from "../array-level.js";
import { readLayerFile } from "../layer-files.js";
import { isDataset, readDataset } from "./dataset.js";
import { coarser, numbers, objectOf, ofTransform, type Scale, scaleOf } from "./place.js";

const FILE = "attributes.json";
const MOST_LEVELS = 64;
const UNKNOWN: Scale = { resolution: [1, 1, 1], offset: [0, 0, 0] };

/** @throws InfoUnavailableError where there is no dataset, InfoError, UnsupportedFormatError. */
export async function openN5(store: Store, { signal }: Abortable = {}): Promise<ArrayLayer> {
  const read = async (key: string): Promise<{ json: JsonObject; place: Place } | undefined> => {
    const file = await readLayerFile(store, key, { signal });
    if (file === undefined) return undefined;
    const place = placeOf(store.url(key));
    return { json: object(parseJson(file.bytes, { where: place.where }), place), place };
  };
  const root = await read(FILE);
  if (root !== undefined && isDataset(root.json)) {
    const level = readDataset(root.json, "", scaleOf(root.json) ?? UNKNOWN, root.place);
    return { format: "n5", levels: [level], attributes: root.json };
  }
  const attributes = root?.json ?? {};
  const paths = listedPaths(attributes);
  const levels: ArrayLevel[] = [];
  for (let i = 0; i < (paths?.length ?? MOST_LEVELS); i++) {
    const path = paths?.[i] ?? { key: `s${i}`, scale: undefined };
    const found = await read(`${path.key}/${FILE}`);
    if (found === undefined || !isDataset(found.json)) break; // Fewer levels than listed happens.
    const scale = path.scale ?? levelScale(attributes, found.json, i, levels[0]);
    levels.push(readDataset(found.json, path.key, scale, found.place));
  }
  const [first] = levels;
  if (first !== undefined) return { format: "n5", levels: alike(levels, store.url(FILE)), attributes };
  throw new InfoUnavailableError("There is no N5 dataset", {
    where: store.url(""),
    expected: "attributes.json with dimensions and blockSize, here or in s0",
    fix: "Check the path; it names the folder of a dataset or of its levels.",
  });
}

/** COSEM: the group lists its datasets, each with its transform. */
function listedPaths(attributes: JsonObject): { key: string; scale: Scale | undefined }[] | undefined {
  const [first] = Array.isArray(attributes.multiscales) ? attributes.multiscales : [];
  const datasets = objectOf(first)?.datasets;
  if (!Array.isArray(datasets) || datasets.length > MOST_LEVELS) return undefined;
  const paths = datasets.map((d) => {
    const found = objectOf(d);
    const transform = objectOf(found?.transform);
    const key = typeof found?.path === "string" ? found.path.replace(/^\/+|\/+$/g, "") : "";
    return { key, scale: transform && ofTransform(transform) };
  });
  return paths.every(({ key }) => key !== "") ? paths : undefined;
}

/** A level's own attributes, else the group's with the level's factors, else the ratio of sizes to the finest. */
function levelScale(group: JsonObject, json: JsonObject, mip: number, finest: ArrayLevel | undefined): Scale {
  const listed = Array.isArray(group.downsamplingFactors) ? group.downsamplingFactors : group.scales;
  const factors =
    numbers(json.downsamplingFactors) ?? numbers(Array.isArray(listed) ? listed[mip] : undefined);
  const base = scaleOf(group);
  if (base !== undefined && factors !== undefined) return coarser(base, factors);
  const own = scaleOf(json);
  if (own !== undefined && finest === undefined) return own;
  // Some writers repeat the finest resolution in every level.
  if (own !== undefined && !own.resolution.every((r, i) => r === finest?.resolution[i])) return own;
  const start =
    base ?? (finest === undefined ? undefined : { resolution: finest.resolution, offset: finest.offset });
  if (start === undefined) return UNKNOWN;
  if (factors !== undefined) return coarser(start, factors);
  const sides = finest?.shape ?? [];
  const own3 = numbers(json.dimensions) ?? [];
  return coarser(
    start,
    [0, 1, 2].map((i) => Math.max(1, Math.round((sides[i] ?? 1) / Math.max(1, own3[i] ?? 1)))),
  );
}

function alike(levels: ArrayLevel[], where: string): ArrayLevel[] {
  const [first] = levels as [ArrayLevel];
  for (const level of levels)
    if (level.dtype !== first.dtype || levelSize(level)[3] !== levelSize(first)[3])
      throw new InfoError("The levels of an image differ in data type or channels", {
        where,
        got: level.key,
      });
  return levels;
}
