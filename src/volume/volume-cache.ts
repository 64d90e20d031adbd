/** CloudVolume's `vol.cache`: what lies in a layer's disk cache, and how to get rid of it. */
import { Bbox } from "../base/bbox.js";
import { ArgumentError } from "../base/errors.js";
import { resolveSlices, type Slices } from "../base/slicing.js";
import type { CacheSetting } from "../cache/disk/location.node.js";
import { splitSuffix } from "../compression/names.js";
import { bboxToMip, boundsOf } from "../formats/precomputed/mip-coordinates.js";
import { findMip, type MipSpec } from "../formats/precomputed/scales.js";
import type { LayerCache } from "./layer-cache.js";
import type { LayerMetadata } from "./layer-metadata.js";
import { scaleLayout } from "./scale-layout.js";
import type { CompressSetting } from "./settings.js";
import { chunkOfLabel } from "./sharded-chunks.js";

/** The volume that a cache is shown for. */
export interface CachedVolume {
  readonly metadata: LayerMetadata;
  readonly mip: number;
  readonly layerCache: LayerCache;
}

export interface FlushOptions {
  /** Keep the chunks that this box touches, in voxels of mip 0. Meshes and skeletons stay, too. */
  readonly preserve?: Slices | undefined;
}

export class VolumeCache {
  readonly #volume: CachedVolume;

  constructor(volume: CachedVolume) {
    this.#volume = volume;
  }

  get #cache(): LayerCache {
    return this.#volume.layerCache;
  }

  /** Settable: `true`, `false`, or a folder to cache below. @throws AuthorizationError if it cannot be used. */
  get enabled(): boolean {
    return this.#cache.enabled;
  }
  set enabled(setting: CacheSetting) {
    this.#cache.enabled = setting;
  }

  /** The folder of this layer's cache. Settable. */
  get path(): string {
    return this.#cache.path;
  }
  set path(path: string) {
    this.#cache.path = path;
  }

  /** Compression of new files: `null` as they are stored in the layer, `true` gzip, `false` none, or a name. Settable. */
  get compress(): CompressSetting {
    return this.#cache.compress;
  }
  set compress(setting: CompressSetting) {
    this.#cache.compress = setting;
  }

  /** Most bytes of this layer's cache, for all processes together; undefined: no limit. Settable. */
  get maxBytes(): number | undefined {
    return this.#cache.limit;
  }
  set maxBytes(bytes: number | undefined) {
    this.#cache.limit = bytes;
  }

  /** Names of the cached chunks of a level, as files: with the suffix of their compression. */
  async list(mip: MipSpec = this.#volume.mip): Promise<string[]> {
    return (await this.#cache.disk.names(this.#key(mip))).sort();
  }

  async listMeshes(): Promise<string[]> {
    return await this.#listFolder("mesh");
  }

  async listSkeletons(): Promise<string[]> {
    return await this.#listFolder("skeletons");
  }

  async #listFolder(field: "mesh" | "skeletons"): Promise<string[]> {
    const folder = this.#volume.metadata.info[field];
    return folder ? (await this.#cache.disk.names(folder)).sort() : [];
  }

  /** Number of cached files of the current level; with `allMips` of each. */
  numFiles(options: { readonly allMips: true }): Promise<number[]>;
  numFiles(options?: { readonly allMips?: false }): Promise<number>;
  async numFiles({ allMips = false }: { readonly allMips?: boolean } = {}): Promise<number | number[]> {
    return await this.#perMip(allMips, async (key) => (await this.#cache.disk.names(key)).length);
  }

  /** Bytes of the cached files of the current level; with `allMips` of each. */
  numBytes(options: { readonly allMips: true }): Promise<number[]>;
  numBytes(options?: { readonly allMips?: false }): Promise<number>;
  async numBytes({ allMips = false }: { readonly allMips?: boolean } = {}): Promise<number | number[]> {
    return await this.#perMip(allMips, (key) => this.#cache.disk.bytes(key));
  }

  async #perMip(allMips: boolean, count: (key: string) => Promise<number>): Promise<number | number[]> {
    if (!allMips) return await count(this.#key(this.#volume.mip));
    return await Promise.all(this.#mips.map((mip) => count(this.#key(mip))));
  }

  /** Number and bytes of all files of this layer's cache: chunks, meshes, skeletons, info, provenance. */
  total(): { readonly files: number; readonly bytes: number } {
    return this.#cache.disk.total();
  }

  /** Whether a file of the layer is cached, by its key. */
  has(key: string): boolean {
    return this.#cache.disk.holds(key) && this.#cache.disk.has(key);
  }

  /** Deletes this layer's cache, all of it or all chunks but those of a region. Source: CloudVolume `cache.flush`. */
  async flush({ preserve }: FlushOptions = {}): Promise<void> {
    if (preserve === undefined) return this.#cache.disk.flush();
    const kept = this.#box(preserve);
    await this.#removeChunks(this.#mips, kept, (touches) => !touches);
  }

  /** Deletes the cached chunks that a box touches, in voxels of mip 0; of all levels, or of `mips`. */
  async flushRegion(
    region: Slices,
    { mips = this.#mips }: { readonly mips?: readonly MipSpec[] } = {},
  ): Promise<void> {
    await this.#removeChunks(mips, this.#box(region), (touches) => touches);
  }

  async #removeChunks(
    mips: readonly MipSpec[],
    region: Bbox,
    goes: (touches: boolean) => boolean,
  ): Promise<void> {
    const { info } = this.#volume.metadata;
    for (const spec of mips) {
      const mip = findMip(info, spec);
      const own = bboxToMip(info, region, 0, mip);
      const layout = scaleLayout(info, mip);
      for (const file of await this.#cache.disk.names(layout.key)) {
        const box = boxOf(file, (label) => chunkOfLabel(layout, label));
        // Indices of shards are of no region: they go with any of it.
        if (box === undefined ? file.includes(".shard") : goes(Bbox.intersects(box, own)))
          this.#cache.disk.removeFile(`${layout.key}/${file}`);
      }
    }
  }

  flushInfo(): void {
    this.#cache.disk.drop("info");
  }

  flushProvenance(): void {
    this.#cache.disk.drop("provenance");
  }

  /**
   * Compares the cached info with the layer's own; only sizes may differ (a warning).
   * @throws InfoError if anything else does, InfoUnavailableError.
   */
  async checkInfoValidity(): Promise<void> {
    await this.#volume.metadata.checkInfoValidity();
  }

  /** The same for the provenance. @returns whether they are the same; a difference is warned of. */
  async checkProvenanceValidity(): Promise<boolean> {
    return await this.#volume.metadata.checkProvenanceValidity();
  }

  get #mips(): number[] {
    return this.#volume.metadata.info.scales.map((_, mip) => mip);
  }

  #key(mip: MipSpec): string {
    const { info } = this.#volume.metadata;
    return info.scales[findMip(info, mip)]!.key;
  }

  #box(region: Slices): Bbox {
    const { info } = this.#volume.metadata;
    const { box, step } = resolveSlices(region, boundsOf(info, 0), info.num_channels, {
      bounded: false,
      resolution: info.scales[0]!.resolution,
    });
    if (step.every((s) => s === 1)) return box;
    throw new ArgumentError("A region of a cache has no steps", { got: String(region) });
  }
}

/** The box of a cached chunk; undefined for other files. */
function boxOf(file: string, nameOf: (label: bigint) => string | undefined): Bbox | undefined {
  const { name } = splitSuffix(file);
  const chunk = /^\d+$/.test(name) ? nameOf(BigInt(name))?.split("/").at(-1) : name;
  try {
    return chunk === undefined ? undefined : Bbox.fromFilename(chunk);
  } catch {
    return undefined;
  }
}
