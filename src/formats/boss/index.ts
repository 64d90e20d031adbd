/**
 * A channel of BOSS: its documents as one description, and the levels that they imply.
 * Sources: jhuapl-boss/boss `django/bosscore/serializers.py`; jhuapl-boss/spdb `spdb/project/resource.py` (how levels are made);
 * CloudVolume `datasource/boss/metadata.py`.
 */
import type { Abortable } from "../../base/abort.js";
import { InfoUnavailableError, UnsupportedFormatError } from "../../base/errors.js";
import { parseJson } from "../../base/json.js";
import type { Vec3 } from "../../base/strided.js";
import {
  integer,
  oneOf,
  optional,
  placeOf,
  positive,
  record,
  reject,
  text,
  tuple,
  type Verify,
} from "../../base/verify.js";
import type { Store } from "../../stores/store.js";
import { rounded } from "../array-level.js";
import { readLayerFile } from "../layer-files.js";

/** Voxels that BOSS has. */
export type BossDataType = "uint8" | "uint16" | "uint64";

export interface BossChannel {
  readonly type: "image" | "segmentation";
  readonly dtype: BossDataType;
  /** The finest level's number in requests. */
  readonly baseResolution: number;
  /** Levels that hold data: one, unless the channel has been downsampled. */
  readonly levels: number;
  /** Whether z is halved from level to level, too. */
  readonly isotropic: boolean;
  /** Nanometres of a voxel at resolution 0, and the frame's voxels there, half-open. */
  readonly voxel: Vec3;
  readonly start: Vec3;
  readonly stop: Vec3;
  /** Points in time. */
  readonly times: number;
  /** Voxels of what the service stores together, aligned at 0. */
  readonly cuboid: Vec3;
}

const UNITS = { nanometers: 1, micrometers: 1e3, millimeters: 1e6, centimeters: 1e7 } as const;
const MOST_LEVELS = 64;

const name: Verify<string> = (value, place) =>
  typeof value === "string" && /^[\w-]+$/.test(value)
    ? value
    : reject(place, "letters, digits, _ and -", value);

const experimentOf = record({
  coord_frame: name,
  num_hierarchy_levels: integer({ min: 1, max: MOST_LEVELS }),
  hierarchy_method: lower(oneOf(["anisotropic", "isotropic"])),
  num_time_samples: optional(integer({ min: 1 })),
});
const channelOf = record({
  type: lower(oneOf(["image", "annotation"])),
  datatype: text({ max: 100 }),
  base_resolution: optional(integer({ min: 0, max: MOST_LEVELS })),
});
const frame = record({
  ...{ x_start: integer(), y_start: integer(), z_start: integer() },
  ...{ x_stop: integer(), y_stop: integer(), z_stop: integer() },
  ...{ x_voxel_size: positive, y_voxel_size: positive, z_voxel_size: positive },
  voxel_unit: lower(oneOf(Object.keys(UNITS) as (keyof typeof UNITS)[])),
});
const frameOf: typeof frame = (value, place) => {
  const found = frame(value, place);
  const { x_start, x_stop, y_start, y_stop, z_start, z_stop } = found;
  if (x_start <= x_stop && y_start <= y_stop && z_start <= z_stop) return found;
  return reject(place, "a frame that begins before it ends", [
    x_start,
    y_start,
    z_start,
    x_stop,
    y_stop,
    z_stop,
  ]);
};
const downsampleOf = record({
  status: text({ max: 100 }),
  cuboid_size: optional(record({ "0": optional(tuple(3, integer({ min: 1, max: 4096 }))) })),
});

/** Reads the four documents of a channel. @throws InfoUnavailableError, InfoError, UnsupportedFormatError, AuthorizationError. */
export async function openBoss(store: Store, { signal }: Abortable = {}): Promise<BossChannel> {
  const read = async <T>(key: string, verify: Verify<T>): Promise<T> => {
    const file = await readLayerFile(store, key, { signal });
    const where = store.url(key);
    if (file !== undefined) return verify(parseJson(file.bytes, { where }), placeOf(where));
    throw new InfoUnavailableError("BOSS has no such channel", {
      where,
      expected: "boss://COLLECTION/EXPERIMENT/CHANNEL",
      fix: "Check the three names; channels are made with BOSS's own tools.",
    });
  };
  const [channel, [experiment, frame], downsample] = await Promise.all([
    read("channel", channelOf),
    read("experiment", experimentOf).then(
      async (found) => [found, await read(`coord/${found.coord_frame}`, frameOf)] as const,
    ),
    read("downsample", downsampleOf),
  ]);
  const unit = UNITS[frame.voxel_unit.toLowerCase() as keyof typeof UNITS];
  const isDownsampled = downsample.status.toUpperCase() === "DOWNSAMPLED";
  return {
    type: channel.type.toLowerCase() === "annotation" ? "segmentation" : "image",
    dtype: dataTypeOf(channel.datatype, store.url("channel")),
    baseResolution: channel.base_resolution ?? 0,
    levels: isDownsampled ? experiment.num_hierarchy_levels : 1,
    isotropic: experiment.hierarchy_method.toLowerCase() === "isotropic",
    voxel: [frame.x_voxel_size, frame.y_voxel_size, frame.z_voxel_size].map((v) =>
      rounded(v * unit),
    ) as unknown as Vec3,
    start: [frame.x_start, frame.y_start, frame.z_start],
    stop: [frame.x_stop, frame.y_stop, frame.z_stop],
    times: experiment.num_time_samples ?? 1,
    cuboid: downsample.cuboid_size?.["0"] ?? [512, 512, 16],
  };
}

export interface BossLevel {
  /** Nanometres of a voxel. */
  readonly resolution: Vec3;
  readonly offset: Vec3;
  readonly size: Vec3;
}

/** A level: the voxels that the coordinate frame's become when they are halved so often. */
export function levelOf(channel: BossChannel, mip: number): BossLevel {
  const { voxel, start, stop } = channel;
  const factor = factorOf(channel, mip);
  const each = (make: (axis: 0 | 1 | 2) => number): Vec3 => [make(0), make(1), make(2)];
  const offset = each((axis) => Math.floor(start[axis] / factor[axis]));
  return {
    resolution: each((axis) => rounded(voxel[axis] * factor[axis])),
    offset,
    size: each((axis) => Math.ceil(stop[axis] / factor[axis]) - offset[axis]),
  };
}

function factorOf({ baseResolution, isotropic }: BossChannel, mip: number): Vec3 {
  const factor = 2 ** (baseResolution + mip);
  return [factor, factor, isotropic ? factor : 1];
}

function dataTypeOf(datatype: string, where: string): BossDataType {
  const type = datatype.toLowerCase();
  if (type === "uint8" || type === "uint16" || type === "uint64") return type;
  throw new UnsupportedFormatError("BOSS cuts nothing out of channels of this data type", {
    where,
    expected: "uint8, uint16, uint64",
    got: datatype.slice(0, 100),
  });
}

/** Words that the service spells either way. */
function lower<T extends string>(verify: Verify<T>): Verify<T> {
  return (value, place) => verify(typeof value === "string" ? value.toLowerCase() : value, place);
}
