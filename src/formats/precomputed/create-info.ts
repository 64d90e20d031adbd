import { type DataType, parseDataType } from "../../base/dtype.js";
import { ArgumentError } from "../../base/errors.js";
import { type EncodingSettings, setEncodingLevel } from "./encoding-level.js";
import { type Info, type LayerType, MAX_SCALES, type ScaleInfo, verifyInfo } from "./info.js";
import { addScale, spell, triple } from "./scales.js";
import { type ShardingChoice, setSharding } from "./sharding.js";

type Point = readonly number[];

/** What a new layer is to be; sizes are x, y, z. */
export interface NewInfoOptions extends EncodingSettings {
  /** 1 for grayscale and labels, 3 for RGB. */
  readonly numChannels: number;
  readonly layerType: LayerType;
  readonly dataType: DataType;
  /** How chunks are stored, e.g. "raw", "jpeg", "compressed_segmentation". */
  readonly encoding: string;
  /** Nanometres of a voxel. */
  readonly resolution: Point;
  /** Voxels; where the volume begins. */
  readonly voxelOffset: Point;
  /** Voxels. */
  readonly volumeSize: Point;
  /** The directory of meshes; true is "mesh". */
  readonly mesh?: string | boolean | undefined;
  /** The directory of skeletons; true is "skeletons". */
  readonly skeletons?: string | boolean | undefined;
  /** Voxels. Default 64, 64, 64. */
  readonly chunkSize?: Point | undefined;
  /** Voxels of a block, for compressed_segmentation only. Default 8, 8, 8. */
  readonly compressedSegmentationBlockSize?: Point | undefined;
  /** The coarsest mip to describe, inclusive. Default 0. */
  readonly maxMip?: number | undefined;
  /** From one mip to the next. Default 2, 2, 1. */
  readonly factor?: Point | undefined;
  /** Chunks in shard files: true for the recommended way, or how. Each mip has its own. Default false. */
  readonly sharding?: ShardingChoice | undefined;
  /** The cloud path where the layer really lies. */
  readonly redirect?: string | undefined;
}

/**
 * The info of a new layer: CloudVolume's `create_new_info`, field by field, except that `redirect`,
 * `encodingLevel` and `encodingEffort` have effect, the block size holds for all mips, and sizes beyond 2^24
 * stay exact.
 * @throws ArgumentError naming the field.
 */
export function createNewInfo(options: NewInfoOptions): Info {
  const { chunkSize = [64, 64, 64], factor = [2, 2, 1], maxMip = 0, encoding, redirect } = options;
  const scale: ScaleInfo = {
    encoding,
    chunk_sizes: [triple(chunkSize, "chunkSize")],
    ...spell(
      triple(options.resolution, "resolution"),
      options.resolution.some((r) => !Number.isInteger(r)),
    ),
    voxel_offset: triple(options.voxelOffset, "voxelOffset"),
    size: triple(options.volumeSize, "volumeSize"),
  };
  if (encoding === "compressed_segmentation") {
    const blockSize = options.compressedSegmentationBlockSize ?? [8, 8, 8];
    scale.compressed_segmentation_block_size = triple(blockSize, "compressedSegmentationBlockSize");
  }
  const info: Info = {
    num_channels: options.numChannels,
    type: options.layerType,
    data_type: parseDataType(options.dataType),
    scales: [scale],
  };
  if (redirect !== undefined) info.redirect = redirect;
  if (options.mesh) info.mesh = options.mesh === true ? "mesh" : options.mesh;
  if (options.skeletons) info.skeletons = options.skeletons === true ? "skeletons" : options.skeletons;
  verifyInfo(info, "createNewInfo", ArgumentError);
  setEncodingLevel(scale, options);
  addMips(info, maxMip, triple(factor, "factor"), options);
  const { sharding = false } = options;
  if (sharding !== false) for (const s of info.scales) setSharding(s, info.data_type, sharding);
  return verifyInfo(info, "createNewInfo", ArgumentError);
}

function addMips(info: Info, maxMip: number, factor: Point, settings: EncodingSettings): void {
  if (!Number.isInteger(maxMip) || maxMip < 0 || maxMip >= MAX_SCALES) {
    throw new ArgumentError("Not a mip", {
      where: "maxMip",
      expected: `an integer from 0 to ${MAX_SCALES - 1}`,
      got: String(maxMip),
    });
  }
  const { encodingLevel, encodingEffort } = settings;
  for (let mip = 1; mip <= maxMip; mip++) {
    addScale(
      info,
      factor.map((f) => f ** mip),
      { encodingLevel, encodingEffort, chunkSize: info.scales[0]!.chunk_sizes[0]! },
    );
  }
}
