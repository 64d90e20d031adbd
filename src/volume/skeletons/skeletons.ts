/** The skeletons of a layer: CloudVolume's `vol.skeleton`. */
import type { Abortable } from "../../base/abort.js";
import type { BboxLike } from "../../base/bbox.js";
import { MissingError } from "../../base/errors.js";
import { parseJson, stringifyJson } from "../../base/json.js";
import { type SegmentId, type SegmentIds, toSegmentId, toSegmentIds } from "../../base/segment-ids.js";
import { readLayerFile, writeLayerFile } from "../../formats/layer-files.js";
import {
  defaultSkeletonInfo,
  type SkeletonInfo,
  skeletonMip,
  storedForm,
  verifySkeletonInfo,
} from "../../formats/precomputed/skeleton/info.js";
import { type HashedShardingOptions, hashedSharding } from "../../formats/precomputed/skeleton/sharding.js";
import type { SpatialIndex } from "../../formats/precomputed/spatial-index/spatial-index.js";
import type { SkeletonParts } from "../../geometry/skeleton/parts.js";
import { Skeleton, type SkeletonOptions, viewedSkeleton } from "../../geometry/skeleton/skeleton.js";
import type { Viewer, ViewerOptions } from "../../geometry/viewer/view.node.js";
import {
  parseSharding,
  type ShardedStore,
  shardedStore,
  shardingJson,
} from "../../shards/neuroglancer-uint64/index.js";
import type { Store } from "../../stores/store.js";
import { SpatialIndexes } from "../spatial-index.js";
import { keyOf, type SkeletonHost } from "./host.js";
import { listSkeletons, skeletonsExist } from "./list.js";
import { readSkeletons } from "./read.js";
import { deleteSkeletons, writeSkeletons } from "./write.js";

export interface SkeletonReadOptions extends Abortable {
  /** Leaves out skeletons that are not there (one alone: undefined). Default false: an error of kind `missing`. */
  readonly allowMissing?: boolean | undefined;
}

export interface RawSkeleton extends Pick<SkeletonOptions, "vertices" | "edges" | "radii" | "vertexTypes"> {}

export class Skeletons {
  readonly #host: SkeletonHost;
  #info: Promise<SkeletonInfo> | undefined;
  #shards: { readonly json: string; readonly source: Store; readonly store: ShardedStore } | undefined;
  readonly #indexes = new SpatialIndexes();

  constructor(host: SkeletonHost) {
    this.#host = host;
  }

  /** The folder of skeletons in the layer. */
  get path(): string {
    return this.#host.folder;
  }

  // ---- metadata ----
  /** The skeletons' info document, read once. To be changed at will; stored by `commitInfo`. @throws InfoError. */
  async info(options: Abortable = {}): Promise<SkeletonInfo> {
    const reading = this.#info ?? this.#fetchInfo(options);
    this.#info = reading;
    reading.catch(() => {
      if (this.#info === reading) this.#info = undefined;
    });
    return await reading;
  }

  /** Reads the info again. */
  async refreshInfo(options: Abortable = {}): Promise<SkeletonInfo> {
    this.#info = undefined;
    return await this.info(options);
  }

  /** Stores the info. @throws InfoError if it is not valid, ReadOnlyException. */
  async commitInfo(options: Abortable = {}): Promise<void> {
    this.#host.verifyWritable();
    const key = keyOf(this.#host, "info");
    const info = verifySkeletonInfo(await this.info(options), this.#host.store.url(key));
    await writeLayerFile(this.#host.store, key, storedForm(info), options);
  }

  async isSharded(options: Abortable = {}): Promise<boolean> {
    return (await this.#shardsOf(options)) !== undefined;
  }

  /** Makes the info say that skeletons are in shards, as many as suit their number. Not stored until `commitInfo`. */
  async toSharded(options: HashedShardingOptions & Abortable): Promise<void> {
    (await this.info(options)).sharding = shardingJson(hashedSharding(options));
  }

  /** Makes the info say that each skeleton has a file of its own. Not stored until `commitInfo`. */
  async toUnsharded(options: Abortable = {}): Promise<void> {
    delete (await this.info(options)).sharding;
  }

  /** Which labels are where; undefined if the info has no spatial index. */
  async spatialIndex(options: Abortable = {}): Promise<SpatialIndex | undefined> {
    const info = await this.info(options);
    const { volumeInfo, store, database, users, folder } = this.#host;
    if (!info.spatial_index || volumeInfo === undefined) return undefined;
    const mip = skeletonMip(info, folder) ?? 0;
    const place = { store, folder: keyOf(this.#host, ""), volumeInfo, database, users };
    return this.#indexes.open(info.spatial_index, mip, place);
  }

  // ---- reading ----
  /**
   * One skeleton, or several in their order, in physical space. Costs a request each, in shards at most three one after the other.
   * @throws SkeletonMissingError (EmptyFileException in shards), SkeletonDecodeError, InfoError, StorageError.
   */
  get(label: SegmentId, options?: SkeletonReadOptions & { readonly allowMissing?: false }): Promise<Skeleton>;
  get(label: SegmentId, options: SkeletonReadOptions): Promise<Skeleton | undefined>;
  get(labels: Iterable<SegmentId>, options?: SkeletonReadOptions): Promise<Skeleton[]>;
  async get(
    labels: SegmentIds,
    options: SkeletonReadOptions = {},
  ): Promise<Skeleton | Skeleton[] | undefined> {
    const many = typeof labels === "object";
    const wanted = many ? Array.from(labels, toSegmentId) : [toSegmentId(labels)];
    const { allowMissing = false, signal } = options;
    const [info, shards] = [await this.info(options), await this.#shardsOf(options)];
    const found = await readSkeletons(this.#host, info, shards, wanted, { allowMissing, signal });
    return many ? found.filter((s) => s !== undefined) : found[0];
  }

  /** The skeletons whose box in the spatial index touches a box in physical units. @throws MissingError without an index. */
  async getByBbox(bbox: BboxLike, options: SkeletonReadOptions = {}): Promise<Skeleton[]> {
    const index = await this.spatialIndex(options);
    if (index === undefined)
      throw new MissingError("These skeletons have no spatial index", {
        where: this.#host.store.url(this.#host.folder),
        fix: "Read them by label.",
      });
    return await this.get(await index.query(bbox, options), options);
  }

  /** CloudVolume's name of `getByBbox`. */
  async getBbox(bbox: BboxLike, options: SkeletonReadOptions = {}): Promise<Skeleton[]> {
    return await this.getByBbox(bbox, options);
  }

  /** Shows skeletons in the browser, on a page of this machine alone; `close()` of the result ends that. In Node. */
  async viewer(labels: SegmentIds, options: SkeletonReadOptions & ViewerOptions = {}): Promise<Viewer> {
    const skeletons = await this.get(toSegmentIds(labels), options);
    const { viewObjects } = await import("../../geometry/viewer/view.node.js");
    return await viewObjects(skeletons.map(viewedSkeleton), options);
  }

  /** The labels that have a skeleton, ascending. @throws UnsupportedProtocolError where the storage cannot list. */
  async list(options: Abortable = {}): Promise<bigint[]> {
    const index = await this.spatialIndex(options);
    return await listSkeletons(this.#host, index, await this.#shardsOf(options), options);
  }

  /** The key of the file that each skeleton is in; undefined for those that are not there. */
  async exists(labels: SegmentIds, options: Abortable = {}): Promise<Map<bigint, string | undefined>> {
    const wanted = toSegmentIds(labels);
    return await skeletonsExist(this.#host, await this.#shardsOf(options), wanted, options);
  }

  // ---- writing ----
  /**
   * Stores skeletons under their ids, with the info's attributes; those in physical space are taken back through its
   * transform. Single files are gzipped by default. In shards, what else they hold stays.
   * @throws ReadOnlyException, ArgumentError, SkeletonAttributeMixingError, SkeletonEncodeError, StorageError.
   */
  async upload(skeletons: SkeletonParts | Iterable<SkeletonParts>, options: Abortable = {}): Promise<void> {
    const all = Symbol.iterator in skeletons ? [...skeletons] : [skeletons];
    const [info, shards] = [await this.info(options), await this.#shardsOf(options)];
    await writeSkeletons(this.#host, info, shards, all, options);
  }

  /** CloudVolume's other name of `upload`. */
  async put(skeletons: SkeletonParts | Iterable<SkeletonParts>, options: Abortable = {}): Promise<void> {
    await this.upload(skeletons, options);
  }

  /** Stores vertices and edges as they are. CloudVolume's `upload_raw`. */
  async uploadRaw(label: SegmentId, raw: RawSkeleton, options: Abortable = {}): Promise<void> {
    await this.upload(new Skeleton({ ...raw, id: toSegmentId(label) }), options);
  }

  /** Removes single files; none is no error. @throws ReadOnlyException, UnsupportedFormatError for shards. */
  async delete(labels: SegmentIds, options: Abortable = {}): Promise<void> {
    const wanted = toSegmentIds(labels);
    await deleteSkeletons(this.#host, await this.#shardsOf(options), wanted, options);
  }

  async #fetchInfo(options: Abortable): Promise<SkeletonInfo> {
    const { store } = this.#host;
    const key = keyOf(this.#host, "info");
    const file = await readLayerFile(store, key, options);
    if (file === undefined) return defaultSkeletonInfo();
    return verifySkeletonInfo(parseJson(file.bytes, { where: store.url(key) }), store.url(key));
  }

  async #shardsOf(options: Abortable): Promise<ShardedStore | undefined> {
    const { sharding } = await this.info(options);
    if (sharding === null || sharding === undefined) return undefined;
    const json = stringifyJson(sharding);
    const { store } = this.#host;
    if (this.#shards?.json !== json || this.#shards.source !== store) {
      const spec = parseSharding(sharding, store.url(keyOf(this.#host, "info")));
      this.#shards = { json, source: store, store: shardedStore(store, keyOf(this.#host, ""), spec) };
    }
    return this.#shards.store;
  }
}
