/** From an info document to the layout of one of its scales. @throws SpecViolation for a sharding that is none. */
import type { Vec3 } from "../base/strided.js";
import type { Info, ScaleInfo } from "../formats/precomputed/info.js";
import { parseSharding } from "../shards/neuroglancer-uint64/spec.js";
import type { ScaleLayout } from "./layout.js";

export function scaleLayout(info: Info, mip: number): ScaleLayout {
  const scale = info.scales[mip] as ScaleInfo;
  const {
    key,
    encoding,
    size,
    voxel_offset,
    chunk_sizes,
    compressed_segmentation_block_size,
    sharding,
    ...params
  } = scale;
  return {
    key,
    grid: {
      offset: vec3(voxel_offset ?? [0, 0, 0]),
      size: vec3(size),
      chunk: vec3(chunk_sizes[0] as number[]),
    },
    dtype: info.data_type,
    channels: info.num_channels,
    encoding,
    blockSize:
      compressed_segmentation_block_size === undefined ? undefined : vec3(compressed_segmentation_block_size),
    params: plainParams(params),
    sharding: sharding == null ? undefined : parseSharding(sharding, `sharding of ${key}`),
  };
}

function vec3(values: readonly number[]): Vec3 {
  return [values[0] as number, values[1] as number, values[2] as number];
}

/** The fields a codec may read: scalars and lists of scalars, so that the layout crosses to workers cheaply. */
function plainParams(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const scalar = (v: unknown): boolean => v === null || typeof v !== "object";
  const plain = (v: unknown): boolean => scalar(v) || (Array.isArray(v) && v.every(scalar));
  return Object.fromEntries(Object.entries(fields).filter(([, v]) => plain(v)));
}
