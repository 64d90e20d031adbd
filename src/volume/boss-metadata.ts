/** Channels of BOSS as a volume sees them. */
import type { Abortable } from "../base/abort.js";
import { OutOfBoundsError, UnsupportedFormatError } from "../base/errors.js";
import type { Vec3 } from "../base/strided.js";
import { type BossChannel, levelOf } from "../formats/boss/index.js";
import type { Info, ScaleInfo } from "../formats/precomputed/info.js";
import { spell } from "../formats/precomputed/scales.js";
import type { Store } from "../stores/store.js";
import { ForeignMetadata } from "./foreign-metadata.js";
import type { LayerMetadata } from "./layer-metadata.js";
import type { ScaleLayout } from "./layout.js";

export interface BossMetadataOptions {
  readonly store: Store;
  readonly cloudpath: string;
  /** Reads the channel anew. */
  readonly reread: (options: Abortable) => Promise<BossChannel>;
}

export class BossMetadata extends ForeignMetadata implements LayerMetadata {
  readonly format = "boss";
  /** What is not stored is read as zero; the service does not tell one from the other. */
  readonly missing = 0;
  #channel: BossChannel;
  readonly #reread: BossMetadataOptions["reread"];

  constructor(
    channel: BossChannel,
    { store, cloudpath, reread }: BossMetadataOptions,
    info: Info = bossInfo(channel),
  ) {
    super(store, cloudpath, info);
    this.#channel = channel;
    this.#reread = reread;
  }

  override async fetchInfo(options: Abortable = {}): Promise<Info> {
    return bossInfo(await this.#reread(options));
  }

  override async refreshInfo(options: Abortable = {}): Promise<Info> {
    this.#channel = await this.#reread(options);
    return this.keep(bossInfo(this.#channel));
  }

  commitInfo(): Promise<void> {
    return Promise.reject(
      new UnsupportedFormatError("Channels of BOSS are made and changed with BOSS's own tools", {
        where: this.cloudpath,
        fix: "Make the channel there, then open it and write its voxels here.",
      }),
    );
  }

  /** @throws OutOfBoundsError for a time that the channel has not. */
  layout(mip: number, time?: number): ScaleLayout {
    const { baseResolution, times } = this.#channel;
    if (time !== undefined && !(Number.isInteger(time) && time >= 0 && time < times))
      throw new OutOfBoundsError("There is no such point in time", {
        where: this.cloudpath,
        expected: `t from 0 to ${times - 1}`,
        got: String(time),
      });
    const { key, size, voxel_offset: offset = [0, 0, 0], chunk_sizes } = this.info.scales[mip] as ScaleInfo;
    const chunk = chunk_sizes[0] as Vec3;
    // What the service stores together begins at multiples of its size, wherever the frame does.
    const anchor = offset.map((at, axis) => Math.floor(at / chunk[axis]!) * chunk[axis]!) as unknown as Vec3;
    return {
      // Chunks of another point in time are other chunks, to caches too.
      key: time === undefined ? key : `${key}@t${time}`,
      grid: { offset, size, chunk, anchor },
      dtype: this.info.data_type,
      channels: 1,
      encoding: "boss",
      params: {},
      cutouts: { resolution: baseResolution + mip, time },
    };
  }
}

/** The info that a Precomputed volume of the same voxels would have. Source: CloudVolume `BossMetadata.fetch_info`. */
function bossInfo(channel: BossChannel): Info {
  const { type, dtype, cuboid, levels } = channel;
  const scales = Array.from({ length: levels }, (_, mip): ScaleInfo => {
    const { resolution, offset, size } = levelOf(channel, mip);
    const floats = resolution.some((r) => !Number.isInteger(r));
    return {
      ...spell([...resolution], floats),
      size: [...size],
      voxel_offset: [...offset],
      chunk_sizes: [[...cuboid]],
      encoding: "raw",
    };
  });
  return { type, data_type: dtype, num_channels: 1, scales };
}
