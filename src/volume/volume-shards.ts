/** What CloudVolume's `vol.image` knows of shards: their shape, their names, making single ones. */

import type { Abortable } from "../base/abort.js";
import { Bbox, type Box6 } from "../base/bbox.js";
import { AlignmentError, ArgumentError, InfoUnavailableError, OutOfBoundsError } from "../base/errors.js";
import { MAX_JSON_BYTES, parseJson } from "../base/json.js";
import { resolveSlices, type Slices } from "../base/slicing.js";
import type { Vec3 } from "../base/strided.js";
import { Vec } from "../base/vec.js";
import { decompress } from "../compression/index.js";
import type { MipSpec } from "../formats/precomputed/scales.js";
import { type ShardingWishes, setSharding } from "../formats/precomputed/sharding.js";
import { expandToChunks } from "../grid/align.js";
import { cellAt } from "../grid/grid.js";
import { gridSize } from "../grid/morton.js";
import { planRead } from "../grid/plan.js";
import {
  imageShardShape,
  type MadeShard,
  makeShard,
  parseSharding,
  placeOfLabel,
  type ShardedStore,
  type ShardingSpec,
  shardedStore,
} from "../shards/neuroglancer-uint64/index.js";
import type { ScaleLayout } from "./layout.js";
import { encodedChunks } from "./make-chunks.js";
import { labelOf } from "./shard-groups.js";
import { asArray, type UploadSource } from "./upload.js";
import { VolumeChecks } from "./volume-checks.js";
import type { OperationOptions, UploadOptions } from "./volume-io.js";

export interface ShardOptions extends Pick<OperationOptions, "mip"> {
  /** Taken instead of the level's own sharding. */
  readonly spec?: ShardingSpec | undefined;
}

export interface MortonOptions extends ShardOptions {
  /** All chunks are in one shard, else AlignmentError. Default true. */
  readonly sameShard?: boolean | undefined;
  /** The box lies on the chunk grid, else AlignmentError. Default true. */
  readonly requireAligned?: boolean | undefined;
}

export abstract class VolumeShards extends VolumeChecks {
  isSharded(mip: MipSpec = this.mip): boolean {
    return (this.mipScale(mip).sharding ?? null) !== null;
  }

  /** How a level is sharded. @throws ArgumentError for one that is not, SpecViolation. */
  shardSpec(mip: MipSpec = this.mip): ShardingSpec {
    const { sharding } = this.mipLayout(mip);
    if (sharding !== undefined) return sharding;
    throw new ArgumentError("This level is not sharded", { where: `mip ${this.mipKey(mip)}` });
  }

  /** The data of a level's shards by label (the compressed Morton codes of chunks). Source: CloudVolume `shard_reader`. */
  shardReader(mip: MipSpec = this.mip): ShardedStore {
    return shardedStore(this.context.store, this.mipKey(mip), this.shardSpec(mip));
  }

  /**
   * The data of another sharded folder of the layer, e.g. of `mesh` or `skeletons`, whose own info says how.
   * @throws InfoUnavailableError where there is none, InfoError, ArgumentError for a folder that is not sharded.
   */
  async shardReaderOf(folder: string, { signal }: Abortable = {}): Promise<ShardedStore> {
    await this.ready();
    const { store } = this.context;
    const key = `${folder.replace(/\/+$/, "")}/info`;
    const where = store.url(key);
    const stored = await store.read(key, { signal });
    if (stored === undefined) throw new InfoUnavailableError("This folder has no info", { where });
    const limit = MAX_JSON_BYTES;
    const info = parseJson(await decompress(stored.compression, stored.bytes, { limit, where, signal }), {
      where,
    });
    const sharding = typeof info === "object" && info !== null && "sharding" in info ? info.sharding : null;
    if (sharding == null) throw new ArgumentError("This folder is not sharded", { where });
    return shardedStore(store, folder, parseSharding(sharding, where));
  }

  /** Chunks of a level along x, y, z. */
  gridSize(mip: MipSpec = this.mip): Vec {
    return new Vec(...gridSize(this.mipLayout(mip).grid));
  }

  /** Voxels of a whole shard. Source: CloudVolume `shard_shape`. @throws ArgumentError for a level that is not sharded. */
  shardShape(mip: MipSpec = this.mip): Vec {
    return new Vec(
      ...imageShardShape(this.shardSpec(mip), [...this.mipVolumeSize(mip)], [...this.mipChunkSize(mip)]),
    );
  }

  /**
   * The chunks of a box: their places in the grid, and their compressed Morton codes. Source: CloudVolume `morton_codes`.
   * @throws AlignmentError, OutOfBoundsError for a box outside of the volume.
   */
  mortonCodes(selection: Slices, options: MortonOptions = {}): { cells: Vec3[]; codes: bigint[] } {
    const { sameShard = true, requireAligned = true } = options;
    const { layout, box } = this.#aligned(selection, options, requireAligned);
    const plan = planRead(layout.grid, box);
    const codes = Array.from(plan, (chunk) => labelOf(layout.grid, chunk));
    if (sameShard) {
      const spec = options.spec ?? this.shardSpec(options.mip);
      const files = new Set(codes.map((code) => placeOfLabel(spec, code).file));
      if (files.size > 1) {
        throw new AlignmentError("The chunks of the box belong to several shards", {
          where: Bbox.fromList(box).toString(),
          got: `${files.size} shards`,
        });
      }
    }
    return { cells: Array.from(plan, (chunk) => cellAt(layout.grid, chunk.box)), codes };
  }

  /** The name of the shard file of a box. @throws AlignmentError for a box of several shards. */
  shardFilename(selection: Slices, options: ShardOptions = {}): string {
    const { codes } = this.mortonCodes(selection, options);
    return placeOfLabel(options.spec ?? this.shardSpec(options.mip), codes[0]!).file;
  }

  /**
   * The encoded chunks of an image, by label, as `makeShard` takes them; with `deleteBlackUploads` without those of
   * background. Source: CloudVolume `make_shard_chunks`. @throws AlignmentError, ArgumentError.
   */
  async makeShardChunks(
    image: UploadSource,
    selection: Slices,
    options: UploadOptions & ShardOptions = {},
  ): Promise<Map<bigint, Uint8Array>> {
    await this.ready();
    this.mortonCodes(selection, options);
    const { layout, box } = this.#aligned(selection, options, true);
    const [x, y, z] = Bbox.fromList(box).size3() as unknown as Vec3;
    const array = asArray(image, [x, y, z, layout.channels], layout);
    const policy = { ...(await this.policy(layout, options)), compression: "none" as const };
    const { signal } = options;
    const parallel = this.threads(options);
    return await encodedChunks(this.context, { layout, box, array, policy, parallel, signal });
  }

  /**
   * One shard file from an image of a box, or from encoded chunks by label. Nothing is stored. Source: CloudVolume
   * `make_shard`. @throws AlignmentError for chunks of several shards, ArgumentError.
   */
  async makeShard(
    image: UploadSource | ReadonlyMap<bigint, Uint8Array>,
    selection: Slices,
    options: UploadOptions & ShardOptions = {},
  ): Promise<MadeShard> {
    const spec = options.spec ?? this.shardSpec(options.mip);
    const chunks =
      image instanceof Map ? image : await this.makeShardChunks(image as UploadSource, selection, options);
    return await makeShard(
      spec,
      Array.from(chunks as ReadonlyMap<bigint, Uint8Array>, ([label, bytes]) => ({ label, bytes })),
    );
  }

  /** Gives a level the recommended sharding, in the info in memory only. Source: CloudVolume `to_sharded`. */
  toSharded(options: ShardingWishes & Pick<OperationOptions, "mip"> = {}): void {
    const { mip = this.mip, ...wishes } = options;
    setSharding(this.mipScale(mip), this.dtype, wishes);
  }

  /** Takes a level's sharding away, in the info in memory only. Source: CloudVolume `to_unsharded`. */
  toUnsharded(mip: MipSpec = this.mip): void {
    setSharding(this.mipScale(mip), this.dtype, false);
  }

  #aligned(
    selection: Slices,
    options: Pick<OperationOptions, "mip">,
    required: boolean,
  ): { layout: ScaleLayout; box: Box6 } {
    const mip = this.mipOf(options);
    const layout = this.mipLayout(mip);
    const { box } = resolveSlices(selection, this.mipBounds(mip), layout.channels, {
      bounded: false,
      resolution: this.mipResolution(mip),
    });
    if (box.subvoxel()) throw new ArgumentError("The box is empty", { where: box.toString() });
    const aligned = expandToChunks(layout.grid, box.toList());
    const around = Bbox.fromList(aligned);
    if (around.subvoxel()) {
      throw new OutOfBoundsError("The box lies outside of the volume", {
        where: box.toString(),
        expected: this.mipBounds(mip).toString(),
      });
    }
    if (required && !around.equals(box)) {
      throw new AlignmentError("The box cuts through chunks", {
        where: box.toString(),
        fix: `The aligned box around it is ${around.toString()}.`,
      });
    }
    return { layout, box: aligned };
  }
}
