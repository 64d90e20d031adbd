/**
 * The `info` file of a Neuroglancer Precomputed volume: its type, and the check it passes before anything
 * else looks at it. Specification: neuroglancer `src/datasource/precomputed/volume.md`; fields that only
 * CloudVolume knows are marked.
 */
import { bytesPerVoxel, type DataType, isDataType } from "../../base/dtype.js";
import { InfoError } from "../../base/errors.js";
import type { ErrorClass, JsonObject, JsonValue } from "../../base/json.js";
import { product } from "../../base/strided.js";
import {
  anything,
  inside,
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  orNull,
  type Place,
  placeOf,
  positive,
  record,
  reject,
  text,
  tuple,
  type Verify,
} from "../../base/verify.js";

export type Triple = [number, number, number];
export type LayerType = "image" | "segmentation";

/** One mip. Fields not named here are kept as they are. */
export interface ScaleInfo extends JsonObject {
  /** The directory of the chunks, relative to the layer; real files leave the layer by `../`. */
  key: string;
  /** Voxels; 0 makes an empty volume. */
  size: Triple;
  /** Nanometres of a voxel. */
  resolution: Triple;
  /** Voxels; where it is missing, the origin. */
  voxel_offset?: Triple;
  /** Voxels. As in CloudVolume the first one counts. */
  chunk_sizes: Triple[];
  /** Any name opens; one without a codec fails when a chunk is read. */
  encoding: string;
  compressed_segmentation_block_size?: Triple;
  sharding?: JsonObject | null;
  /** CloudVolume: writing is refused while this is true. */
  locked?: JsonValue;
  /** CloudVolume, first scale only: boxes x0 y0 z0 x1 y1 z1 outside of which nothing is stored. */
  rois?: [number, number, number, number, number, number][] | null;
}

export interface Info extends JsonObject {
  "@type"?: string;
  type: LayerType;
  data_type: DataType;
  num_channels: number;
  scales: ScaleInfo[];
  mesh?: string | null;
  skeletons?: string | null;
  segment_properties?: string | null;
  /** CloudVolume: the cloud path where the layer lies now. */
  redirect?: string | null;
}

/** A chunk, cut to the volume, may not be larger than this when decoded. */
export const MAX_CHUNK_BYTES: number = 2 ** 31;
export const MAX_SCALES = 1024;
export const MAX_CHANNELS = 65_536;

const VOLUME = "neuroglancer_multiscale_volume";

const path = text({ max: 4096 });

const scale = record({
  key: path,
  size: tuple(3, integer({ min: 0 })),
  resolution: tuple(3, positive),
  voxel_offset: optional(tuple(3, integer())),
  chunk_sizes: list(tuple(3, integer({ min: 1 })), { min: 1, max: 64 }),
  encoding: text({ max: 256 }),
  compressed_segmentation_block_size: optional(tuple(3, integer({ min: 1, max: 65_536 }))),
  sharding: orNull(object),
  locked: optional(anything as Verify<JsonValue>),
  rois: orNull(list(tuple(6, number()), { max: 65_536 })),
});

const dataType: Verify<DataType> = (value, place) =>
  isDataType(value) ? value : reject(place, "a data type such as uint8 or uint64", value);

const info = record({
  type: oneOf(["image", "segmentation"]),
  data_type: dataType,
  num_channels: integer({ min: 1, max: MAX_CHANNELS }),
  scales: list(scale, { min: 1, max: MAX_SCALES }),
  mesh: orNull(path),
  skeletons: orNull(path),
  segment_properties: orNull(path),
  redirect: orNull(path),
});

/**
 * Checks that `json` describes a volume: every field has its type, sizes are exact integers, no chunk exceeds
 * {@link MAX_CHUNK_BYTES} when decoded. The same object is returned, unknown fields and spellings included.
 * @throws InfoError (or `error`) naming the field.
 */
export function verifyInfo(json: unknown, where: string, error: ErrorClass = InfoError): Info {
  const place = placeOf(where, error);
  const kind = object(json, place)["@type"];
  if (kind !== undefined && kind !== VOLUME) reject(inside(place, "@type"), `"${VOLUME}", or none`, kind);
  const found: Info = info(json, place);
  const bytes = found.num_channels * bytesPerVoxel(found.data_type);
  found.scales.forEach((s, mip) => {
    verifyExtent(s, bytes, inside(inside(place, "scales"), mip));
  });
  return found;
}

function verifyExtent(s: ScaleInfo, bytesPerPoint: number, place: Place): void {
  const offset = s.voxel_offset ?? [0, 0, 0];
  for (let axis = 0; axis < 3; axis++) {
    const end = offset[axis]! + s.size[axis]!;
    if (!Number.isSafeInteger(end)) reject(inside(place, "size"), "an end below 2^53", end);
  }
  for (const [i, chunk] of s.chunk_sizes.entries()) {
    const bytes = product(chunk.map((n, axis) => Math.min(n, Math.max(s.size[axis]!, 1)))) * bytesPerPoint;
    if (bytes > MAX_CHUNK_BYTES) {
      reject(inside(inside(place, "chunk_sizes"), i), `chunks of at most ${MAX_CHUNK_BYTES} bytes`, bytes);
    }
  }
}
