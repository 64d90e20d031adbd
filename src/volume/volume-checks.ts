/** Checking what is stored. */
import { resolveSlices, type Slices } from "../base/slicing.js";
import { findMip, type MipSpec } from "../formats/precomputed/scales.js";
import type { PartCheck, VerifyResult } from "./verify/verify.js";
import type { OperationOptions } from "./volume-io.js";
import { VolumeProperties } from "./volume-properties.js";

export interface VolumeVerifyOptions extends Omit<OperationOptions, "parallel"> {
  /** Only these levels. Default: all. */
  readonly mips?: readonly MipSpec[] | undefined;
  /** Only the chunks that this box touches, of `mip` (default: the volume's). */
  readonly bbox?: Slices | undefined;
  /** Chunks that are not stored are no faults. Default: the volume's setting. */
  readonly fillMissing?: boolean | undefined;
  /** Told of each fault as it is found. */
  readonly onFault?: ((fault: VerifyResult["faults"][number]) => void) | undefined;
  /** Most faults that the result lists. Default 10,000. */
  readonly mostFaults?: number | undefined;
}

export abstract class VolumeChecks extends VolumeProperties {
  /**
   * Looks at everything that is stored of the layer, or at some levels, or at a box, and tells what is missing, truncated,
   * wrongly compressed, undecodable or wrongly sized: chunks, shards, meshes; and what does not belong. Chunks are read
   * from the storage, not from the caches. Costs a request and a decoding for each object; changes nothing.
   */
  async verify(options: VolumeVerifyOptions = {}): Promise<VerifyResult> {
    await this.ready();
    const { bbox, signal, onFault, mostFaults } = options;
    const one = options.mip !== undefined || bbox !== undefined ? [this.mipOf(options)] : undefined;
    const mips = options.mips?.map((mip) => findMip(this.info, mip)) ?? one;
    const mip = mips?.[0] ?? this.mip;
    const box =
      bbox === undefined
        ? undefined
        : resolveSlices(bbox, this.mipBounds(mip), this.numChannels, {
            bounded: true,
            resolution: this.mipResolution(mip),
          }).box.toList();
    const { verifyLayer } = await import("./verify/verify.js");
    const { verifyObjects } = await import("./verify/meshes.js");
    const { mesh: folder } = this.info;
    const meshes = {
      folder: folder ? folder : undefined,
      kind: "mesh" as const,
      list: (more: { signal?: AbortSignal | undefined }) => this.mesh.list(more),
      read: async (id: bigint, more: { signal?: AbortSignal | undefined }) => {
        const lods = await this.mesh.numLods(id, more);
        for (let lod = 0; lod < lods; lod++) await this.mesh.getFragments(id, { ...more, lod });
      },
    };
    const { skeletons: other } = this.info;
    const skeletons = {
      folder: other ? other : undefined,
      kind: "skeleton" as const,
      list: (more: { signal?: AbortSignal | undefined }) => this.skeleton.list(more),
      read: (id: bigint, more: { signal?: AbortSignal | undefined }) => this.skeleton.get(id, more),
    };
    const parts = [meshes, skeletons].map(
      (objects): PartCheck =>
        (report, more) =>
          verifyObjects(objects, report, more),
    );
    return await this.report(options, (onProgress) =>
      verifyLayer(this.context, this.metadata, parts, {
        mips,
        box,
        fillMissing: options.fillMissing ?? this.fillMissing,
        signal,
        onFault,
        mostFaults,
        onProgress,
      }),
    );
  }
}
