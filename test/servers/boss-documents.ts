/**
 * The documents of the fake BOSS, as jhuapl-boss/boss `django/bosscore/serializers.py` and `bossspatialdb/views.py` make them; sizes
 * of levels from jhuapl-boss/spdb `project/resource.py`.
 */
import type { BossType } from "./boss-voxels.js";

export type Three = readonly [number, number, number];

export interface FakeChannel {
  readonly type: "image" | "annotation";
  readonly datatype: BossType | "uint32";
  readonly public?: boolean;
  readonly base_resolution?: number;
  readonly downsample_status?: string;
}

export interface FakeExperiment {
  readonly start: Three;
  readonly stop: Three;
  readonly voxel: Three;
  readonly unit: string;
  readonly levels: number;
  readonly method: "isotropic" | "anisotropic";
  readonly times?: number;
  readonly channels: Readonly<Record<string, FakeChannel>>;
}

export function frameName(experiment: string): string {
  return `${experiment.replace("/", "-")}-frame`;
}

export function frameDocument(name: string, { start, stop, voxel, unit }: FakeExperiment): unknown {
  const each = (suffix: string, values: Three): [string, number][] =>
    ["x", "y", "z"].map((axis, i) => [`${axis}_${suffix}`, values[i]!]);
  const fields = [...each("start", start), ...each("stop", stop), ...each("voxel_size", voxel)];
  return { name, description: "", ...Object.fromEntries(fields), voxel_unit: unit };
}

export function experimentDocument(collection: string, name: string, experiment: FakeExperiment): unknown {
  const { channels, levels, method, times = 1 } = experiment;
  return {
    channels: Object.keys(channels),
    ...{ name, public: false, description: "", collection, coord_frame: frameName(`${collection}/${name}`) },
    ...{ num_hierarchy_levels: levels, hierarchy_method: method, num_time_samples: times },
    ...{ time_step: 0, time_step_unit: "seconds", creator: "someone" },
  };
}

export function channelDocument(
  experiment: string,
  name: string,
  channel: FakeChannel,
  status: string,
): unknown {
  const { type, datatype, base_resolution = 0 } = channel;
  return {
    ...{ name, public: channel.public === true, description: "", experiment, default_time_sample: 0 },
    ...{ type, base_resolution, datatype, creator: "someone", sources: [], downsample_status: status },
    ...{ related: [], storage_type: "spdb", bucket: null, cv_path: null },
  };
}

export function downsampleDocument(
  { levels, method, voxel, stop }: FakeExperiment,
  status: string,
  cuboid: Three,
): unknown {
  const perLevel = (make: (factor: number, axis: number) => number): unknown =>
    Object.fromEntries(
      Array.from({ length: levels }, (_, res) => [
        String(res),
        [0, 1, 2].map((axis) => make(axis === 2 && method === "anisotropic" ? 1 : 2 ** res, axis)),
      ]),
    );
  return {
    status,
    num_hierarchy_levels: levels,
    voxel_size: perLevel((factor, axis) => voxel[axis]! * factor),
    extent: perLevel((factor, axis) => Math.ceil(stop[axis]! / factor)),
    cuboid_size: perLevel((_, axis) => cuboid[axis]!),
  };
}
