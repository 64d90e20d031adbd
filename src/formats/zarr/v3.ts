/** The `zarr.json` of a Zarr 3 array. */
import { type DataType, isDataType } from "../../base/dtype.js";
import { UnsupportedFormatError } from "../../base/errors.js";
import type { JsonObject } from "../../base/json.js";
import {
  anything,
  inside,
  integer,
  list,
  object,
  oneOf,
  optional,
  orNull,
  type Place,
  record,
  reject,
  text,
  type Verify,
} from "../../base/verify.js";
import { type ArrayLevel, type ChunkNames, checkLevel, defaultAxes, namedAxes } from "../array-level.js";
import { readFill } from "../fill-value.js";
import { readCodecs } from "./codecs-v3.js";
import type { Placed } from "./v2.js";

const MOST_AXES = 5;
const array = record({
  shape: list(integer({ min: 0 }), { min: 2, max: MOST_AXES }),
  data_type: anything as Verify<unknown>,
  chunk_grid: record({
    name: text(),
    configuration: record({ chunk_shape: list(integer({ min: 1 }), { min: 2, max: MOST_AXES }) }),
  }),
  chunk_key_encoding: anything as Verify<unknown>,
  codecs: list(anything, { min: 1, max: 64 }),
  dimension_names: orNull(list(anything as Verify<unknown>, { max: MOST_AXES })),
  storage_transformers: orNull(list(anything, { max: 64 })),
});
const KNOWN = new Set([
  "zarr_format",
  "node_type",
  "shape",
  "data_type",
  "chunk_grid",
  "chunk_key_encoding",
  "fill_value",
  "codecs",
  "attributes",
  "dimension_names",
  "storage_transformers",
  "consolidated_metadata",
]);

/** @throws InfoError for metadata that are not as specified, UnsupportedFormatError for what is unknown here. */
export function readZarr3(
  json: JsonObject,
  { key, axes, resolution, offset }: Placed,
  place: Place,
): ArrayLevel {
  if (json.zarr_format !== 3) reject(inside(place, "zarr_format"), "3", json.zarr_format);
  if (json.node_type !== "array") reject(inside(place, "node_type"), "array", json.node_type);
  const found = array(json, place);
  refuseExtensions(found, place);
  const rank = found.shape.length;
  const chunk = found.chunk_grid.configuration.chunk_shape;
  if (found.chunk_grid.name !== "regular")
    throw new UnsupportedFormatError("Only regular chunk grids can be read", {
      where: place.where,
      got: found.chunk_grid.name,
    });
  if (chunk.length !== rank) reject(inside(place, "chunk_grid"), `${rank} sides`, chunk);
  if (axes !== undefined && axes.length !== rank)
    reject(inside(place, "shape"), `${axes.length} axes`, found.shape);
  const dtype = dataType(found.data_type, place);
  const codecs = readCodecs(found.codecs, chunk, inside(place, "codecs"));
  const shard = "sharding" in codecs ? codecs.sharding : undefined;
  const { steps, bigEndian, chain } = "sharding" in codecs ? codecs.sharding.inner : codecs.pipeline;
  const names = found.dimension_names?.map((n) => (typeof n === "string" ? n : null));
  return checkLevel(
    {
      key,
      shape: found.shape,
      chunk: shard?.chunk ?? chunk,
      axes: axes ?? namedAxes(names ?? []) ?? defaultAxes(rank),
      steps,
      dtype,
      bigEndian,
      chain,
      fill: readFill(json, "fill_value", dtype, inside(place, "fill_value")),
      names: chunkNames(found.chunk_key_encoding, inside(place, "chunk_key_encoding")),
      codec: "zarr",
      shard: shard && { shape: chunk, location: shard.location, checksum: shard.checksum },
      resolution: resolution ?? [1, 1, 1],
      offset: offset ?? [0, 0, 0],
      encoding: chain.findLast(({ name }) => name !== "crc32c")?.name ?? "raw",
    },
    place.where,
  );
}

/** A field that is not known may be passed over only if it says so. */
function refuseExtensions(
  found: JsonObject & { storage_transformers?: unknown[] | null },
  place: Place,
): void {
  if ((found.storage_transformers?.length ?? 0) > 0)
    throw new UnsupportedFormatError("Storage transformers cannot be read", {
      where: place.where,
      got: JSON.stringify(found.storage_transformers).slice(0, 200),
    });
  for (const [name, value] of Object.entries(found)) {
    const ignorable =
      typeof value === "object" && value !== null && (value as JsonObject).must_understand === false;
    if (KNOWN.has(name) || ignorable) continue;
    throw new UnsupportedFormatError("The array has an extension that is not known here", {
      where: place.where,
      got: name,
    });
  }
}

function dataType(value: unknown, place: Place): DataType {
  if (isDataType(value)) return value;
  throw new UnsupportedFormatError("This data type cannot be opened", {
    where: place.where,
    expected: "bool, integers of 8 to 64 bits, float32 or float64",
    got: JSON.stringify(value)?.slice(0, 200) ?? "nothing",
  });
}

function chunkNames(value: unknown, place: Place): ChunkNames {
  const { name, configuration = {} } =
    typeof value === "string"
      ? { name: value }
      : record({ name: text(), configuration: optional(object) })(value, place);
  const separator = oneOf([".", "/"]);
  const at = inside(place, "configuration.separator");
  if (name === "default") {
    const by = configuration.separator === undefined ? "/" : separator(configuration.separator, at);
    return { prefix: `c${by}`, separator: by };
  }
  if (name === "v2")
    return {
      prefix: "",
      separator: configuration.separator === undefined ? "." : separator(configuration.separator, at),
    };
  return reject(inside(place, "name"), "default or v2", name);
}
