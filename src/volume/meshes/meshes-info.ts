/** The info document of a mesh folder, read when it is first needed. */
import type { Abortable } from "../../base/abort.js";
import { ScaleUnavailableError } from "../../base/errors.js";
import { parseJson } from "../../base/json.js";
import { readLayerFile, writeLayerFile } from "../../formats/layer-files.js";
import {
  defaultMeshInfo,
  isMultilod,
  isSharded,
  type MeshInfo,
  meshMip,
  type QuantizationBits,
  toLegacy,
  toMultilod,
  verifyMeshInfo,
} from "../../formats/precomputed/mesh/info.js";
import { type HashedShardingOptions, hashedSharding } from "../../formats/precomputed/skeleton/sharding.js";
import type { SpatialIndex } from "../../formats/precomputed/spatial-index/spatial-index.js";
import { shardingJson } from "../../shards/neuroglancer-uint64/index.js";
import { SpatialIndexes, type SpatialIndexPlace } from "../spatial-index.js";
import { keyOf, type MeshFiles, urlOf } from "./files.js";

export interface VolumeLevel {
  /** Nanometres of a voxel. */
  readonly resolution: readonly number[];
  /** Where the volume begins, in voxels. */
  readonly offset: readonly number[];
  /** Voxels of the volume. */
  readonly size: readonly number[];
}

/** What meshes know of the volume that they belong to. */
export interface MeshVolume {
  /** Undefined for a level that the volume does not have. */
  readonly level: (mip: number) => VolumeLevel | undefined;
  /** The level that counts where the meshes do not name theirs. */
  readonly mip: () => number;
  /** @throws ReadOnlyException. */
  readonly verifyWritable: () => void;
  /** Where the spatial index of the meshes' folder is. */
  readonly indexPlace: () => Omit<SpatialIndexPlace, "store" | "folder">;
}

export interface MeshesParts extends MeshFiles {
  /** Whether there may be an info file: a volume that names no mesh folder has none. */
  readonly hasInfo: boolean;
  /** Undefined for a folder that was opened by itself. */
  readonly volume?: MeshVolume | undefined;
}

export class MeshesInfo {
  protected readonly parts: MeshesParts;
  #info: Promise<MeshInfo> | undefined;
  readonly #indexes = new SpatialIndexes();

  constructor(parts: MeshesParts) {
    this.parts = parts;
  }

  /** The folder, for messages and in `info.mesh`. */
  get path(): string {
    return this.parts.prefix.replace(/\/$/, "");
  }
  get url(): string {
    return urlOf(this.parts, "");
  }

  /**
   * The info document, read once; to be changed at will, stored by `commitInfo`. Where there is none, that of
   * legacy meshes. @throws InfoError.
   */
  async info(options: Abortable = {}): Promise<MeshInfo> {
    const reading = this.#info ?? this.#read(options);
    this.#info = reading;
    reading.catch(() => {
      if (this.#info === reading) this.#info = undefined;
    });
    return await reading;
  }

  /** Reads the info file again. */
  async refreshInfo(options: Abortable = {}): Promise<MeshInfo> {
    this.#info = undefined;
    return await this.info(options);
  }

  /** Stores the info document. @throws InfoError, ReadOnlyException. */
  async commitInfo(options: Abortable = {}): Promise<void> {
    this.parts.volume?.verifyWritable();
    const info = verifyMeshInfo(await this.info(options), urlOf(this.parts, "info"));
    await writeLayerFile(this.parts.store, keyOf(this.parts, "info"), info, options);
  }

  /** Whether meshes have levels of detail. */
  async isMultires(options: Abortable = {}): Promise<boolean> {
    return isMultilod(await this.info(options));
  }
  async isSharded(options: Abortable = {}): Promise<boolean> {
    return isSharded(await this.info(options));
  }
  /** The level of the volume that the meshes were made of, where it is known. */
  async mip(options: Abortable = {}): Promise<number | undefined> {
    return meshMip(await this.info(options), this.path);
  }

  /** Which labels are where; undefined if the info has no spatial index. @throws ScaleUnavailableError. */
  async spatialIndex(options: Abortable = {}): Promise<SpatialIndex | undefined> {
    const { spatial_index: index } = await this.info(options);
    const { store, prefix: folder, volume } = this.parts;
    if (index === undefined || index === null || volume === undefined) return undefined;
    return this.#indexes.open(index, (await this.mip(options)) ?? 0, {
      store,
      folder,
      ...volume.indexPlace(),
    });
  }

  /**
   * In shards from now on, as many as suit the number of meshes; not stored until `commitInfo`. Only meshes with
   * levels of detail have a sharded form: see `toMultiResolution`.
   */
  async toSharded(options: HashedShardingOptions & Abortable): Promise<void> {
    (await this.info(options)).sharding = shardingJson(hashedSharding(options));
  }

  /** Unsharded from now on; not stored until `commitInfo`. */
  async toUnsharded(options: Abortable = {}): Promise<void> {
    delete (await this.info(options)).sharding;
  }

  /**
   * Multi-resolution from now on, with coordinates stored in voxels of the meshes' level; not stored until
   * `commitInfo`. Meshes that are there already are not converted.
   */
  async toMultiResolution(vertexQuantizationBits: QuantizationBits, options: Abortable = {}): Promise<void> {
    const info = await this.info(options);
    const resolution = this.parts.volume === undefined ? [1, 1, 1] : (await this.level(options)).resolution;
    const changed = { ...info };
    toMultilod(changed, vertexQuantizationBits, resolution);
    verifyMeshInfo(changed, urlOf(this.parts, "info"));
    Object.assign(info, changed);
  }

  /** Legacy from now on; not stored until `commitInfo`. */
  async toSingleResolution(options: Abortable = {}): Promise<void> {
    toLegacy(await this.info(options));
  }

  /** The meshes' level of the volume. @throws ScaleUnavailableError. */
  protected async level(options: Abortable): Promise<VolumeLevel> {
    const { volume } = this.parts;
    const mip = (await this.mip(options)) ?? volume?.mip() ?? 0;
    const level = volume?.level(mip);
    if (level !== undefined) return level;
    throw new ScaleUnavailableError("The volume does not have the meshes' level", {
      where: this.url,
      got: volume === undefined ? "meshes opened without their volume" : `mip ${mip}`,
    });
  }

  async #read(options: Abortable): Promise<MeshInfo> {
    const { hasInfo, store } = this.parts;
    if (!hasInfo) return defaultMeshInfo();
    const key = keyOf(this.parts, "info");
    const file = await readLayerFile(store, key, options);
    if (file === undefined) return defaultMeshInfo();
    const where = store.url(key);
    return verifyMeshInfo(parseJson(file.bytes, { where }), where);
  }
}
