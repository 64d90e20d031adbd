/** Graphene layers: supervoxels, and what a graph server says they belong to. */
import type { Abortable } from "../base/abort.js";
import { Bbox, type BboxLike } from "../base/bbox.js";
import type { TypedArray, Voxel } from "../base/dtype.js";
import { ArgumentError, UnsupportedFormatError } from "../base/errors.js";
import { type SegmentId, toSegmentId } from "../base/segment-ids.js";
import type { Slices } from "../base/slicing.js";
import { checkStopLayer } from "../formats/graphene/graph-requests.js";
import { toUnixTime } from "../formats/graphene/timestamp.js";
import { bboxToMip, boundsOf } from "../formats/precomputed/mip-coordinates.js";
import { planRead } from "../grid/plan.js";
import { type CrackleCutout, toCrackle } from "./crackle-cutout.js";
import type { VolumeCutout } from "./cutout.js";
import { RenumberedCutout } from "./download-labels.js";
import type { GraphOptions } from "./graph-options.js";
import {
  type Agglomeration,
  agglomerateCutout,
  mappingOf,
  maskOf,
  uniqueOf,
} from "./graphene/agglomerate.js";
import type { Graph, Labels, LeavesOptions, RootsOptions } from "./graphene/graph.js";
import { type ChunkFile, remapFiles } from "./graphene/remap-files.js";
import { filterLabels, labelFilter } from "./mask-labels.js";
import { renumberArray } from "./renumber.js";
import { labelOfChunk } from "./sharded-chunks.js";
import type { DownloadFilesOptions, MemoryCutoutOptions, Releasable } from "./volume-files.js";
import type { LabelDownloadOptions, PointValue, QueryOptions } from "./volume-queries.js";
import { VolumeTransfers } from "./volume-transfers.js";

export interface UniqueOptions extends QueryOptions {
  /** Labels other than these count as 0. Graphene without `agglomerate`: what belongs to these counts as these. */
  readonly segids?: Iterable<Voxel> | undefined;
  /** With `segids`: zeros stay, and the other labels count as the data type's largest value. */
  readonly preserveZeros?: boolean | undefined;
}

export interface GraphFilesOptions extends DownloadFilesOptions {
  /** Graphene without `agglomerate`: what belongs to these labels becomes these. */
  readonly segids?: Iterable<Voxel> | undefined;
}

export abstract class VolumeGraph extends VolumeTransfers {
  /** Whether this is a graphene layer. */
  get hasGraph(): boolean {
    return this.parts.graph !== undefined;
  }

  /** The graph: how its labels are made up, and what its server knows. @throws UnsupportedFormatError for other layers. */
  get graph(): Graph {
    const { graph } = this.parts;
    if (graph !== undefined) return graph;
    throw new UnsupportedFormatError("Only graphene layers have a graph", {
      where: this.cloudpath,
      expected: "graphene://https://HOST/segmentation/table/DATASET",
      got: this.path.format,
    });
  }

  /** Graphene: `graph.getRoots` at the volume's `timestamp`, unless told another one. */
  async getRoots(labels: Labels, options: RootsOptions = {}): Promise<BigUint64Array> {
    return await this.graph.getRoots(labels, { ...options, timestamp: options.timestamp ?? this.timestamp });
  }

  /** Graphene: the root of one label. */
  async getRoot(label: SegmentId, options: RootsOptions = {}): Promise<bigint> {
    return (await this.getRoots([label], options))[0]!;
  }

  /**
   * Graphene: the supervoxels (or other labels at `stopLayer`) of a root in a box, in voxels of `mip`. Default: mip 0. See
   * `graph.getLeaves`. @throws OutOfBoundsError unless `bounded` is false.
   */
  async getLeaves(
    root: SegmentId,
    bbox: BboxLike,
    options: LeavesOptions & { readonly mip?: QueryOptions["mip"] } = {},
  ): Promise<BigUint64Array> {
    const mip = options.mip === undefined ? 0 : this.mipOf(options);
    const { bounded } = this;
    const box = Bbox.create(bbox, { context: this.mipBounds(mip), bounded });
    const own = bboxToMip(this.info, box, mip, this.graph.watershedMip);
    return await this.graph.getLeaves(root, own, options);
  }

  /** Graphene: `graph.getChunkMappings` at the volume's `timestamp`, unless told another one. */
  async getChunkMappings(
    chunkId: SegmentId,
    options: Pick<RootsOptions, "timestamp" | "signal"> = {},
  ): Promise<Map<bigint, bigint[]>> {
    const { timestamp = this.timestamp, signal } = options;
    return await this.graph.getChunkMappings(chunkId, { timestamp, signal });
  }

  /**
   * `download` of a graphene layer gives roots with `agglomerate` (or the volume's), at `timestamp`, or ancestors at
   * `stopLayer`; `segids` are then roots, too, and so is `label`. Without it the supervoxels, and `segids` keeps the supervoxels
   * below these roots. Costs a question for the box's distinct labels (or for each of `segids`) besides the chunks.
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
    const { label, segids, preserveZeros, renumber = false, crackle = false, ...rest } = options;
    const graph = this.#asked(options, segids);
    if (graph === undefined)
      return await super.download(selection, { ...options, crackle: crackle as false });
    checkSelection(options);
    const cutout = await super.download(selection, rest);
    const { runtime } = this.context;
    const how = this.#agglomeration(graph, options, cutout.bounds, cutout.mip);
    if (label === undefined) await agglomerateCutout(runtime, cutout, how, { segids, preserveZeros });
    const found = label === undefined ? cutout : await maskOf(runtime, cutout, how, label);
    const named = renumber ? this.#renumbered(found) : found;
    if (!crackle) return named;
    return await toCrackle(named, named instanceof RenumberedCutout ? named.mapping : undefined, options);
  }

  override async unique<T extends TypedArray = TypedArray>(
    selection: Slices = "...",
    options: UniqueOptions = {},
  ): Promise<T> {
    const { segids, preserveZeros = false, ...rest } = options;
    const graph = this.#asked(options, segids);
    if (graph === undefined) {
      const values = await super.unique<T>(selection, rest);
      if (segids === undefined) return values;
      filterLabels(values, labelFilter(this.dataType, segids, preserveZeros));
      values.sort();
      return values.filter((value: Voxel, i: number) => i === 0 || value !== values[i - 1]) as T;
    }
    const { plan, target } = await this.boxOf(selection, rest);
    const supervoxels = await super.unique<BigUint64Array>(selection, rest);
    const how = this.#agglomeration(graph, options, target.box, plan.mip);
    return (await uniqueOf(supervoxels, how, { segids, preserveZeros })) as TypedArray as T;
  }

  override async scatteredPoints(
    points: Iterable<readonly number[]> | readonly number[],
    options: QueryOptions = {},
  ): Promise<PointValue[]> {
    const graph = this.#asked(options);
    const found = await super.scatteredPoints(points, options);
    if (graph === undefined) return found;
    const roots = await this.#rootsOf(
      graph,
      found.flatMap(({ values }) => values),
      options,
    );
    return found.map((point) => {
      const values = point.values.map((value) => roots.get(BigInt(value)) ?? value);
      return { ...point, value: values[0]!, values };
    });
  }

  override async pointValues<T extends TypedArray = TypedArray>(
    points: Iterable<readonly number[]> | readonly number[],
    options: QueryOptions = {},
  ): Promise<T> {
    const graph = this.#asked(options);
    const values = await super.pointValues<T>(points, options);
    if (graph === undefined) return values;
    const roots = await this.#rootsOf(graph, values as Iterable<Voxel>, options);
    return BigUint64Array.from(
      values as Iterable<Voxel>,
      (value) => roots.get(BigInt(value)) ?? BigInt(value),
    ) as TypedArray as T;
  }

  /** With `agglomerate` or `segids` the chunks' labels are replaced, without decoding them: then they come decompressed. */
  override async downloadFiles(
    selection: Slices = "...",
    options: GraphFilesOptions = {},
  ): Promise<Map<string | bigint, Uint8Array>> {
    const { segids, ...rest } = options;
    const graph = this.#asked(options, segids);
    const files = await super.downloadFiles(selection, rest);
    if (graph === undefined || files.size === 0) return files;
    if (options.decompress === false)
      throw new ArgumentError("Chunks with other labels are not as they are stored", {
        where: "decompress",
        fix: "Leave out decompress, or pass agglomerate: false.",
      });
    const { plan, target } = await this.boxOf(selection, rest);
    const named = new Map<string | bigint, ChunkFile>();
    for (const chunk of planRead(plan.layout.grid, target.box.toList())) {
      const key = `${plan.layout.key}/${chunk.key}`;
      const name = plan.layout.sharding === undefined ? key : labelOfChunk(plan.layout, key);
      const bytes = name === undefined ? undefined : files.get(name);
      if (name !== undefined && bytes !== undefined) named.set(name, { chunk, bytes });
    }
    const how = this.#agglomeration(graph, options, target.box, plan.mip);
    const wanted = segids === undefined ? [] : Array.from(segids, (id) => toSegmentId(id));
    const mapping = (labels: BigUint64Array): Promise<Map<bigint, bigint>> => mappingOf(labels, how, wanted);
    const remapped = await remapFiles(
      this.context.runtime,
      plan.layout,
      [...named.values()],
      mapping,
      options,
    );
    return new Map([...named.keys()].map((name, i) => [name, remapped[i]!]));
  }

  override async memoryCutout(
    selection: Slices = "...",
    options: MemoryCutoutOptions = {},
  ): Promise<this & Releasable> {
    const graph = this.#asked(options);
    if (!this.hasGraph) return await super.memoryCutout(selection, options);
    const { agglomerate: _, timestamp: __, stopLayer: ___, ...rest } = options;
    const supervoxels = this.at(this.mip);
    supervoxels.agglomerate = false;
    const copy = await super.memoryCutout.call(supervoxels, selection, rest);
    try {
      if (graph !== undefined) {
        const { relabelVolume } = await import("./graphene/relabel-volume.js");
        const { timestamp = this.timestamp, stopLayer, signal } = options;
        const how = { graph, agglomerate: true, timestamp, stopLayer, box: undefined, signal };
        const { target } = await this.boxOf(selection, rest);
        const box = target.box.toList();
        const layout = copy.mipLayout(copy.mip);
        await relabelVolume(copy.context, layout, box, (labels) => mappingOf(labels, how, []), { signal });
      }
    } catch (error) {
      copy.release();
      throw error;
    }
    return copy as this & Releasable;
  }

  /** The graph, if it is needed. @throws ArgumentError for options that no graph understands, UnsupportedFormatError where there is none. */
  #asked(options: GraphOptions, segids?: Iterable<Voxel>): Graph | undefined {
    const { agglomerate = this.hasGraph && this.agglomerate, timestamp, stopLayer } = options;
    if (!agglomerate && (segids === undefined || !this.hasGraph)) return undefined;
    const { graph } = this;
    if (timestamp !== undefined) toUnixTime(timestamp);
    if (agglomerate) checkStopLayer(stopLayer, graph.nLayers);
    // Layer 1 is what is stored.
    return agglomerate && stopLayer === 1 ? undefined : graph;
  }

  #agglomeration(graph: Graph, options: GraphOptions & Abortable, bounds: Bbox, mip: number): Agglomeration {
    const { agglomerate = this.agglomerate, timestamp = this.timestamp, stopLayer, signal } = options;
    const { info } = this;
    // The server is asked about the volume only; around it there is nothing.
    const inside = Bbox.intersection(bboxToMip(info, bounds, mip, 0), boundsOf(info, 0));
    const box = inside.subvoxel() ? undefined : bboxToMip(info, inside, 0, graph.watershedMip);
    return { graph, agglomerate, timestamp, stopLayer, box, signal };
  }

  async #rootsOf(graph: Graph, values: Iterable<Voxel>, options: QueryOptions): Promise<Map<bigint, bigint>> {
    const labels = [...new Set(Array.from(values, BigInt))];
    const { timestamp = this.timestamp, stopLayer, signal } = options;
    const roots = await graph.getRoots(labels, { timestamp, stopLayer, signal });
    return new Map(labels.map((label, i) => [label, roots[i]!]));
  }

  #renumbered(cutout: VolumeCutout): RenumberedCutout {
    const { workspace, files } = this.context.runtime;
    const { dtype, mapping, data } = renumberArray(
      workspace,
      cutout.data,
      cutout.dtype,
      this.backgroundColor,
    );
    cutout.release();
    return new RenumberedCutout(mapping, data, cutout.shape, dtype, cutout.origin, undefined, files);
  }
}

function checkSelection({ label, segids, preserveZeros, out, renumber }: LabelDownloadOptions): void {
  const exclude = (a: string, b: string, fix: string): ArgumentError =>
    new ArgumentError(`${a} and ${b} exclude each other`, { where: "download", fix });
  if (label !== undefined && segids !== undefined)
    throw exclude("label", "segids", "A mask has one label; pass segids to keep several.");
  if (preserveZeros === true && segids === undefined)
    throw new ArgumentError("preserveZeros needs segids", { where: "preserveZeros" });
  if (out !== undefined && (label !== undefined || renumber === true))
    throw exclude(
      "out",
      label !== undefined ? "label" : "renumber",
      "These make an array of their own type.",
    );
}
