/** What a volume asks of its format: the info and provenance, where they lie, and where each scale's chunks are. */
import type { Abortable } from "../base/abort.js";
import type { Bbox } from "../base/bbox.js";
import type { Voxel } from "../base/dtype.js";
import type { ArrayLayer } from "../formats/array-level.js";
import type { CommitOptions } from "../formats/layer-files.js";
import type { Info } from "../formats/precomputed/info.js";
import type { PrecomputedMetadata } from "../formats/precomputed/metadata.js";
import type { ProvenanceRecord } from "../formats/precomputed/provenance.js";
import type { MipSpec } from "../formats/precomputed/scales.js";
import type { Store } from "../stores/store.js";
import type { PathFormat } from "../stores/url.js";
import type { ScaleLayout } from "./layout.js";
import { scaleLayout } from "./scale-layout.js";

export interface LayerMetadata {
  readonly format: PathFormat;
  readonly store: Store;
  /** Where redirects led. */
  readonly cloudpath: string;
  readonly: boolean;
  /** Every format is described as an info document of Precomputed is. */
  get info(): Info;
  set info(info: Info);
  get provenance(): ProvenanceRecord;
  set provenance(record: Partial<ProvenanceRecord> | string);
  fetchInfo(options?: Abortable): Promise<Info>;
  refreshInfo(options?: Abortable): Promise<Info>;
  commitInfo(options?: CommitOptions): Promise<void>;
  refreshProvenance(options?: Abortable): Promise<ProvenanceRecord>;
  commitProvenance(options?: CommitOptions): Promise<void>;
  /** Whether what the disk cache holds of them still is what is stored. */
  checkInfoValidity(options?: Abortable): Promise<void>;
  checkProvenanceValidity(options?: Abortable): Promise<boolean>;
  lockMips(mips: MipSpec | readonly MipSpec[], options?: Abortable): Promise<void>;
  unlockMips(mips: MipSpec | readonly MipSpec[], options?: Abortable): Promise<void>;
  lockedMips(): number[];
  /** @throws ReadOnlyException. */
  verifyWritable(mip?: MipSpec): void;
  overlapsRoi(at: Bbox | readonly number[], mip?: MipSpec): boolean;
  /** What reading and writing need of a scale, at a point in time where there are several. */
  layout(mip: number, time?: number): ScaleLayout;
  /** Formats that define the value of what is not stored: then a missing chunk is no error unless the caller says so. */
  readonly missing?: Voxel | undefined;
  /** Zarr and N5: what the arrays' metadata say. */
  readonly layer?: ArrayLayer | undefined;
}

/** Precomputed volumes: the info file itself. */
export function precomputedLayer(metadata: PrecomputedMetadata): LayerMetadata {
  return Object.assign(metadata, {
    format: "precomputed" as const,
    layout: (mip: number): ScaleLayout => scaleLayout(metadata.info, mip),
  });
}
