/**
 * Walks a layer and tells everything that is wrong with it: info, provenance, every chunk and shard index, meshes and
 * skeletons, and files that do not belong. It reads the storage itself, not the caches, and changes nothing.
 */
import { type Abortable, throwIfAborted } from "../../base/abort.js";
import type { Box6 } from "../../base/bbox.js";
import { AbortError, CloudVolumeError, describe } from "../../base/errors.js";
import { readLayerFile } from "../../formats/layer-files.js";
import { parseProvenance } from "../../formats/precomputed/provenance.js";
import { type VolumeContext, withoutCaches } from "../context.js";
import type { LayerMetadata } from "../layer-metadata.js";
import type { ProgressListener } from "../progress.js";
import { chunkOfLabel } from "../sharded-chunks.js";
import type { Fault, Report } from "./fault.js";
import { readFault } from "./fault.js";
import { verifyInfoDocument } from "./info.js";
import { verifyChunks, verifyFolder } from "./scale.js";
import { verifyShards } from "./shards.js";

export interface VerifyOptions extends Abortable {
  /** The levels to look at. Default: all. */
  readonly mips?: readonly number[] | undefined;
  /** Only the chunks that this box of the first of `mips` touches; nothing but chunks is looked at. */
  readonly box?: Box6 | undefined;
  /** Chunks that are not stored are no faults. */
  readonly fillMissing?: boolean | undefined;
  /** Told of each fault as it is found. */
  readonly onFault?: Report | undefined;
  /** Most faults that the result lists. Default 10,000; all are counted and told. */
  readonly mostFaults?: number | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

export interface VerifyResult {
  /** Objects that were looked at: chunks, shard files, meshes, skeletons, info, provenance. */
  readonly checked: number;
  readonly faults: readonly Fault[];
  /** Faults that were found beyond those in the list. */
  readonly more: number;
  /** What could not be looked at, e.g. because the storage cannot be listed. */
  readonly skipped: readonly string[];
}

/** A part of a layer that is not chunks: meshes, skeletons. @returns the number of objects, or what was skipped. */
export type PartCheck = (report: Report, options: Abortable) => Promise<number | string>;

/** Collects what is found, in bounded memory. */
export class Findings {
  checked = 0;
  more = 0;
  readonly faults: Fault[] = [];
  readonly skipped: string[] = [];
  readonly report: Report;

  constructor({ onFault, mostFaults = 10_000 }: Pick<VerifyOptions, "onFault" | "mostFaults">) {
    this.report = (fault) => {
      onFault?.(fault);
      if (this.faults.length < mostFaults) this.faults.push(fault);
      else this.more++;
    };
  }

  result(): VerifyResult {
    const { checked, faults, more, skipped } = this;
    return { checked, faults, more, skipped };
  }
}

/** Costs a request and a decoding for each chunk, and a listing of each folder. Holds 16 chunks. */
export async function verifyLayer(
  caching: VolumeContext,
  metadata: LayerMetadata,
  parts: readonly PartCheck[],
  options: VerifyOptions,
): Promise<VerifyResult> {
  const context = withoutCaches(caching);
  const { info } = metadata;
  const { box, signal } = options;
  const found = new Findings(options);
  const { report } = found;
  const isPrecomputed = metadata.format === "precomputed";
  const all = info.scales.map((_, mip) => mip);
  const usable = isPrecomputed ? await verifyInfoDocument(info, context.runtime, report) : all;
  found.checked++;
  const mips = (options.mips ?? all).filter((mip) => usable.includes(mip));
  if (box === undefined && options.mips === undefined && isPrecomputed)
    await verifyRoot(context, found, options);
  for (const mip of box === undefined ? mips : mips.slice(0, 1)) {
    throwIfAborted(signal);
    const layout = metadata.layout(mip);
    const { offset, size } = layout.grid;
    const end = offset.map((o, axis) => o + size[axis]!) as [number, number, number];
    const known = new Set<string>();
    if (box === undefined && isPrecomputed) {
      const skipped = await verifyFolder(context.store, layout, report, signal);
      if (skipped !== undefined) found.skipped.push(skipped);
      if (layout.sharding !== undefined) {
        const belongs = (label: bigint): boolean => chunkOfLabel(layout, label) !== undefined;
        const check = { folder: layout.key, spec: layout.sharding, belongs, signal };
        await tolerant(found, layout.key, async () => {
          found.checked += await verifyShards(context.store, check, (fault) => {
            known.add(fault.key);
            report(fault);
          });
        });
      }
    }
    found.checked += await verifyChunks(
      context,
      {
        layout,
        box: box ?? [...offset, ...end],
        fillMissing: options.fillMissing === true || metadata.missing !== undefined,
        whole: !isPrecomputed,
        known,
        signal,
        onProgress: options.onProgress,
      },
      report,
    );
  }
  if (box !== undefined || options.mips !== undefined) return found.result();
  for (const part of parts) {
    const outcome = await part(report, { signal });
    if (typeof outcome === "number") found.checked += outcome;
    else found.skipped.push(outcome);
  }
  return found.result();
}

/** The layer's own folder: the provenance, and files that were left there. */
async function verifyRoot(
  { store }: VolumeContext,
  found: Findings,
  { signal }: VerifyOptions,
): Promise<void> {
  found.checked++;
  try {
    const file = await readLayerFile(store, "provenance", { signal });
    if (file !== undefined) await parseProvenance(file.bytes, store.url("provenance"));
  } catch (error) {
    if (error instanceof AbortError || !(error instanceof CloudVolumeError)) throw error;
    found.report({ key: "provenance", kind: "provenance", detail: describe(error) });
  }
  if (store.files === undefined) return;
  for await (const { name, isTemporary, twins } of store.files("", { signal })) {
    if (isTemporary)
      found.report({ key: name, kind: "temporary", detail: "A writer left it, or is writing it now" });
    else if (twins.length > 0)
      found.report({
        key: name,
        kind: "twin",
        detail: `Beside ${twins.join(", ")}: readers see one or the other`,
      });
  }
}

/** Runs a check whose failure is itself something to tell. */
async function tolerant(found: Findings, key: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (error instanceof AbortError || !(error instanceof CloudVolumeError)) throw error;
    if (error.name === "UnsupportedProtocolError") found.skipped.push(`${key}: ${describe(error)}`);
    else found.report(readFault(key, error));
  }
}
