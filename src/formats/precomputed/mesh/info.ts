/**
 * The `info` file of a mesh folder: which of the two formats it holds. Source: neuroglancer `meshes.md`; `mip`,
 * `chunk_size` and `spatial_index` are CloudVolume's.
 */
import { InfoError } from "../../../base/errors.js";
import type { JsonObject } from "../../../base/json.js";
import {
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  orNull,
  placeOf,
  positive,
  record,
  reject,
  tuple,
  type Verify,
} from "../../../base/verify.js";
import { type Affine, IDENTITY } from "../../../geometry/mesh/index.js";

export const LEGACY = "neuroglancer_legacy_mesh";
export const MULTILOD = "neuroglancer_multilod_draco";

export type QuantizationBits = 10 | 16;

export interface MeshInfo extends JsonObject {
  "@type"?: typeof LEGACY | typeof MULTILOD;
  /** Multi-LOD: bits of a stored coordinate. */
  vertex_quantization_bits?: QuantizationBits;
  /** Three rows of four: from stored coordinates to nanometres. */
  transform?: number[];
  lod_scale_multiplier?: number;
  sharding?: JsonObject | null;
  /** CloudVolume: the level that the meshes were made of. */
  mip?: number;
  spatial_index?: SpatialIndexInfo | null;
}

export interface SpatialIndexInfo extends JsonObject {
  /** Nanometres of a cell. */
  chunk_size: [number, number, number];
  resolution?: [number, number, number];
}

const bits: Verify<QuantizationBits> = (value, place) =>
  value === 10 || value === 16 ? value : reject(place, "10 or 16", value);

const mesh = record({
  "@type": optional(oneOf([LEGACY, MULTILOD])),
  vertex_quantization_bits: optional(bits),
  transform: optional(list(number(), { min: 12, max: 12 })),
  lod_scale_multiplier: optional(number()),
  sharding: orNull(object),
  mip: optional(integer({ min: 0, max: 1023 })),
  spatial_index: orNull(record({ chunk_size: tuple(3, positive), resolution: optional(tuple(3, positive)) })),
});

/** Checks a mesh folder's info; the same object is returned, unknown members included. @throws InfoError naming the member. */
export function verifyMeshInfo(json: unknown, where: string): MeshInfo {
  const found = mesh(json, placeOf(where, InfoError)) as MeshInfo;
  if (found["@type"] === MULTILOD && found.vertex_quantization_bits === undefined)
    throw new InfoError('"vertex_quantization_bits" is missing', { where, expected: "10 or 16" });
  return found;
}

/** What holds where there is no info file. */
export function defaultMeshInfo(): MeshInfo {
  return { "@type": LEGACY, spatial_index: null };
}

export function isMultilod(info: MeshInfo): boolean {
  return info["@type"] === MULTILOD;
}

export function isSharded(info: MeshInfo): boolean {
  return info.sharding !== undefined && info.sharding !== null;
}

/** The level that the meshes were made of: the info's, else the one in igneous' name of the folder, `mesh_mip_N_…`. */
export function meshMip(info: MeshInfo, folder: string): number | undefined {
  if (info.mip !== undefined) return info.mip;
  const named = /mesh_mip_(\d+)/.exec(folder)?.[1];
  return named === undefined ? undefined : Number(named);
}

export function transformOf(info: MeshInfo): Affine {
  return info.transform ?? IDENTITY;
}

/** An info's members of the multi-resolution format, for a volume of this resolution. Source: CloudVolume `to_multi_resolution`. */
export function toMultilod(
  info: MeshInfo,
  vertexBits: QuantizationBits,
  resolution: readonly number[],
): void {
  const [x = 1, y = 1, z = 1] = resolution;
  info["@type"] = MULTILOD;
  info.vertex_quantization_bits = vertexBits;
  info.transform = [x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0];
  info.lod_scale_multiplier = 1;
}

/** Source: CloudVolume `to_single_resolution`. */
export function toLegacy(info: MeshInfo): void {
  info["@type"] = LEGACY;
  delete info.vertex_quantization_bits;
  delete info.transform;
  delete info.lod_scale_multiplier;
}
