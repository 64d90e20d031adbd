/** Zarr and N5 layers as a volume sees them: their levels as the scales of an info document. */
import type { Abortable } from "../base/abort.js";
import { toVoxel, type Voxel } from "../base/dtype.js";
import { OutOfBoundsError, UnsupportedFormatError } from "../base/errors.js";
import type { Vec3 } from "../base/strided.js";
import {
  type ArrayLayer,
  type ArrayLevel,
  levelChunk,
  levelSize,
  levelTimes,
  nameParts,
  reshaped,
  storedArray,
} from "../formats/array-level.js";
import { writeLayerFile } from "../formats/layer-files.js";
import { n5Files } from "../formats/n5/create.js";
import { type ArrayOptions, newLevel } from "../formats/new-level.js";
import type { Info, ScaleInfo } from "../formats/precomputed/info.js";
import { zarrFiles } from "../formats/zarr/create.js";
import type { Store } from "../stores/store.js";
import type { ArrayChunks } from "./array-chunks.js";
import { ForeignMetadata } from "./foreign-metadata.js";
import type { LayerMetadata } from "./layer-metadata.js";
import type { ScaleLayout } from "./layout.js";

export interface ArrayMetadataOptions {
  readonly store: Store;
  readonly cloudpath: string;
  /** Reads the layer anew. */
  readonly reread: (options: Abortable) => Promise<ArrayLayer>;
  /** How chunks of new levels are stored. */
  readonly array?: ArrayOptions | undefined;
}

export class ArrayMetadata extends ForeignMetadata implements LayerMetadata {
  #layer: ArrayLayer;
  readonly #options: ArrayMetadataOptions;

  constructor(layer: ArrayLayer, options: ArrayMetadataOptions, info: Info = infoOf(layer)) {
    super(options.store, options.cloudpath, info);
    this.#options = options;
    this.#layer = layer;
  }

  get format(): ArrayLayer["format"] {
    return this.#layer.format;
  }

  /** What the arrays' metadata say. */
  get layer(): ArrayLayer {
    return this.#layer;
  }

  /** The value of what is not stored, by the format's rule. */
  get missing(): Voxel {
    const first = this.#layer.levels[0];
    return first?.fill ?? toVoxel(this.#options.array?.fillValue ?? 0, this.info.data_type);
  }

  override async fetchInfo(options: Abortable = {}): Promise<Info> {
    return infoOf(await this.#options.reread(options));
  }

  override async refreshInfo(options: Abortable = {}): Promise<Info> {
    this.#layer = await this.#options.reread(options);
    return this.keep(infoOf(this.#layer));
  }

  /** Writes the metadata of the group and of each level. Levels that are new get the chunks of the finest one. */
  async commitInfo({ signal }: Abortable = {}): Promise<void> {
    this.verifyWritable();
    const levels = this.info.scales.map((scale) => this.#levelOf(scale));
    if (levels.some(({ key }) => key === ""))
      throw new UnsupportedFormatError("A plain array has no place for changes of its metadata", {
        where: this.cloudpath,
        fix: "Create a layer (a group with levels) and transfer into it.",
      });
    this.#layer = { ...this.#layer, levels };
    for (const [i, level] of levels.entries()) this.info.scales[i]!.encoding = level.encoding;
    const name = this.cloudpath.split("/").at(-1) ?? "";
    const files = this.format === "n5" ? n5Files(this.#layer) : zarrFiles(this.#layer, name);
    // The levels first: who finds the group finds them.
    for (const [key, json] of [...files].reverse()) await writeLayerFile(this.store, key, json, { signal });
  }

  /** @throws OutOfBoundsError for a time that the array has not. */
  layout(mip: number, time = 0): ScaleLayout {
    const scale = this.info.scales[mip] as ScaleInfo;
    const level = this.#levelOf(scale);
    const times = levelTimes(level);
    if (!Number.isInteger(time) || time < 0 || time >= times)
      throw new OutOfBoundsError("There is no such point in time", {
        where: this.cloudpath,
        expected: `t from 0 to ${times - 1}`,
        got: String(time),
      });
    return layoutOf(level, this.info.num_channels, time);
  }

  #levelOf(scale: ScaleInfo): ArrayLevel {
    const { resolution, voxel_offset: offset = [0, 0, 0] } = scale;
    const found = this.#layer.levels.find(({ key }) => key === scale.key);
    if (found !== undefined)
      return { ...reshaped(found, scale.size as Vec3, scale.chunk_sizes[0] as Vec3), resolution, offset };
    const level = {
      key: scale.key,
      size: scale.size as Vec3,
      chunk: scale.chunk_sizes[0] as Vec3,
      channels: this.info.num_channels,
      dtype: this.info.data_type,
      resolution,
      offset,
    };
    const [first] = this.#layer.levels;
    const made = newLevel(this.format, level, this.#options.array ?? {});
    // Alike in one layer, unless the caller says how new levels are to be.
    if (first === undefined || this.#options.array !== undefined || first.axes.join() !== made.axes.join())
      return made;
    const { chain, fill, bigEndian, encoding } = first;
    return { ...made, chain, fill, bigEndian, encoding };
  }
}

/** A layer that is yet to be written. Levels are called 0, 1, … (N5: s0, s1, …), as other tools expect. */
export function newArrayInfo(format: ArrayLayer["format"], info: Info): Info {
  const scales = info.scales.map(({ sharding: _, ...scale }, i) => ({
    ...(scale as ScaleInfo),
    key: format === "n5" ? `s${i}` : `${i}`,
  }));
  return { ...info, scales };
}

function layoutOf(level: ArrayLevel, channels: number, time: number): ScaleLayout {
  const [x, y, z] = levelSize(level);
  const [cx, cy, cz, perObject] = levelChunk(level);
  const parts = Math.ceil(channels / perObject);
  const stored = storedArray(level, time);
  return {
    // Chunks of another point in time are other chunks, to caches too.
    key: time === 0 ? level.key : `${level.key}@t${time}`,
    grid: { offset: level.offset, size: [x, y, z], chunk: [cx, cy, cz] },
    dtype: level.dtype,
    channels,
    encoding: level.codec,
    params: {
      stored: parts === 1 ? stored : { ...stored, parts },
      ...(level.codec === "n5" ? { axes: n5Axes(level) } : {}),
    },
    array: {
      folder: level.key,
      ...level.names,
      axes: nameParts(level, time),
      parts,
      shards: shardsOf(level),
    },
  };
}

function shardsOf({ shard, chunk, shape: all }: ArrayLevel): ArrayChunks["shards"] {
  if (shard === undefined) return undefined;
  const { shape, location, checksum } = shard;
  return {
    perShard: shape.map((side, axis) => side / chunk[axis]!),
    counts: all.map((side, axis) => Math.ceil(side / chunk[axis]!)),
    location,
    checksum,
  };
}

/** Which stored axis is x, y, z, channel; -1: none. */
function n5Axes({ axes }: ArrayLevel): number[] {
  return (["x", "y", "z", "c"] as const).map((name) => axes.indexOf(name));
}

/** The info that a Precomputed volume of the same voxels would have. */
export function infoOf({ levels, attributes }: ArrayLayer): Info {
  const [first] = levels as readonly [ArrayLevel, ...ArrayLevel[]];
  const channels = levelSize(first)[3];
  const labels = /^u?int(32|64)$/.test(first.dtype) && channels === 1 && attributes.omero === undefined;
  return {
    type: labels ? "segmentation" : "image",
    data_type: first.dtype,
    num_channels: channels,
    scales: levels.map((level) => {
      const [x, y, z] = levelSize(level);
      const [cx, cy, cz] = levelChunk(level);
      return {
        key: level.key,
        size: [x, y, z],
        resolution: [...level.resolution],
        voxel_offset: [...level.offset],
        chunk_sizes: [[cx, cy, cz]],
        encoding: level.encoding,
      };
    }),
  };
}
