/** Cut-outs beyond arrays: stored bytes, volumes in memory, and boxes block by block. */
import { Bbox } from "../base/bbox.js";
import { ArgumentError } from "../base/errors.js";
import type { Slices } from "../base/slicing.js";
import type { Info, ScaleInfo } from "../formats/precomputed/info.js";
import { expandToChunks } from "../grid/align.js";
import { type BlockOptions, blockBoxes, readBlocks } from "./blocks.js";
import type { VolumeCutout } from "./cutout.js";
import { chunkFiles } from "./download-files.js";
import type { GraphOptions } from "./graph-options.js";
import { isForeign } from "./layout.js";
import { copyChunks, freeWith } from "./memory-cutout.js";
import type { DownloadOptions, UploadOptions, VolumeIo } from "./volume-io.js";
import { type LabelDownloadOptions, type QueryOptions, VolumeQueries } from "./volume-queries.js";

export interface DownloadFilesOptions extends QueryOptions {
  /** Undo gzip and the like (the encoding stays). Default true; false gives the bytes as they are stored. */
  readonly decompress?: boolean | undefined;
  /** Read into the caches and return nothing. Default false. */
  readonly cacheOnly?: boolean | undefined;
}

/** Options of reading into something else than an array. */
export type ReadOptions = Omit<DownloadOptions, "out">;

export interface MemoryCutoutOptions
  extends ReadOptions,
    GraphOptions,
    Pick<UploadOptions, "compress" | "compressLevel"> {
  /** Another encoding than the level's. */
  readonly encoding?: string | undefined;
}

export interface BlocksOptions extends Omit<LabelDownloadOptions, "out">, BlockOptions {
  readonly crackle?: false | undefined;
}

/** A volume in memory that goes when it is released, disposed of, or garbage. */
export interface Releasable extends Disposable {
  release(): void;
}

export abstract class VolumeFiles extends VolumeQueries {
  /**
   * The stored bytes of the chunks that a box touches, by their keys. Source: CloudVolume `download_files`.
   * @throws EmptyVolumeException for a missing chunk (left out with fillMissing), OutOfBoundsError, StorageError.
   */
  async downloadFiles(
    selection: Slices = "...",
    options: DownloadFilesOptions = {},
  ): Promise<Map<string | bigint, Uint8Array>> {
    const { plan, target } = await this.boxOf(selection, options);
    const { decompress = true, cacheOnly = false, signal } = options;
    const { fillMissing } = plan.settings;
    const box = target.box.toList();
    return await this.report(options, (onProgress) =>
      chunkFiles(this.context, {
        ...{ layout: plan.layout, box, decompress, cacheOnly, fillMissing, signal, onProgress },
      }),
    );
  }

  /**
   * The chunks that a box touches as an unsharded volume in this process's memory, with the same coordinates. It is
   * freed by `release()`, at the end of a `using` block, or once no volume refers to it any more. Chunks are copied as they
   * are stored unless another encoding or compression is asked for. Source: CloudVolume `memory_cutout`.
   */
  async memoryCutout(
    selection: Slices = "...",
    options: MemoryCutoutOptions = {},
  ): Promise<this & Releasable> {
    const { plan, target } = await this.boxOf(selection, options);
    const { layout, mip, settings } = plan;
    const {
      encoding = isForeign(layout) ? "raw" : layout.encoding,
      compress,
      compressLevel,
      signal,
    } = options;
    const info = structuredClone(this.info) as Info;
    info.scales[mip] = unsharded(info.scales[mip] as ScaleInfo, encoding);
    const { parts, free } = await this.parts.inMemory(info, { signal });
    const Same = this.constructor as new (...args: ConstructorParameters<typeof VolumeIo>) => this;
    const copy = new Same(parts, this, this.parallel, mip);
    copy.deleteBlackUploads = false;
    const release = freeWith(parts, free);
    const box = expandToChunks(layout.grid, target.box.toList());
    const write = async (part: VolumeCutout): Promise<void> => {
      await copy.upload(part.bounds, part, { compress, compressLevel, mip, signal, progress: false });
    };
    try {
      if (encoding === layout.encoding && compress === undefined) {
        const { store } = parts.context;
        const request = { layout, box, fillMissing: settings.fillMissing, signal };
        const others = await this.report(options, (onProgress) =>
          copyChunks(this.context, store, { ...request, onProgress }),
        );
        for (const other of others)
          await write(await this.download(Bbox.fromList(other), { mip, signal, progress: false }));
      } else {
        // Blocks end with chunks of the source, which need not be those of the copy.
        copy.nonAlignedWrites = true;
        copy.fillMissing = true;
        const blocks = this.blocks(Bbox.fromList(box), { ...options, mip, recycle: true });
        for await (const part of blocks) await write(part);
        copy.nonAlignedWrites = this.nonAlignedWrites;
        copy.fillMissing = this.fillMissing;
      }
    } catch (error) {
      release();
      throw error;
    }
    return Object.assign(copy, { release, [Symbol.dispose]: release });
  }

  /**
   * A box block by block, for those too large to hold: `for await (const block of vol.blocks())`. Blocks end at the
   * edges of chunks; one is read ahead while another is looked at, so that `bytes` of voxels are held at most, if blocks are
   * let go of (`recycle` gives their memory back without waiting for the garbage collector). @throws as `download`.
   */
  async *blocks(
    selection: Slices = "...",
    options: BlocksOptions = {},
  ): AsyncGenerator<VolumeCutout, void, undefined> {
    const { plan, target } = await this.boxOf(selection, options);
    const { bytes, recycle, coordResolution: _, signal, ...rest } = options;
    if (bytes !== undefined && !(bytes > 0))
      throw new ArgumentError("Not a number of bytes", { where: "bytes", got: String(bytes) });
    const boxes = blockBoxes(plan.layout, target.box.toList(), bytes);
    const read = (box: Bbox, own: AbortSignal): Promise<VolumeCutout> =>
      this.download(box, { ...rest, mip: plan.mip, signal: own });
    yield* readBlocks(plan.layout, boxes, { bytes, recycle }, read, signal);
  }
}

/** The scale with a file for each chunk. */
function unsharded(scale: ScaleInfo, encoding: string): ScaleInfo {
  const { sharding: _, ...rest } = scale;
  const block =
    encoding === "compressed_segmentation" && rest.compressed_segmentation_block_size === undefined;
  return { ...rest, encoding, ...(block ? { compressed_segmentation_block_size: [8, 8, 8] } : {}) };
}
