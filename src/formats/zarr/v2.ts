/** The `.zarray` of Zarr 2. */
import { InfoError, UnsupportedFormatError } from "../../base/errors.js";
import type { JsonObject } from "../../base/json.js";
import { cStride, fortranStride, type Vec3 } from "../../base/strided.js";
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
import { type ByteCodecConfig, checkByteCodec, numpyType } from "../../codecs/byte-chain.js";
import { type ArrayLevel, type AxisName, checkLevel, defaultAxes } from "../array-level.js";
import { readFill } from "../fill-value.js";

const MOST_AXES = 5;
const sides = list(integer({ min: 0 }), { min: 2, max: MOST_AXES });
const zarray = record({
  zarr_format: anything as Verify<unknown>,
  shape: sides,
  chunks: list(integer({ min: 1 }), { min: 2, max: MOST_AXES }),
  dtype: anything as Verify<unknown>,
  compressor: orNull(object),
  filters: orNull(list(object, { max: 16 })),
  order: oneOf(["C", "F"]),
  fill_value: optional(anything as Verify<unknown>),
  dimension_separator: optional(oneOf([".", "/"])),
});

export interface Placed {
  readonly key: string;
  readonly axes?: readonly AxisName[] | undefined;
  readonly resolution?: Vec3 | undefined;
  readonly offset?: Vec3 | undefined;
}

/** @throws InfoError for metadata that are not as specified, UnsupportedFormatError for types and codecs unknown here. */
export function readZarr2(
  json: JsonObject,
  { key, axes, resolution, offset }: Placed,
  place: Place,
): ArrayLevel {
  if (json.zarr_format !== 2) reject(inside(place, "zarr_format"), "2", json.zarr_format);
  const found = zarray(json, place);
  const rank = found.shape.length;
  if (found.chunks.length !== rank) reject(inside(place, "chunks"), `${rank} sides`, found.chunks);
  if (axes !== undefined && axes.length !== rank)
    reject(inside(place, "shape"), `${axes.length} axes`, found.shape);
  const { dtype, bigEndian } = typeOf(found.dtype, place);
  const filters = (found.filters ?? []).map((f) => codecOf(f, place));
  const chain = found.compressor ? [...filters, codecOf(found.compressor, place)] : filters;
  return checkLevel(
    {
      key,
      shape: found.shape,
      chunk: found.chunks,
      axes: axes ?? defaultAxes(rank),
      steps: found.order === "C" ? cStride(found.chunks) : fortranStride(found.chunks),
      dtype,
      bigEndian,
      chain,
      fill: readFill(json, "fill_value", dtype, inside(place, "fill_value")),
      names: { prefix: "", separator: found.dimension_separator ?? "." },
      codec: "zarr",
      resolution: resolution ?? [1, 1, 1],
      offset: offset ?? [0, 0, 0],
      encoding: chain.at(-1)?.name ?? "raw",
    },
    place.where,
  );
}

function typeOf(value: unknown, place: Place): ReturnType<typeof numpyType> {
  try {
    return numpyType(value);
  } catch (error) {
    throw new UnsupportedFormatError("This data type cannot be opened", {
      where: place.where,
      expected: "bool, integers of 8 to 64 bits, float32 or float64",
      got: JSON.stringify(value) ?? "nothing",
      cause: error,
    });
  }
}

/** numcodecs' configuration: `id` and options. */
function codecOf(json: JsonObject, place: Place): ByteCodecConfig {
  const id = text({ max: 100 })(json.id, inside(place, "compressor.id"));
  checkByteCodec(id, place.where);
  const { id: _, ...options } = json;
  if (JSON.stringify(options).length > 10_000)
    throw new InfoError("A codec's options are too long", { where: place.where });
  return { ...options, name: id };
}
