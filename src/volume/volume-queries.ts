/** Questions about voxels: labels, points, and cut-outs made for labels. */

import { Bbox } from "../base/bbox.js";
import type { TypedArray, Voxel } from "../base/dtype.js";
import { ArgumentError } from "../base/errors.js";
import { resolveSlices, type Slices } from "../base/slicing.js";
import type { Vec3 } from "../base/strided.js";
import { boxFromCoords, pointFromCoords } from "./coord-resolution.js";
import type { CrackleCutout } from "./crackle-cutout.js";
import type { VolumeCutout } from "./cutout.js";
import { type DownloadTarget, downloadTarget } from "./download.js";
import {
  boxRequest,
  downloadCrackle,
  downloadLabels,
  type LabelSelection,
  type RenumberedCutout,
} from "./download-labels.js";
import { type BoxExplanation, explainDownload, explainUpload } from "./explain.js";
import type { GraphOptions } from "./graph-options.js";
import { boxAroundPoint, checkPoint } from "./point-box.js";
import { readPoints } from "./points.js";
import { type ChunkStatus, chunkStatus } from "./status.js";
import { uniqueValues } from "./unique.js";
import { checkTarget } from "./upload.js";
import { type DownloadOptions, type OperationOptions, VolumeIo } from "./volume-io.js";

/** Where coordinates come from that are not the level's own. */
export interface CoordinateOptions {
  /** Nanometres of a voxel in which the coordinates are given, e.g. as another layer shows them. */
  readonly coordResolution?: readonly number[] | undefined;
}

export interface LabelDownloadOptions
  extends DownloadOptions,
    LabelSelection,
    CoordinateOptions,
    GraphOptions {
  /** One crackle stream instead of voxels; segmentations only. */
  readonly crackle?: boolean | undefined;
}

export interface QueryOptions extends OperationOptions, CoordinateOptions, GraphOptions {
  readonly fillMissing?: boolean | undefined;
}

export interface DownloadPointOptions extends LabelDownloadOptions {
  /** Voxels along each axis, at the level that is read. Default 256. */
  readonly size?: number | readonly number[] | undefined;
}

/** A voxel asked for by a point. */
export interface PointValue {
  /** The point as it was given. */
  readonly point: Vec3;
  /** Its voxel at the level that was read. */
  readonly at: Vec3;
  /** The value of the first channel. */
  readonly value: Voxel;
  /** The values of all channels. */
  readonly values: readonly Voxel[];
}

export abstract class VolumeQueries extends VolumeIo {
  /**
   * Reads a box; for labels also as a mask (`label`), with small numbers (`renumber`), masked to some labels (`segids`), or
   * as one crackle stream (`crackle`). See `VolumeIo.download` for boxes and costs; masks and small numbers take their own
   * size and a few chunks of memory. Source: CloudVolume `download`.
   * @throws EmptyVolumeException, OutOfBoundsError, SubvoxelVolumeError, ArgumentError, AuthorizationError, DecodingError, StorageError.
   */
  override async download(
    selection: Slices | undefined,
    options: LabelDownloadOptions & { readonly crackle: true },
  ): Promise<CrackleCutout>;
  override async download(
    selection: Slices | undefined,
    options: LabelDownloadOptions & { readonly renumber: true },
  ): Promise<RenumberedCutout>;
  override async download<T extends TypedArray = TypedArray>(
    selection?: Slices,
    options?: LabelDownloadOptions & { readonly crackle?: false | undefined },
  ): Promise<VolumeCutout<T>>;
  override async download(
    selection: Slices = "...",
    options: LabelDownloadOptions = {},
  ): Promise<VolumeCutout | CrackleCutout> {
    await this.ready();
    const plan = this.downloadPlan(options);
    const box = this.#inOwnVoxels(selection, plan.mip, options);
    const read = options.crackle === true ? downloadCrackle : downloadLabels;
    return await this.report<VolumeCutout | CrackleCutout>(options, (onProgress) =>
      read(this.context, plan, box, options, { ...options, onProgress }),
    );
  }

  /**
   * The distinct values of a box, ascending (`new Set(…)` for look-ups). Chunks that lie inside as a whole are not decoded
   * where their encoding lists its labels. One request for each chunk; memory holds a few chunks and the values.
   * Source: CloudVolume `unique`. @throws EmptyVolumeException, OutOfBoundsError, DecodingError, StorageError.
   */
  async unique<T extends TypedArray = TypedArray>(
    selection: Slices = "...",
    options: QueryOptions = {},
  ): Promise<T> {
    const { plan, target } = await this.boxOf(selection, options);
    const { signal } = options;
    return (await this.report(options, (onProgress) =>
      uniqueValues(this.context, boxRequest(plan, target, { signal, onProgress })),
    )) as T;
  }

  /**
   * The voxels at points, in the order given. Points are voxels of mip 0, or of `coordResolution`, whichever level is read.
   * All points of a chunk cost one request and at most one decoding. Source: CloudVolume `scattered_points`.
   * @throws OutOfBoundsError, EmptyVolumeException, DecodingError, StorageError.
   */
  async scatteredPoints(
    points: Iterable<readonly number[]> | readonly number[],
    options: QueryOptions = {},
  ): Promise<PointValue[]> {
    const given = pointList(points);
    const { values, at } = await this.#points(given, options);
    const channels = this.numChannels;
    return given.map((point, i) => {
      const all = Array.from({ length: channels }, (_, c) => values[i * channels + c]!);
      return { point, at: at[i]!, value: all[0]!, values: all };
    });
  }

  /**
   * The values of `scatteredPoints` as one array, channel after channel for each point: what `vol[xs, ys, zs]` gives in
   * CloudVolume.
   */
  async pointValues<T extends TypedArray = TypedArray>(
    points: Iterable<readonly number[]> | readonly number[],
    options: QueryOptions = {},
  ): Promise<T> {
    const { values } = await this.#points(pointList(points), options);
    return values as T;
  }

  /**
   * The box of `size` voxels around a point. The point is a voxel of mip 0, or of `coordResolution`; `size` counts voxels
   * of the level that is read. Source: CloudVolume `download_point`. @throws OutOfBoundsError at the volume's edge, unless
   * `autocrop` or `bounded: false`; else as `download`.
   */
  async downloadPoint(point: readonly number[], options: DownloadPointOptions = {}): Promise<VolumeCutout> {
    await this.ready();
    const { size = 256, coordResolution: _, ...rest } = options;
    const mip = this.mipOf(options);
    return await this.download(boxAroundPoint(this.#toVoxel(checkPoint(point), mip, options), size), {
      ...rest,
      crackle: false,
      mip,
    });
  }

  async #points(
    points: readonly Vec3[],
    options: QueryOptions,
  ): Promise<{ readonly values: TypedArray; readonly at: readonly Vec3[] }> {
    await this.ready();
    const { layout, settings, mip } = this.downloadPlan(options);
    const at = points.map((point) => this.#toVoxel(point, mip, options));
    const { fillMissing, backgroundColor: background } = settings;
    const wanted = (voxel: Vec3): boolean => this.metadata.overlapsRoi(voxel, mip);
    const { signal } = options;
    const { bounded } = this;
    const values = await this.report(options, (onProgress) =>
      readPoints(this.context, {
        ...{ layout, points: at, bounded, fillMissing, background, wanted, signal, onProgress },
      }),
    );
    return { values, at };
  }

  /**
   * Whether each chunk that a box touches is `present`, `missing`, `denied` or `failed`, by key: one request for each, and
   * no chunk is read. To read what can be read, and learn of the rest, pass a map: `download(box, { status })`.
   */
  async status(selection: Slices = "...", options: QueryOptions = {}): Promise<Map<string, ChunkStatus>> {
    const { plan, target } = await this.boxOf(selection, options);
    const request = { layout: plan.layout, box: target.box.toList(), signal: options.signal };
    return await this.report(options, (onProgress) => chunkStatus(this.context, { ...request, onProgress }));
  }

  /**
   * A dry run: which chunks, shards, byte ranges and requests a download or upload of this box would take, and how many
   * bytes and how much memory. Asks for sizes and indices only. @throws what the operation would throw for such a box.
   */
  async explain(
    operation: "download" | "upload",
    selection: Slices = "...",
    options: QueryOptions = {},
  ): Promise<BoxExplanation> {
    const { signal } = options;
    if (operation === "download") {
      const { plan, target } = await this.boxOf(selection, options);
      const { layout, parallel } = plan;
      return await explainDownload(this.context, { layout, box: target.box.toList(), parallel, signal });
    }
    await this.ready();
    const mip = this.mipOf(options);
    this.metadata.verifyWritable(mip);
    const [layout, bounds] = [this.mipLayout(mip), this.mipBounds(mip)];
    const resolution = this.mipResolution(mip);
    const { box } = resolveSlices(selection, bounds, layout.channels, { bounded: false, resolution });
    const cut = this.autocrop ? Bbox.intersection(box, bounds) : box;
    checkTarget(layout, bounds, cut, this);
    const request = { layout, box: cut.toList(), parallel: this.threads(options) };
    return explainUpload(request, this.overwritePartialChunks);
  }

  /** What reading a whole box needs: no steps, all channels. @throws ArgumentError for less. */
  protected async boxOf(
    selection: Slices,
    options: QueryOptions,
  ): Promise<{ plan: ReturnType<VolumeIo["downloadPlan"]>; target: DownloadTarget }> {
    await this.ready();
    const plan = this.downloadPlan(options);
    const target = downloadTarget(plan, this.#inOwnVoxels(selection, plan.mip, options));
    if (target.whole) return { plan, target };
    throw new ArgumentError("This works on whole boxes: no steps, all channels", { got: String(selection) });
  }

  #toVoxel(point: Vec3, mip: number, { coordResolution }: CoordinateOptions): Vec3 {
    const { x, y, z } = this.mipResolution(0);
    const voxel = this.pointToMip(pointFromCoords(point, [x, y, z], coordResolution), 0, mip);
    return [voxel.x, voxel.y, voxel.z];
  }

  #inOwnVoxels(selection: Slices, mip: number, { coordResolution }: CoordinateOptions): Slices {
    if (coordResolution === undefined) return selection;
    const { x, y, z } = this.mipResolution(mip);
    return boxFromCoords(selection, this.mipBounds(mip), [x, y, z], coordResolution);
  }
}

/** Points, or a single one. */
function pointList(points: Iterable<readonly number[]> | readonly number[]): Vec3[] {
  const list = [...(points as Iterable<readonly number[] | number>)];
  if (list.length > 0 && list.every((v) => typeof v === "number")) return [checkPoint(list as number[])];
  return (list as (readonly number[])[]).map(checkPoint);
}
