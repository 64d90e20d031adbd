/** Reading and writing boxes of voxels, whatever the format describes them. */
import { Bbox, type Box6 } from "../base/bbox.js";
import type { TypedArray } from "../base/dtype.js";
import { ArgumentError } from "../base/errors.js";
import { resolveSlices, type Slices } from "../base/slicing.js";
import type { Compression } from "../compression/compression.js";
import { parseCompress } from "../compression/index.js";
import { cacheControl } from "../formats/cdn-cache.js";
import { findMip, type MipSpec } from "../formats/precomputed/scales.js";
import { chunksExist, deleteChunks, scaleHasData } from "./chunks.js";
import type { VolumeCutout } from "./cutout.js";
import { type DownloadInto, type DownloadPlan, downloadSelection } from "./download.js";
import type { StoragePolicy } from "./encode.js";
import { isForeign, type ScaleLayout } from "./layout.js";
import { VolumeMetadataMethods } from "./metadata-methods.js";
import type { VolumeParts } from "./parts.js";
import type { ProgressListener } from "./progress.js";
import {
  checkSettings,
  type ProgressSetting,
  parseParallel,
  settingsFrom,
  type VolumeSettings,
} from "./settings.js";
import { type UploadSource, uploadSelection } from "./upload.js";

export interface OperationOptions {
  /** Another level than the volume's current one. */
  readonly mip?: MipSpec | undefined;
  /** Threads of this operation; default: the volume's. */
  readonly parallel?: number | boolean | undefined;
  readonly progress?: ProgressSetting | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The point in time, for arrays that have several. Default 0. */
  readonly t?: number | undefined;
}

export interface DownloadOptions extends OperationOptions, Pick<DownloadInto, "out" | "asyncIo" | "status"> {
  readonly fillMissing?: boolean | undefined;
}

export interface UploadOptions extends OperationOptions {
  readonly compress?: VolumeSettings["compress"];
  readonly compressLevel?: number | undefined;
}

export abstract class VolumeIo extends VolumeMetadataMethods implements VolumeSettings {
  bounded: boolean;
  autocrop: boolean;
  fillMissing: boolean;
  backgroundColor: VolumeSettings["backgroundColor"];
  deleteBlackUploads: boolean;
  nonAlignedWrites: boolean;
  overwritePartialChunks: boolean;
  compress: VolumeSettings["compress"];
  compressLevel: number | undefined;
  cdnCache: VolumeSettings["cdnCache"];
  progress: ProgressSetting;
  greenThreads: boolean;
  codecThreads: number;
  agglomerate: boolean;
  timestamp: VolumeSettings["timestamp"];
  #parallel: number;

  constructor(parts: VolumeParts, settings: VolumeSettings, parallel: number, mip: MipSpec) {
    super(parts);
    this.bounded = settings.bounded;
    this.autocrop = settings.autocrop;
    this.fillMissing = settings.fillMissing;
    this.backgroundColor = settings.backgroundColor;
    this.deleteBlackUploads = settings.deleteBlackUploads;
    this.nonAlignedWrites = settings.nonAlignedWrites;
    this.overwritePartialChunks = settings.overwritePartialChunks;
    this.compress = settings.compress;
    this.compressLevel = settings.compressLevel;
    this.cdnCache = settings.cdnCache;
    this.progress = settings.progress;
    this.greenThreads = settings.greenThreads;
    this.codecThreads = settings.codecThreads;
    this.agglomerate = settings.agglomerate;
    this.timestamp = settings.timestamp;
    this.#parallel = parallel;
    this.mip = mip;
  }

  /** Worker threads of large reads and writes. Settable: a number, or `true` for every core. */
  get parallel(): number {
    return this.#parallel;
  }
  set parallel(value: number | boolean) {
    this.#parallel = parseParallel(value, this.context.runtime.cores);
  }

  /** A view at another mip. It has the settings of now, and shares metadata, connections and caches. */
  at(mip: MipSpec): this {
    const Same = this.constructor as new (...args: ConstructorParameters<typeof VolumeIo>) => this;
    return new Same(this.parts, this, this.parallel, mip);
  }

  /** CloudVolume's `vol.image`. */
  get image(): { hasData(mip?: MipSpec, options?: OperationOptions): Promise<boolean>; readonly: boolean } {
    const volume = this;
    return {
      hasData: (mip, options) => this.hasData({ ...options, mip }),
      get readonly() {
        return volume.readonly;
      },
      set readonly(value: boolean) {
        volume.readonly = value;
      },
    };
  }

  /**
   * Reads a box as x, y, z, channel voxels in Fortran order. `selection`: a Bbox, `"0:64, 10:20, :"`, or an
   * array of ranges; negative numbers are coordinates. Costs one request for each chunk that the box touches;
   * needs the cut-out's memory and a fixed rest. `T` names the array type where it is known: it is not checked. Source: CloudVolume `vol[...]`, `download`.
   * @throws EmptyVolumeException for a missing chunk (unless fillMissing), OutOfBoundsError, AuthorizationError,
   * DecodingError, StorageError.
   */
  async download<T extends TypedArray = TypedArray>(
    selection: Slices = "...",
    options: DownloadOptions = {},
  ): Promise<VolumeCutout<T>> {
    await this.ready();
    const plan = this.downloadPlan(options);
    return (await this.report(options, (onProgress) =>
      downloadSelection(this.context, plan, selection, {
        out: options.out,
        asyncIo: options.asyncIo,
        status: options.status,
        signal: options.signal,
        onProgress,
      }),
    )) as VolumeCutout<T>;
  }

  /**
   * Writes a box. `source`: an array of its shape (any strides), a dense Fortran typed array, or one value.
   * The box lies on the chunk grid or ends at the volume's edge, else AlignmentError unless nonAlignedWrites.
   * Each chunk is replaced atomically. Source: CloudVolume `vol[...] = img`, `upload`.
   * @throws AlignmentError, OutOfBoundsError, ArgumentError (data type), ReadOnlyException, StorageError.
   */
  async upload(selection: Slices, source: UploadSource, options: UploadOptions = {}): Promise<void> {
    await this.ready();
    const mip = this.mipOf(options);
    const layout = this.mipLayout(mip, options.t);
    this.metadata.verifyWritable(mip);
    checkSettings(this);
    const plan = {
      layout,
      bounds: this.mipBounds(mip),
      resolution: this.mipResolution(mip),
      settings: settingsFrom(this),
      policy: await this.policy(layout, options),
      parallel: this.threads(options),
    };
    await this.report(options, (onProgress) =>
      uploadSelection(this.context, plan, selection, source, { signal: options.signal, onProgress }),
    );
  }

  /** Which of the chunks that a box touches are stored, by key. @throws OutOfBoundsError. */
  async exists(selection: Slices = "...", options: OperationOptions = {}): Promise<Map<string, boolean>> {
    await this.ready();
    const request = this.#chunks(selection, options);
    return await this.report(options, (onProgress) => chunksExist(this.context, { ...request, onProgress }));
  }

  /** Deletes the chunks of an aligned box. @throws AlignmentError, ReadOnlyException, OutOfBoundsError. */
  async delete(selection: Slices, options: OperationOptions = {}): Promise<void> {
    await this.ready();
    this.metadata.verifyWritable(this.mipOf(options));
    const request = this.#chunks(selection, options);
    await this.report(options, (onProgress) => deleteChunks(this.context, { ...request, onProgress }));
  }

  /** Whether a level holds any chunk. @throws ScaleUnavailableError. */
  async hasData(options: OperationOptions = {}): Promise<boolean> {
    await this.ready();
    return await scaleHasData(this.context, this.mipLayout(this.mipOf(options), options.t), options.signal);
  }

  #chunks(
    selection: Slices,
    options: OperationOptions,
  ): { layout: ScaleLayout; box: Box6; signal: AbortSignal | undefined } {
    const mip = this.mipOf(options);
    const layout = this.mipLayout(mip, options.t);
    const bounds = this.mipBounds(mip);
    const { box } = resolveSlices(selection, bounds, layout.channels, {
      bounded: this.bounded && !this.autocrop,
      resolution: this.mipResolution(mip),
    });
    const inside = Bbox.intersection(box, bounds);
    return { layout, box: inside.toList(), signal: options.signal };
  }

  /** What reading with these options needs, whatever box is read. */
  protected downloadPlan(options: DownloadOptions): DownloadPlan & { readonly mip: number } {
    const mip = this.mipOf(options);
    const resolution = this.mipResolution(mip);
    return {
      mip,
      layout: this.mipLayout(mip, options.t),
      bounds: this.mipBounds(mip),
      settings: { ...settingsFrom(this), fillMissing: options.fillMissing ?? this.fillMissing },
      parallel: this.threads(options),
      origin: {
        cloudpath: this.cloudpath,
        datasetName: this.datasetName,
        layer: this.layer,
        layerType: this.layerType,
        mip,
        resolution: [resolution.x, resolution.y, resolution.z],
      },
      wanted: (box) => this.metadata.overlapsRoi(box, mip),
    };
  }

  protected mipOf({ mip }: OperationOptions): number {
    return mip === undefined ? this.mip : findMip(this.info, mip);
  }

  protected threads({ parallel }: OperationOptions): number {
    return parallel === undefined ? this.parallel : parseParallel(parallel, this.context.runtime.cores);
  }

  protected async policy(layout: ScaleLayout, options: UploadOptions): Promise<StoragePolicy> {
    const codec = await this.context.runtime.codec(layout.encoding, "decode");
    const asked = parseCompress(options.compress === undefined ? this.compress : options.compress);
    const compression: Compression = asked ?? (codec.gzipByDefault ? "gzip" : "none");
    if (isForeign(layout) && compression !== "none")
      throw new ArgumentError("Chunks of this format are packed by its own codecs", {
        where: this.cloudpath,
        expected: "no compress option",
        got: compression,
        ...(layout.array && { fix: "Choose the compressor when the layer is created." }),
      });
    return {
      compression,
      compressLevel: options.compressLevel ?? this.compressLevel,
      contentType: codec.contentType,
      cacheControl: cacheControl(this.cdnCache),
      // Cut-outs of zeros are blanked in any case.
      deleteIf: this.deleteBlackUploads && layout.cutouts === undefined ? this.backgroundColor : undefined,
    };
  }

  protected async report<T>(
    options: OperationOptions,
    run: (listener: ProgressListener | undefined) => Promise<T>,
  ): Promise<T> {
    const setting = options.progress ?? this.progress;
    if (typeof setting === "function") return await run(setting);
    if (!setting) return await run(undefined);
    const { progressBar } = await import("./progress-bar.js");
    const bar = progressBar(this.cloudpath);
    try {
      return await run(bar.listener);
    } finally {
      bar.stop();
    }
  }
}
