/** The info document of a folder of skeletons. Source: Neuroglancer's skeletons.md, CloudVolume's `skeleton/metadata`. */
import { type DataType, isDataType } from "../../../base/dtype.js";
import type { JsonObject } from "../../../base/json.js";
import {
  inside,
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  orNull,
  placeOf,
  record,
  reject,
  text,
  type Verify,
} from "../../../base/verify.js";
import { type AttributeSpec, DEFAULT_ATTRIBUTES, IDENTITY } from "../../../geometry/skeleton/parts.js";
import { type SpatialIndexInfo, spatialIndexInfo } from "../spatial-index/info.js";

export interface VertexAttributeInfo extends JsonObject {
  id: string;
  data_type: DataType;
  num_components: number;
}

/** A verified document, with its own names; members that are not named here stay as they are. */
export interface SkeletonInfo extends JsonObject {
  "@type"?: string;
  /** 12 numbers in rows of 4: stored to physical coordinates. */
  transform?: number[];
  vertex_attributes?: VertexAttributeInfo[];
  sharding?: JsonObject | null;
  spatial_index?: SpatialIndexInfo | null;
  mip?: number | null;
}

const MAX_ATTRIBUTES = 1024;
const MAX_COMPONENTS = 65_536;

const dataType: Verify<DataType> = (value, place) =>
  isDataType(value) ? value : reject(place, "a data type such as float32 or uint8", value);

const info = record({
  "@type": optional(oneOf(["neuroglancer_skeletons"])),
  transform: optional(list(number(), { min: 12, max: 12 })),
  vertex_attributes: optional(
    list(
      record({
        id: text({ max: 1024 }),
        data_type: dataType,
        num_components: integer({ min: 1, max: MAX_COMPONENTS }),
      }),
      { max: MAX_ATTRIBUTES },
    ),
  ),
  sharding: orNull(object),
  spatial_index: orNull(spatialIndexInfo),
  mip: orNull(integer({ min: 0, max: 1023 })),
});

/** @throws InfoError naming the field. */
export function verifySkeletonInfo(json: unknown, where: string): SkeletonInfo {
  const place = placeOf(where);
  const found = info(json, place) as SkeletonInfo;
  const ids = (found.vertex_attributes ?? []).map((a) => a.id);
  const twice = ids.findIndex((id, i) => ids.indexOf(id) !== i);
  if (twice >= 0) reject(inside(inside(place, "vertex_attributes"), twice), "each id once", ids[twice]);
  return found;
}

/** What counts where there is no info file. */
export function defaultSkeletonInfo(): SkeletonInfo {
  return {
    "@type": "neuroglancer_skeletons",
    transform: [...IDENTITY],
    vertex_attributes: DEFAULT_ATTRIBUTES.map(attributeInfo),
    sharding: null,
    spatial_index: null,
  };
}

export function attributeInfo({
  id,
  dataType: data_type,
  numComponents,
}: AttributeSpec): VertexAttributeInfo {
  return { id, data_type, num_components: numComponents };
}

/** The attributes that follow the edges in each file. */
export function attributesOf({ vertex_attributes = [] }: SkeletonInfo): AttributeSpec[] {
  return vertex_attributes.map((a) => ({ id: a.id, dataType: a.data_type, numComponents: a.num_components }));
}

export function transformOf({ transform }: SkeletonInfo): Float32Array {
  return Float32Array.from(transform ?? IDENTITY);
}

/** The level that skeletons were made from: as the info says, else by the folder's name `skeletons_mip_N`. */
export function skeletonMip({ mip }: SkeletonInfo, folder: string): number | undefined {
  if (typeof mip === "number") return mip;
  const named = /skeletons_mip_(\d{1,4})/.exec(folder)?.[1];
  return named === undefined ? undefined : Number(named);
}

/** As it is stored: without a `sharding` that is null. */
export function storedForm(document: SkeletonInfo): JsonObject {
  const { sharding, ...rest } = document;
  return sharding === null || sharding === undefined ? rest : { ...rest, sharding };
}
