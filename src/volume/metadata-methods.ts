/** A volume's metadata methods: they change the info document in memory, and store it only where they say so. */
import type { Abortable } from "../base/abort.js";
import type { Bbox } from "../base/bbox.js";
import type { Slices } from "../base/slicing.js";
import { Vec } from "../base/vec.js";
import type { CommitOptions } from "../formats/layer-files.js";
import type { Info, ScaleInfo } from "../formats/precomputed/info.js";
import { bboxToMip, pointToMip } from "../formats/precomputed/mip-coordinates.js";
import type { ProvenanceRecord } from "../formats/precomputed/provenance.js";
import {
  addResolution,
  addScale,
  type MipSpec,
  type NewScaleOptions,
  resetScales,
} from "../formats/precomputed/scales.js";
import { VolumeProperties } from "./properties.js";

export abstract class VolumeMetadataMethods extends VolumeProperties {
  /** Reads the info file again. @throws InfoUnavailableError, InfoError. */
  async refreshInfo(options: Abortable = {}): Promise<Info> {
    await this.ready();
    return await this.metadata.refreshInfo(options);
  }

  /**
   * Stores the info document: sorted keys, numbers spelled as they were read. @throws ReadOnlyException, InfoError;
   * ConflictError if another writer has replaced it since it was read here, unless `overwrite`.
   */
  async commitInfo(options: CommitOptions = {}): Promise<this> {
    await this.ready();
    await this.metadata.commitInfo(options);
    return this;
  }

  /** Reads the provenance file again; a missing one is the empty record. */
  async refreshProvenance(options: Abortable = {}): Promise<ProvenanceRecord> {
    await this.ready();
    return await this.metadata.refreshProvenance(options);
  }

  /** Stores the provenance. @throws ReadOnlyException, ProvenanceError, ConflictError as `commitInfo`. */
  async commitProvenance(options: CommitOptions = {}): Promise<this> {
    await this.ready();
    await this.metadata.commitProvenance(options);
    return this;
  }

  /** Adds (or replaces) a level that is `factor` coarser than mip 0. Not stored until `commitInfo`. */
  addScale(factor: readonly number[], options: NewScaleOptions = {}): ScaleInfo {
    return addScale(this.info, factor, options);
  }

  /** `addScale` by resolution in nanometres. */
  addResolution(resolution: readonly number[], options: NewScaleOptions = {}): ScaleInfo {
    return addResolution(this.info, resolution, options);
  }

  /** Drops every level but mip 0. Not stored until `commitInfo`. */
  resetScales(): void {
    resetScales(this.info);
    this.mip = 0;
  }

  /** Marks levels as locked and stores that: writing them is refused. Advisory. @throws ScaleUnavailableError, WriteLockAcquisitionError. */
  async lockMips(mips: MipSpec | readonly MipSpec[], options: Abortable = {}): Promise<void> {
    await this.ready();
    await this.metadata.lockMips(mips, options);
  }

  async unlockMips(mips: MipSpec | readonly MipSpec[], options: Abortable = {}): Promise<void> {
    await this.ready();
    await this.metadata.unlockMips(mips, options);
  }

  lockedMips(): number[] {
    return this.metadata.lockedMips();
  }

  /** A box of one level in the voxels of another: starts rounded down, ends up, level by level. */
  bboxToMip(selection: Slices, mip: MipSpec, toMip: MipSpec): Bbox {
    return bboxToMip(this.info, selection, mip, toMip);
  }

  /** A point of one level in the voxels of another (rounded down). */
  pointToMip(point: readonly number[], mip: MipSpec, toMip: MipSpec): Vec {
    return new Vec(...pointToMip(this.info, point, mip, toMip));
  }

  /** A box of mip 0 in the voxels of the current mip. */
  slicesFromGlobalCoords(selection: Slices): Bbox {
    return this.bboxToMip(selection, 0, this.mip);
  }

  /** A box of the current mip in the voxels of mip 0. */
  slicesToGlobalCoords(selection: Slices): Bbox {
    return this.bboxToMip(selection, this.mip, 0);
  }
}
