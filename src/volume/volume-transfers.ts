/** Moving a level, or a box of it, into another layer. */
import { Bbox } from "../base/bbox.js";
import { InfoUnavailableError } from "../base/errors.js";
import { cloneJson } from "../base/json.js";
import { resolveSlices } from "../base/slicing.js";
import { parseCompress } from "../compression/index.js";
import { cacheControl } from "../formats/cdn-cache.js";
import type { Info } from "../formats/precomputed/info.js";
import { expandToChunks } from "../grid/align.js";
import { withoutCaches } from "./context.js";
import type { StoragePolicy } from "./encode.js";
import { isForeign, type ScaleLayout } from "./layout.js";
import type { VolumeParts } from "./parts.js";
import type { CompressSetting } from "./settings.js";
import { settingsFrom } from "./settings.js";
import { prepareLevel } from "./transfer/destination.js";
import type { TransferExplanation } from "./transfer/explain.js";
import { newLayer } from "./transfer/new-layer.js";
import type { TransferOptions } from "./transfer/options.js";
import type { TransferRequest } from "./transfer/request.js";
import type { VolumeIo } from "./volume-io.js";
import { VolumeShards } from "./volume-shards.js";

/** Encodings that "auto" does not compress besides. */
const COMPRESSED = new Set(["jpeg", "png", "jxl"]);

export abstract class VolumeTransfers extends VolumeShards {
  /**
   * Transfers a level, or `bbox` of it, into another layer, which is made like this one if there is none. Chunks are
   * copied as they are stored where both sides have the same chunks and encoding (into and out of shards too), and
   * recompressed without loss between jpeg and jxl at a level of 100 or more, or none; else their voxels are read and
   * written, block by block. A box that cuts chunks is extended to whole chunks. Memory holds a few
   * blocks, whatever the size. A transfer that was interrupted goes on where it was when it is called again.
   * Source: CloudVolume `transfer_to`. @returns the destination, at the level written.
   * @throws EmptyFileException or EmptyVolumeException for what is missing, unless fillMissing; ArgumentError, StorageError.
   */
  async transferTo(cloudpath: string, options: TransferOptions = {}): Promise<this> {
    const [request, destination] = await this.#request(cloudpath, options, true);
    const { layout: from } = request.from;
    const { layout: to } = request.to;
    const { box } = request;
    const { runTransfer } = await import("./transfer/run.js");
    const { resume = true } = options;
    const name = textOf([this.cloudpath, from, to, box, options.compress, options.compressLevel]);
    await this.report(options, (onProgress) => runTransfer({ request, name, resume, onProgress }));
    return destination;
  }

  /**
   * A dry run: what `transferTo` would read and write, without making or writing anything. Asks for the sizes of the source's
   * chunks and the destination's info. @throws what `transferTo` would throw for such a box and destination.
   */
  async explainTransfer(cloudpath: string, options: TransferOptions = {}): Promise<TransferExplanation> {
    const [request] = await this.#request(cloudpath, options, false);
    const { explainTransfer } = await import("./transfer/explain.js");
    return await explainTransfer(request);
  }

  /** `commit`: whether the destination's info is stored, where that is new or changed. */
  async #request(
    cloudpath: string,
    options: TransferOptions,
    commit: boolean,
  ): Promise<[TransferRequest, this]> {
    await this.ready();
    const mip = this.mipOf(options);
    const from = this.mipLayout(mip);
    const { box: wanted } = resolveSlices(options.bbox ?? "...", this.mipBounds(mip), from.channels, {
      bounded: true,
      resolution: this.mipResolution(mip),
    });
    const destination = await this.#destination(cloudpath, mip, options, commit);
    const level = destination.mip;
    destination.metadata.verifyWritable(level);
    const to = destination.mipLayout(level);
    const cut = Bbox.intersection(wanted, destination.mipBounds(level)).toList();
    const box = expandToChunks(to.grid, cut);
    const request: TransferRequest = {
      from: { context: withoutCaches(this.context), layout: from },
      to: { context: destination.context, layout: to },
      box,
      fillMissing: options.fillMissing ?? this.fillMissing,
      background: this.backgroundColor,
      policy: await this.#policy(to, options),
      compression: compressionOf(options.compress),
      parallel: this.threads(options),
      signal: options.signal,
    };
    return [request, destination];
  }

  /** Opens or makes the destination, with a level for what comes. */
  async #destination(
    cloudpath: string,
    mip: number,
    options: TransferOptions,
    commit: boolean,
  ): Promise<this> {
    const { signal } = options;
    const existing = await this.parts
      .reopen(cloudpath, { signal, array: options.array })
      .catch((error: unknown) => {
        if (error instanceof InfoUnavailableError) return undefined;
        throw error;
      });
    const isNew = existing === undefined;
    const format = existing?.metadata.format ?? (await this.parts.formatOf(cloudpath));
    const made = isNew ? newLayer(format, this.metadata, mip, options) : undefined;
    const draft = made?.info ?? cloneJson((existing as VolumeParts).metadata.info);
    const level = prepareLevel(draft, this.metadata, mip, { isNew, format }, options);
    this.#shareCompression(draft, level, options);
    const before = isNew ? "" : JSON.stringify((existing as VolumeParts).metadata.info);
    const parts =
      existing ??
      (await this.parts.reopen(cloudpath, {
        signal,
        info: draft,
        array: made?.array,
        provenance: this.provenance,
      }));
    const isChanged = isNew || JSON.stringify(draft) !== before;
    if (!isNew && isChanged) parts.metadata.info = draft;
    const destination = this.#open(parts, level);
    if (isChanged && commit) {
      await destination.commitInfo({ signal });
      if (isNew) await destination.commitProvenance({ signal });
    }
    return destination;
  }

  #open(parts: VolumeParts, level: number): this {
    const Same = this.constructor as new (...args: ConstructorParameters<typeof VolumeIo>) => this;
    const { missing } = parts.metadata;
    const settings = settingsFrom(this);
    const own =
      missing === undefined ? settings : { ...settings, fillMissing: true, backgroundColor: missing };
    return new Same(parts, own, this.parallel, level);
  }

  /** Into shards, `compress` says how their data are stored. */
  #shareCompression(info: Info, level: number, { compress }: TransferOptions): void {
    const scale = info.scales[level]!;
    const asked = compressionOf(compress);
    if (asked === undefined || (scale.sharding ?? null) === null) return;
    scale.sharding = { ...scale.sharding, data_encoding: asked === "none" ? "raw" : "gzip" };
  }

  async #policy(to: ScaleLayout, options: TransferOptions): Promise<StoragePolicy> {
    const codec = await this.context.runtime.codec(to.encoding, "decode");
    const compress: CompressSetting = options.compress === "auto" ? undefined : options.compress;
    const byEncoding = codec.gzipByDefault && !COMPRESSED.has(to.encoding) ? "gzip" : "none";
    const compression = isForeign(to) ? "none" : (parseCompress(compress) ?? byEncoding);
    return {
      compression,
      compressLevel: options.compressLevel,
      contentType: codec.contentType,
      cacheControl: cacheControl(this.cdnCache),
      deleteIf: undefined,
      // Each unit of a transfer syncs its chunks at its end; arrays of other formats name theirs otherwise.
      lasting: isForeign(to),
    };
  }
}

/** Fill values may be integers of 64 bits. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? `${v}n` : v));
}

function compressionOf(compress: TransferOptions["compress"]): ReturnType<typeof parseCompress> {
  return compress === "auto" ? undefined : parseCompress(compress);
}
