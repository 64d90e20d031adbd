/** What formats have in common that keep no info file: it is made from what they have. */
import type { Abortable } from "../base/abort.js";
import { type ArgumentError, ReadOnlyException, UnsupportedFormatError } from "../base/errors.js";
import { type Info, verifyInfo } from "../formats/precomputed/info.js";
import { emptyProvenance, type ProvenanceRecord, toProvenance } from "../formats/precomputed/provenance.js";
import type { Store } from "../stores/store.js";

export abstract class ForeignMetadata {
  readonly store: Store;
  readonly cloudpath: string;
  readonly: boolean = false;
  #info: Info;
  #provenance: ProvenanceRecord = emptyProvenance();

  constructor(store: Store, cloudpath: string, info: Info) {
    this.store = store;
    this.cloudpath = cloudpath;
    this.#info = info;
  }

  get info(): Info {
    return this.#info;
  }
  set info(info: Info) {
    this.#info = verifyInfo(info, this.cloudpath);
  }

  /** Kept with this volume only: these formats have no place for it. */
  get provenance(): ProvenanceRecord {
    return this.#provenance;
  }
  set provenance(record: Partial<ProvenanceRecord> | string) {
    this.#provenance = toProvenance(record, this.cloudpath);
  }

  /** Reads what the info is made from anew. */
  abstract fetchInfo(options?: Abortable): Promise<Info>;

  async refreshInfo(options: Abortable = {}): Promise<Info> {
    return this.keep(await this.fetchInfo(options));
  }

  /** Takes an info that was made here. */
  protected keep(info: Info): Info {
    this.#info = info;
    return info;
  }

  refreshProvenance(): Promise<ProvenanceRecord> {
    return Promise.resolve(this.#provenance);
  }

  commitProvenance(): Promise<void> {
    return Promise.resolve();
  }

  /** These metadata are never taken from the disk cache. */
  checkInfoValidity(): Promise<void> {
    return Promise.resolve();
  }

  checkProvenanceValidity(): Promise<boolean> {
    return Promise.resolve(true);
  }

  lockMips(): Promise<void> {
    return Promise.reject(this.#noLocks());
  }

  unlockMips(): Promise<void> {
    return Promise.reject(this.#noLocks());
  }

  lockedMips(): number[] {
    return [];
  }

  verifyWritable(): void {
    if (!this.readonly) return;
    throw new ReadOnlyException("The layer was opened for reading only", {
      where: this.cloudpath,
      fix: "Set readonly to false",
    });
  }

  overlapsRoi(): boolean {
    return true;
  }

  #noLocks(): ArgumentError {
    return new UnsupportedFormatError("Levels of this format cannot be locked", { where: this.cloudpath });
  }
}
