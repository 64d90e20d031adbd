/** What a volume says of itself: CloudVolume's properties, with a `mipX(mip)` twin where CloudVolume has one. */
import type { Bbox } from "../base/bbox.js";
import type { DataType } from "../base/dtype.js";
import { Vec } from "../base/vec.js";
import type { Info, ScaleInfo } from "../formats/precomputed/info.js";
import { boundsOf } from "../formats/precomputed/mip-coordinates.js";
import type { ProvenanceRecord } from "../formats/precomputed/provenance.js";
import { findMip, type MipSpec } from "../formats/precomputed/scales.js";
import type { CloudPath, PathFormat } from "../stores/url.js";
import { formatPath, parentPath } from "../stores/url.js";
import type { VolumeContext } from "./context.js";
import type { LayerMetadata } from "./layer-metadata.js";
import { inParts, type ScaleLayout } from "./layout.js";
import type { VolumeParts } from "./parts.js";

export abstract class VolumeProperties {
  #parts: VolumeParts;
  #moving: Promise<void> | undefined;
  #mip = 0;

  constructor(parts: VolumeParts) {
    this.#parts = parts;
  }

  get parts(): VolumeParts {
    return this.#parts;
  }
  get path(): CloudPath {
    return this.#parts.path;
  }
  get context(): VolumeContext {
    return this.#parts.context;
  }
  get metadata(): LayerMetadata {
    return this.#parts.metadata;
  }

  /** Resolves once a change of `datasetName` or `layer` has been read; rejects if there is no such layer. */
  async ready(): Promise<void> {
    await this.#moving;
  }

  #move(cloudpath: string): void {
    const moving = this.#parts.reopen(cloudpath, {}).then((parts) => {
      this.#parts = parts;
      this.#mip = Math.min(this.#mip, parts.metadata.info.scales.length - 1);
    });
    moving.catch(() => {}); // The next operation, or ready(), reports it.
    this.#moving = moving;
  }

  /** The level that is read and written; 0 is the finest. Settable by number (negative: from the coarsest) or resolution. */
  get mip(): number {
    return this.#mip;
  }
  set mip(mip: MipSpec) {
    this.#mip = findMip(this.info, mip);
  }

  /** The info document. Changes take effect at once and are stored by `commitInfo`. */
  get info(): Info {
    return this.metadata.info;
  }
  set info(info: Info) {
    this.metadata.info = info;
  }

  /** The provenance record. Stored by `commitProvenance`. */
  get provenance(): ProvenanceRecord {
    return this.metadata.provenance;
  }
  set provenance(record: ProvenanceRecord | string) {
    this.metadata.provenance = record as ProvenanceRecord;
  }

  /** Whether writing is refused, e.g. after a redirect. Settable, at your own risk. */
  get readonly(): boolean {
    return this.metadata.readonly;
  }
  set readonly(value: boolean) {
    this.metadata.readonly = value;
  }

  // ---- of the layer ----
  get cloudpath(): string {
    return formatPath(this.path);
  }
  get layerCloudpath(): string {
    return this.cloudpath;
  }
  /** The dataset's path, with a slash at the end. */
  get baseCloudpath(): string {
    return `${parentPath(this.path)}/`;
  }
  get infoCloudpath(): string {
    return `${this.cloudpath}/info`;
  }
  /** Settable: the same layer of another dataset beside this one. Its info is read; see `ready`. */
  get datasetName(): string {
    return this.path.dataset;
  }
  set datasetName(name: string) {
    const dataset = parentPath(this.path);
    const isBucket = this.path.noBucketBasepath === "";
    this.#move(`${isBucket ? `${dataset}/` : dataset.replace(/[^/\\]+$/, "")}${name}/${this.layer}`);
  }
  /** Settable: another layer of this dataset. Its info is read; see `ready`. */
  get layer(): string {
    return this.path.layer;
  }
  set layer(name: string) {
    this.#move(`${parentPath(this.path)}/${name}`);
  }
  get layerType(): string {
    return this.info.type;
  }
  get dtype(): DataType {
    return this.info.data_type;
  }
  get dataType(): DataType {
    return this.info.data_type;
  }
  get numChannels(): number {
    return this.info.num_channels;
  }
  get ndim(): 4 {
    return 4;
  }
  get scales(): ScaleInfo[] {
    return this.info.scales;
  }
  get availableMips(): number[] {
    return this.scales.map((_, i) => i);
  }
  get availableResolutions(): Vec[] {
    return this.scales.map((s) => new Vec(...s.resolution));
  }

  // ---- of a scale ----
  get scale(): ScaleInfo {
    return this.mipScale(this.mip);
  }
  set scale(scale: ScaleInfo) {
    this.scales[this.mip] = scale;
  }
  mipScale(mip: MipSpec): ScaleInfo {
    return this.scales[findMip(this.info, mip)] as ScaleInfo;
  }

  /** Size in voxels: x, y, z, channels. */
  get shape(): Vec {
    return this.mipShape(this.mip);
  }
  mipShape(mip: MipSpec): Vec {
    return new Vec(...this.mipScale(mip).size, this.numChannels);
  }

  /** Size in voxels: x, y, z. */
  get volumeSize(): Vec {
    return this.mipVolumeSize(this.mip);
  }
  mipVolumeSize(mip: MipSpec): Vec {
    return new Vec(...this.mipScale(mip).size);
  }

  get encoding(): string {
    return this.mipEncoding(this.mip);
  }
  mipEncoding(mip: MipSpec): string {
    return this.mipScale(mip).encoding;
  }

  /** Voxels of a compressed_segmentation block, or undefined for other encodings. */
  get compressedSegmentationBlockSize(): Vec | undefined {
    return this.mipCompressedSegmentationBlockSize(this.mip);
  }
  mipCompressedSegmentationBlockSize(mip: MipSpec): Vec | undefined {
    const size = this.mipScale(mip).compressed_segmentation_block_size;
    return size === undefined ? undefined : new Vec(...size);
  }

  /** Nanometres of a voxel. */
  get resolution(): Vec {
    return this.mipResolution(this.mip);
  }
  mipResolution(mip: MipSpec): Vec {
    return new Vec(...this.mipScale(mip).resolution);
  }

  /** The scale's resolution over that of mip 0. */
  get downsampleRatio(): Vec {
    return this.mipDownsampleRatio(this.mip);
  }
  mipDownsampleRatio(mip: MipSpec): Vec {
    return this.mipResolution(mip).div(this.mipResolution(0));
  }

  /** Voxels of a chunk. */
  get chunkSize(): Vec {
    return this.mipChunkSize(this.mip);
  }
  mipChunkSize(mip: MipSpec): Vec {
    return new Vec(...(this.mipScale(mip).chunk_sizes[0] as number[]));
  }
  /** CloudVolume's other name of `chunkSize`. */
  get underlying(): Vec {
    return this.chunkSize;
  }
  mipUnderlying(mip: MipSpec): Vec {
    return this.mipChunkSize(mip);
  }

  /** Directory of the scale's chunks. */
  get key(): string {
    return this.mipKey(this.mip);
  }
  mipKey(mip: MipSpec): string {
    return this.mipScale(mip).key;
  }

  get voxelOffset(): Vec {
    return this.mipVoxelOffset(this.mip);
  }
  mipVoxelOffset(mip: MipSpec): Vec {
    return new Vec(...(this.mipScale(mip).voxel_offset ?? [0, 0, 0]));
  }

  /** The box of the whole volume, in voxels. */
  get bounds(): Bbox {
    return this.mipBounds(this.mip);
  }
  mipBounds(mip: MipSpec): Bbox {
    return boundsOf(this.info, mip);
  }

  /** What reading and writing need of a scale, as plain values. */
  mipLayout(mip: MipSpec, time?: number): ScaleLayout {
    const layout = this.metadata.layout(findMip(this.info, mip), time);
    const { lru, store } = this.context;
    const keepsChunks = (lru?.size ?? 0) > 0 || store.copies !== undefined;
    return keepsChunks ? layout : inParts(layout);
  }

  /** "precomputed", "zarr2", "zarr3", "n5", … */
  get format(): PathFormat {
    return this.metadata.format;
  }
}
