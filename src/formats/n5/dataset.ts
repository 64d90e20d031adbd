/** The `attributes.json` of one dataset. */
import { type DataType, isDataType } from "../../base/dtype.js";
import { UnsupportedFormatError } from "../../base/errors.js";
import type { JsonObject } from "../../base/json.js";
import { fortranStride, type Vec3 } from "../../base/strided.js";
import { inside, integer, list, object, type Place, record, reject, text } from "../../base/verify.js";
import type { ByteCodecConfig } from "../../codecs/byte-chain.js";
import { type ArrayLevel, type AxisName, checkLevel, namedAxes } from "../array-level.js";

const MOST_AXES = 5;
const dataset = record({
  dimensions: list(integer({ min: 0 }), { min: 2, max: MOST_AXES }),
  blockSize: list(integer({ min: 1 }), { min: 2, max: MOST_AXES }),
  dataType: text({ max: 100 }),
});

/** Whether attributes describe a dataset. */
export function isDataset(json: JsonObject): boolean {
  return json.dimensions !== undefined && json.blockSize !== undefined;
}

/** N5's names of compressions, as byte codecs. */
const CODECS: Readonly<Record<string, string | undefined>> = {
  gzip: "gzip",
  bzip2: "bz2",
  xz: "lzma",
  lz4: "lz4-block",
  blosc: "blosc",
  zstd: "zstd",
  zlib: "zlib",
};

/** @throws InfoError, UnsupportedFormatError for types and compressions unknown here. */
export function readDataset(
  json: JsonObject,
  key: string,
  scale: { readonly resolution: Vec3; readonly offset: Vec3 },
  place: Place,
): ArrayLevel {
  const found = dataset(json, place);
  const rank = found.dimensions.length;
  if (found.blockSize.length !== rank) reject(inside(place, "blockSize"), `${rank} sides`, found.blockSize);
  if (!isDataType(found.dataType) || found.dataType === "bool")
    throw new UnsupportedFormatError("This data type cannot be opened", {
      where: place.where,
      expected: "integers of 8 to 64 bits, float32 or float64",
      got: found.dataType,
    });
  const chain = compression(json, place);
  return checkLevel(
    {
      key,
      shape: found.dimensions,
      chunk: found.blockSize,
      axes: axesOf(json, rank),
      steps: fortranStride(found.blockSize),
      dtype: found.dataType as DataType,
      bigEndian: true,
      chain,
      fill: 0,
      names: { prefix: "", separator: "/" },
      codec: "n5",
      ...scale,
      encoding: chain[0]?.name ?? "raw",
    },
    place.where,
  );
}

function compression(json: JsonObject, place: Place): ByteCodecConfig[] {
  // Before version 1.0 a name alone.
  const found =
    json.compression === undefined
      ? { type: json.compressionType ?? "raw" }
      : object(json.compression, inside(place, "compression"));
  const type = text({ max: 100 })(found.type, inside(place, "compression.type"));
  if (type === "raw") return [];
  const name = CODECS[type];
  if (name === undefined)
    throw new UnsupportedFormatError("This compression is not known", {
      where: place.where,
      expected: `raw, ${Object.keys(CODECS).join(", ")}`,
      got: type,
    });
  const { type: _, ...options } = found;
  return [{ ...options, name }];
}

/** The first axis is the fastest: x, y, z, then channels and time, unless the attributes name them. */
function axesOf(json: JsonObject, rank: number): AxisName[] {
  const usual = (["x", "y", "z", "c", "t"] as const).slice(0, rank);
  const own = names(json.axes);
  if (own?.length === rank) return namedAxes(own) ?? usual;
  // COSEM's `transform` names them the other way round, the slowest first.
  const transform = json.transform;
  const theirs =
    typeof transform === "object" && transform !== null ? names((transform as JsonObject).axes) : undefined;
  return theirs?.length === rank ? (namedAxes(theirs.toReversed()) ?? usual) : usual;
}

function names(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.every((v) => typeof v === "string") ? (value as string[]) : undefined;
}
