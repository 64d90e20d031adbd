import type { Abortable } from "../../base/abort.js";
import type { Bbox } from "../../base/bbox.js";
import { AbortError, describe, ProvenanceError, ReadOnlyException } from "../../base/errors.js";
import type { Store } from "../../stores/store.js";
import { type CommitOptions, readLayerFile, type WriteFileOptions, writeLayerFile } from "../layer-files.js";
import {
  type CacheSwitch,
  cachedInfo,
  cachedProvenance,
  compareInfo,
  compareProvenance,
  keepFile,
} from "./cached-files.js";
import { infoWarnings, verifyCommittable } from "./committable.js";
import { type Info, verifyInfo } from "./info.js";
import { lockedMips, setLocks } from "./mip-locks.js";
import {
  emptyProvenance,
  type ProvenanceRecord,
  parseProvenance,
  toProvenance,
  verifyProvenance,
} from "./provenance.js";
import { fetchInfoFile, followRedirects, type Layer, type RedirectOptions } from "./redirects.js";
import { overlapsRoi } from "./rois.js";
import { findMip, isPlaceholder, type MipSpec } from "./scales.js";

export interface OpenMetadataOptions extends RedirectOptions {
  /** The path that was opened. Default: the store's own address. */
  readonly cloudpath?: string | undefined;
  /** Use this info (the object itself) and read none. */
  readonly info?: Info | undefined;
  /** Use this record, or its JSON, and read none. */
  readonly provenance?: Partial<ProvenanceRecord> | string | undefined;
  /** Whether to read the provenance file now. Default true; else `refreshProvenance` does. */
  readonly loadProvenance?: boolean | undefined;
  /** Keeps info and provenance on disk while it is enabled. */
  readonly cache?: CacheSwitch | undefined;
  /** Told of what is odd but works. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/**
 * The info and provenance of a layer, where they lie, and whether they may be written. It is CloudVolume's
 * `PrecomputedMetadata`; what can be computed from an info alone is in `scales.ts` and `mip-coordinates.ts`.
 */
export class PrecomputedMetadata {
  /** After a redirect nothing is written unless this is set to false. */
  readonly: boolean;
  #layer: Layer;
  #redirectedFrom: readonly string[] = [];
  #info: Info | undefined;
  /** What was read or written last; null: there was no file. Undefined: not known, and not compared. */
  #infoVersion: string | undefined;
  #provenanceVersion: string | null | undefined;
  #provenance: ProvenanceRecord | undefined;
  #provenanceFailure: unknown;
  readonly #options: OpenMetadataOptions;

  private constructor(store: Store, options: OpenMetadataOptions) {
    const { signal: _, ...rest } = options;
    this.#options = rest;
    this.#layer = { store, cloudpath: options.cloudpath ?? store.url("").replace(/\/+$/, "") };
    this.readonly = false;
  }

  /**
   * Reads the info, following redirects, and the provenance. A provenance file that cannot be read does not
   * keep the layer from opening: it is told to `onWarning`, and `provenance` throws.
   * @throws InfoUnavailableError, InfoError, RedirectError and its kinds, ProvenanceError for `provenance` as
   * given, and what the store throws.
   */
  static async open(store: Store, options: OpenMetadataOptions = {}): Promise<PrecomputedMetadata> {
    const metadata = new PrecomputedMetadata(store, options);
    const { info, provenance, loadProvenance = true, signal } = options;
    if (provenance !== undefined) metadata.provenance = provenance;
    const first = metadata.#layer;
    const load = provenance === undefined && loadProvenance;
    const cache = load ? metadata.#cache : undefined;
    const kept = cache !== undefined && (await cachedProvenance(cache)) !== undefined;
    const early = load ? metadata.#tryProvenance({ signal }) : undefined;
    try {
      if (info !== undefined) metadata.info = info;
      else await metadata.#openInfo({ signal });
    } finally {
      await early;
    }
    if (kept) await metadata.checkProvenanceValidity({ signal }).catch(() => {});
    if (load && metadata.#layer !== first) {
      metadata.#cache?.disk.drop("provenance");
      await metadata.#tryProvenance({ signal });
    }
    if (metadata.#provenanceFailure instanceof AbortError) throw metadata.#provenanceFailure;
    if (load && metadata.#provenanceFailure !== undefined) {
      options.onWarning?.(`The provenance cannot be read: ${describe(metadata.#provenanceFailure)}`);
    }
    return metadata;
  }

  /** The store of the layer that the redirects led to. */
  get store(): Store {
    return this.#layer.store;
  }

  /** The path of the layer that the redirects led to. */
  get cloudpath(): string {
    return this.#layer.cloudpath;
  }

  /** The paths that redirected here, the one that was opened first. */
  get redirectedFrom(): readonly string[] {
    return this.#redirectedFrom;
  }

  /** Plain JSON, to be changed at will; stored by `commitInfo`. */
  get info(): Info {
    return this.#info as Info;
  }
  set info(info: Info) {
    this.#info = verifyInfo(info, this.store.url("info"));
  }

  /** Stored by `commitProvenance`. @throws ProvenanceError if the file could not be read, or was not. */
  get provenance(): ProvenanceRecord {
    if (this.#provenanceFailure !== undefined) throw this.#provenanceFailure;
    if (this.#provenance !== undefined) return this.#provenance;
    throw new ProvenanceError("The provenance was not read", { fix: "Call refreshProvenance first" });
  }
  /** A copy is kept; missing fields get their empty value. @throws ProvenanceError. */
  set provenance(record: Partial<ProvenanceRecord> | string) {
    this.#provenance = toProvenance(record, this.store.url("provenance"));
    this.#provenanceFailure = undefined;
  }

  /** The info in storage as it is now, here only: no redirects, and `info` stays. */
  async fetchInfo(options: Abortable = {}): Promise<Info> {
    const { json } = await fetchInfoFile(this.#layer, options);
    return verifyInfo(json, this.store.url("info"));
  }

  /** The cached info while the cache is enabled, compared with that in storage; else that in storage. */
  async #openInfo(options: Abortable): Promise<void> {
    const cache = this.#cache;
    const cached = cache && (await cachedInfo(cache));
    await this.#readInfo(options);
    if (cache === undefined) return;
    if (cached === undefined) return keepFile(cache, "info", this.info);
    const warning = compareInfo(cached, this.info, cache.path);
    if (warning !== undefined) cache.warn(warning);
    this.#info = cached;
    if (warning !== undefined) this.#infoVersion = undefined;
  }

  get #cache(): CacheSwitch | undefined {
    const { cache } = this.#options;
    return cache?.enabled === true ? cache : undefined;
  }

  /** Compares the cached info, if there is one, with that in storage. @throws InfoError if they differ in more than sizes. */
  async checkInfoValidity(options: Abortable = {}): Promise<void> {
    const { cache } = this.#options;
    const cached = cache && (await cachedInfo(cache));
    if (cache === undefined || cached === undefined) return;
    const warning = compareInfo(cached, await this.fetchInfo(options), cache.path);
    if (warning !== undefined) cache.warn(warning);
  }

  /** The same of the provenance; a difference is told to `onWarning`. @returns whether they are the same. */
  async checkProvenanceValidity(options: Abortable = {}): Promise<boolean> {
    const { cache } = this.#options;
    const cached = cache && (await cachedProvenance(cache));
    if (cache === undefined || cached === undefined) return true;
    const warning = compareProvenance(cached, await this.fetchProvenance(options), cache.path);
    if (warning !== undefined) cache.warn(warning);
    return warning === undefined;
  }

  /**
   * Replaces `info` by the cached one while the cache is enabled and has it, else by what is in storage, following
   * redirects as at opening.
   */
  async refreshInfo(options: Abortable = {}): Promise<Info> {
    const cached = this.#cache && (await cachedInfo(this.#cache));
    if (cached !== undefined) {
      this.#info = cached;
      this.#infoVersion = undefined;
      return cached;
    }
    const info = await this.#readInfo(options);
    if (this.#cache !== undefined) keepFile(this.#cache, "info", info);
    return info;
  }

  async #readInfo(options: Abortable): Promise<Info> {
    const { store, cloudpath, json, version, redirectedFrom } = await followRedirects(this.#layer, {
      ...this.#options,
      ...options,
    });
    const info = verifyInfo(json, store.url("info"));
    if (redirectedFrom.length > 0) {
      this.#layer = { store, cloudpath };
      this.#redirectedFrom = [...this.#redirectedFrom, ...redirectedFrom];
      this.readonly = true;
    }
    for (const warning of infoWarnings(info)) this.#options.onWarning?.(warning);
    this.#info = info;
    this.#infoVersion = version;
    return info;
  }

  /**
   * Writes `info` to storage, byte for byte as CloudVolume does, except that numbers keep their spelling.
   * @throws InfoError if it is not valid, ReadOnlyException; ConflictError if another writer has replaced it since it
   * was read or written here, unless `overwrite`.
   */
  async commitInfo({ signal, overwrite = false }: CommitOptions = {}): Promise<void> {
    await this.#commitInfo({ signal, ifVersion: overwrite ? undefined : this.#infoVersion });
  }

  /** The provenance in storage as it is now; the empty record if there is none. @throws ProvenanceError. */
  async fetchProvenance(options: Abortable = {}): Promise<ProvenanceRecord> {
    return (await this.#readProvenance(options)).record;
  }

  async #readProvenance(
    options: Abortable,
  ): Promise<{ readonly record: ProvenanceRecord; readonly version: string | null | undefined }> {
    const file = await readLayerFile(this.store, "provenance", options);
    if (file === undefined) return { record: emptyProvenance(), version: null };
    const record = await parseProvenance(file.bytes, this.store.url("provenance"));
    return { record, version: file.version };
  }

  /** Replaces `provenance` by the cached one while there is one, else by what is in storage. @throws ProvenanceError. */
  async refreshProvenance(options: Abortable = {}): Promise<ProvenanceRecord> {
    const cache = this.#cache;
    const cached = cache && (await cachedProvenance(cache));
    const { record, version } =
      cached === undefined ? await this.#readProvenance(options) : { record: cached, version: undefined };
    this.#provenance = record;
    this.#provenanceVersion = version;
    if (cache !== undefined && cached === undefined) keepFile(cache, "provenance", this.#provenance);
    this.#provenanceFailure = undefined;
    return record;
  }

  /** Writes `provenance` to storage. @throws ProvenanceError if it is not valid, ReadOnlyException, ConflictError as `commitInfo`. */
  async commitProvenance({ signal, overwrite = false }: CommitOptions = {}): Promise<void> {
    this.verifyWritable();
    const record = verifyProvenance(this.provenance, this.store.url("provenance"));
    const ifVersion = overwrite ? undefined : this.#provenanceVersion;
    this.#provenanceVersion = await writeLayerFile(this.store, "provenance", record, { signal, ifVersion });
    if (this.#cache !== undefined) keepFile(this.#cache, "provenance", record);
  }

  /** Locks mips against writing, for all who ask. See {@link setLocks}. */
  async lockMips(mips: MipSpec | readonly MipSpec[], options: Abortable = {}): Promise<void> {
    await this.#setLocks(mips, true, options);
  }

  async unlockMips(mips: MipSpec | readonly MipSpec[], options: Abortable = {}): Promise<void> {
    await this.#setLocks(mips, false, options);
  }

  /** The mips locked as of the last refresh, ascending. */
  lockedMips(): number[] {
    return lockedMips(this.info);
  }

  /** @throws ReadOnlyException after a redirect, or if the mip is locked. */
  verifyWritable(mip?: MipSpec): void {
    if (this.readonly) {
      throw new ReadOnlyException("The layer was opened for reading only", {
        where: this.cloudpath,
        ...(this.#redirectedFrom.length === 0 ? {} : { got: `a redirect from ${this.#redirectedFrom[0]}` }),
        fix: "Open that path itself, or set readonly to false",
      });
    }
    if (mip === undefined) return;
    const index = findMip(this.info, mip);
    if (!this.info.scales[index]!.locked) return;
    throw new ReadOnlyException(`Mip ${index} is locked`, {
      where: this.cloudpath,
      fix: "unlockMips releases it",
    });
  }

  /** Whether a box or point of a mip may hold data; see {@link overlapsRoi}. */
  overlapsRoi(at: Bbox | readonly number[], mip: MipSpec = 0): boolean {
    return overlapsRoi(this.info, at, mip);
  }

  /** Warns if the mip is marked as having no chunks. */
  warnIfPlaceholder(mip: MipSpec): void {
    if (!isPlaceholder(this.info, mip)) return;
    this.#options.onWarning?.(
      `Mip ${findMip(this.info, mip)} is marked as a placeholder and likely holds no data`,
    );
  }

  async #commitInfo(options: WriteFileOptions): Promise<void> {
    this.verifyWritable();
    const info = verifyCommittable(this.info, this.store.url("info"));
    this.#infoVersion = await writeLayerFile(this.store, "info", info, options);
    if (this.#cache !== undefined) keepFile(this.#cache, "info", this.info);
  }

  async #setLocks(mips: MipSpec | readonly MipSpec[], locked: boolean, options: Abortable): Promise<void> {
    const metadata = this;
    const file = {
      get info(): Info {
        return metadata.info;
      },
      async refresh(refreshing: Abortable): Promise<string | undefined> {
        const { json, version } = await fetchInfoFile(metadata.#layer, refreshing);
        metadata.#info = verifyInfo(json, metadata.store.url("info"));
        metadata.#infoVersion = version;
        return version;
      },
      commit: (committing: WriteFileOptions) => metadata.#commitInfo(committing),
    };
    await setLocks(file, mips, locked, options);
  }

  async #tryProvenance(options: Abortable): Promise<void> {
    try {
      await this.refreshProvenance(options);
    } catch (error) {
      this.#provenanceFailure = error;
    }
  }
}
