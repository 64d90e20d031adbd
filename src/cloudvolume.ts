/** The front door: `CloudVolume.open`, `create`, `fromArray`. */
import type { Secrets } from "./auth/index.js";
import type { Abortable } from "./base/abort.js";
import { type DataType, dataTypeOf, type TypedArray } from "./base/dtype.js";
import { ArgumentError, DimensionError, InfoError } from "./base/errors.js";
import { parseJson, stringifyJson } from "./base/json.js";
import type { StridedArray } from "./base/strided.js";
import { DiskCache } from "./cache/disk/disk-cache.node.js";
import { cacheFolder } from "./cache/disk/location.node.js";
import { ChunkLru, type LruEncoding } from "./cache/memory/chunk-lru.js";
import { describeCrackle } from "./codecs/crackle/describe.js";
import type { ArrayLayer } from "./formats/array-level.js";
import type { ArrayOptions } from "./formats/new-level.js";
import { createNewInfo, type NewInfoOptions } from "./formats/precomputed/create-info.js";
import type { Info } from "./formats/precomputed/info.js";
import { emptyProvenance, type ProvenanceRecord } from "./formats/precomputed/provenance.js";
import type { MipSpec } from "./formats/precomputed/scales.js";
import { openMetadata } from "./open-metadata.js";
import { type BucketOptions, databaseUsers, openStore } from "./open-store.js";
import { type AliasOptions, parseUserPath } from "./paths.js";
import { isPrivateOrigin } from "./private-origin.js";
import { processRuntime, warn } from "./runtime.js";
import type { ServeVolumeOptions, Serving } from "./serve-offered.node.js";
import { clearMemStore } from "./stores/mem/index.js";
import type { NetworkOptions } from "./stores/network.js";
import type { Store } from "./stores/store.js";
import { type CloudPath, formatPath, isSameServer } from "./stores/url.js";
import type { VolumeContext } from "./volume/context.js";
import { crackleLayers } from "./volume/crackle-layers.js";
import { type CacheOptions, type CachePlatform, LayerCache } from "./volume/layer-cache.js";
import type { LayerMetadata } from "./volume/layer-metadata.js";
import type { VolumeParts } from "./volume/parts.js";
import { type CompressSetting, parseParallel, settingsFrom, type VolumeSettings } from "./volume/settings.js";
import type { Fault } from "./volume/verify/fault.js";
import type { VerifyResult } from "./volume/verify/verify.js";
import { Volume } from "./volume/volume.js";
import type { VolumeVerifyOptions } from "./volume/volume-checks.js";

export interface OpenOptions extends Partial<VolumeSettings>, CacheOptions, AliasOptions, Abortable {
  /** The level to work on: a number (negative: from the coarsest) or its resolution. Default 0. */
  readonly mip?: MipSpec;
  /** Threads of large reads and writes. Default and `true`: every core. */
  readonly parallel?: number | boolean;
  /** Bytes of chunks to keep in memory; see `vol.lru`. Default 0: none. */
  readonly lruBytes?: number;
  /** How they are kept: `same` as they are stored, `raw` decoded, or another encoding. Default `same`. */
  readonly lruEncoding?: LruEncoding;
  /** Taken instead of reading the info file. */
  readonly info?: Info;
  /** Taken together with `info` instead of reading the arrays' metadata (of a handoff). */
  readonly layer?: ArrayLayer | undefined;
  /** Taken instead of reading the provenance file. */
  readonly provenance?: Partial<ProvenanceRecord> | string;
  /** Another folder of meshes than the info's `mesh`. */
  readonly meshDir?: string | undefined;
  /** Another folder of skeletons than the info's `skeletons`. */
  readonly skelDir?: string | undefined;
  /**
   * A database with the spatial index of meshes and skeletons: `[sqlite://]file.db`, `mysql://user:password@host/database`,
   * `postgres://…`. User and password may be left to mysql-secret.json and psql-secret.json.
   */
  readonly spatialIndexDb?: string | undefined;
  /** Most hops of `redirect` in info files; 0 or less: none are followed. Default 10. */
  readonly maxRedirects?: number;
  /**
   * Credentials to use instead of those that are found on this machine: the fields of a secrets file as an object or
   * as JSON text, or a bare token. They stay with this volume, and are no part of its handoff.
   */
  readonly secrets?: Secrets | undefined;
  /** How buckets (gs, s3) are asked: another server, who pays, anonymously. */
  readonly bucket?: BucketOptions | undefined;
  /** How servers are asked: requests in flight, further tries, time, second requests for slow ones. */
  readonly network?: NetworkOptions | undefined;
  /** Zarr and N5: how the chunks of new layers and levels are stored. */
  readonly array?: ArrayOptions | undefined;
}

export interface CreateOptions extends Omit<OpenOptions, "info"> {
  /** A whole info document, or what to make one from. */
  readonly info: Info | NewInfoOptions;
}

export interface FromArrayOptions extends Omit<OpenOptions, "info"> {
  /** Where to; default: a new layer in memory. */
  readonly path?: string;
  /** Nanometres of a voxel. Default 4, 4, 40. */
  readonly resolution?: readonly number[];
  readonly voxelOffset?: readonly number[];
  /** Default 128, 128, 64. */
  readonly chunkSize?: readonly number[];
  readonly layerType?: "image" | "segmentation";
  readonly encoding?: string;
  /** Levels of the info; only mip 0 is written. Default 0. */
  readonly maxMip?: number;
}

export interface FromCrackleOptions extends Omit<OpenOptions, "info"> {
  /** Where to; default: a new layer in memory. */
  readonly path?: string;
  /** Nanometres of a voxel. Default 1, 1, 1. */
  readonly resolution?: readonly number[];
  readonly voxelOffset?: readonly number[];
  /** Default 256, 256, 16. */
  readonly chunkSize?: readonly number[];
  /** Default compressed_segmentation, and compresso for labels of 8 and 16 bits. */
  readonly encoding?: string;
}

/** What another thread needs to open the same volume without reading its info again. */
export interface VolumeHandoff extends VolumeSettings {
  readonly cloudpath: string;
  readonly mip: number;
  readonly parallel: number;
  readonly readonly: boolean;
  /** The info as JSON text, which keeps the spelling of its numbers. */
  readonly infoJson: string;
  /** The disk cache, which both share while it is enabled. */
  readonly cache: boolean;
  readonly cachePath: string;
  readonly compressCache: CompressSetting;
  readonly cacheLocking: boolean;
  readonly cacheBytes: number | undefined;
  readonly lruBytes: number;
  readonly lruEncoding: LruEncoding;
  /** Zarr, N5: what the arrays' metadata say. */
  readonly arrayLayer?: ArrayLayer | undefined;
}

export class CloudVolume extends Volume {
  /**
   * Opens a volume. Reads its info (and follows redirects); the provenance is read when asked for.
   * @throws UnsupportedProtocolError, InfoUnavailableError, InfoError, AuthorizationError, ScaleUnavailableError.
   */
  static async open(path: string, options: OpenOptions = {}): Promise<CloudVolume> {
    const parts = await openParts(path, options);
    const { cores } = parts.context.runtime;
    return new CloudVolume(
      parts,
      settingsFrom(withMissing(options, parts.metadata)),
      parseParallel(options.parallel, cores),
      options.mip ?? 0,
    );
  }

  /** Makes a new layer: stores its info and an empty provenance. @throws InfoError, ArgumentError, StorageError. */
  static async create(path: string, options: CreateOptions): Promise<CloudVolume> {
    const info =
      "scales" in options.info ? (options.info as Info) : createNewInfo(options.info as NewInfoOptions);
    const vol = await CloudVolume.open(path, { ...options, info });
    const { signal } = options;
    await vol.commitInfo({ signal, overwrite: true });
    await vol.commitProvenance({ signal, overwrite: true });
    return vol;
  }

  /** `verify` of a layer whose info may be damaged, too: that is one more fault. @throws InfoUnavailableError. */
  static async verify(path: string, options: OpenOptions & VolumeVerifyOptions = {}): Promise<VerifyResult> {
    try {
      return await (await CloudVolume.open(path, { ...options, cache: false })).verify(options);
    } catch (error) {
      if (!(error instanceof InfoError)) throw error;
      const fault: Fault = { key: "info", kind: "info", detail: error.message };
      options.onFault?.(fault);
      return { checked: 1, faults: [fault], more: 0, skipped: [] };
    }
  }

  /** An info document from its parts. Source: CloudVolume `create_new_info`. */
  static createNewInfo(options: NewInfoOptions): Info {
    return createNewInfo(options);
  }

  /** A new layer with this array as its mip 0. Source: CloudVolume `from_numpy`. */
  static async fromArray(array: StridedArray, options: FromArrayOptions = {}): Promise<CloudVolume> {
    const [sx, sy, sz, channels = 1, ...more] = array.shape;
    if (sx === undefined || sy === undefined || sz === undefined || more.length > 0) {
      throw new DimensionError("An image has 3 or 4 axes", {
        expected: "x, y, z or x, y, z, channel",
        got: `${array.shape.length} axes`,
      });
    }
    const dtype = array.dtype ?? dataTypeOf(array.data as TypedArray);
    const { path = `mem://from-array/${crypto.randomUUID()}`, maxMip = 0, ...open } = options;
    const info = createNewInfo({
      numChannels: channels,
      layerType: options.layerType ?? layerTypeOf(dtype),
      dataType: dtype,
      encoding: options.encoding ?? "raw",
      resolution: options.resolution ?? [4, 4, 40],
      voxelOffset: options.voxelOffset ?? [0, 0, 0],
      volumeSize: [sx, sy, sz],
      chunkSize: options.chunkSize ?? [128, 128, 64],
      maxMip,
    });
    const provenance = {
      ...emptyProvenance(),
      processing: [{ method: "fromArray", date: new Date().toISOString() }],
    };
    const vol = await CloudVolume.create(path, { ...open, info, provenance });
    await vol.upload("...", array, options);
    return vol;
  }

  /**
   * A new segmentation from one crackle stream, e.g. of `download(…, { crackle: true })` or of crackle's own tools. Decodes
   * one layer of chunks at a time. Source: CloudVolume `from_crackle`. @throws DecodingError for what is no such stream.
   */
  static async fromCrackle(stream: Uint8Array, options: FromCrackleOptions = {}): Promise<CloudVolume> {
    const { shape, dtype } = describeCrackle(stream);
    const {
      path = `mem://from-crackle/${crypto.randomUUID()}`,
      chunkSize = [256, 256, 16],
      ...open
    } = options;
    const wide = dtype === "uint32" || dtype === "uint64";
    const info = createNewInfo({
      numChannels: 1,
      layerType: "segmentation",
      dataType: dtype,
      encoding: options.encoding ?? (wide ? "compressed_segmentation" : "compresso"),
      resolution: options.resolution ?? [1, 1, 1],
      voxelOffset: options.voxelOffset ?? [0, 0, 0],
      volumeSize: shape,
      chunkSize,
      maxMip: 0,
    });
    const provenance = {
      ...emptyProvenance(),
      processing: [{ method: "fromCrackle", date: new Date().toISOString() }],
    };
    const vol = await CloudVolume.create(path, { ...open, info, provenance });
    const { minpt } = vol.bounds;
    for await (const { z, array } of crackleLayers(stream, shape, dtype, chunkSize[2] ?? 1)) {
      const [x0, y0] = [minpt.x, minpt.y];
      const box = [
        [x0, x0 + shape[0]],
        [y0, y0 + shape[1]],
        [minpt.z + z, minpt.z + z + (array.shape[2] ?? 0)],
      ];
      await vol.upload(box, array, options);
    }
    return vol;
  }

  /**
   * Offers this volume to any Neuroglancer, and to readers of Zarr, over http on this machine, until it is closed: at `precomputed://http://127.0.0.1:1337/NAME`.
   * See `serve` for more than one, `openNeuroglancer` for a Neuroglancer of our own. Source: CloudVolume `viewer`. @throws StorageError where the port is taken.
   */
  async viewer(options: ServeVolumeOptions = {}): Promise<Serving> {
    const { serveVolume } = await import("./serve-offered.node.js");
    return await serveVolume(this, options);
  }

  /** Plain values to send to a worker, where `CloudVolume.fromHandoff` opens the same volume without a request. */
  handoff(): VolumeHandoff {
    return {
      ...settingsFrom(this),
      progress: false,
      cloudpath: this.cloudpath,
      mip: this.mip,
      parallel: this.parallel,
      infoJson: stringifyJson(this.info),
      readonly: this.readonly,
      cache: this.cache.enabled,
      cachePath: this.cache.path,
      compressCache: this.cache.compress,
      cacheLocking: this.layerCache.locking,
      cacheBytes: this.cache.maxBytes,
      lruBytes: this.lruBytes,
      lruEncoding: this.lruEncoding,
      arrayLayer: this.metadata.layer,
    };
  }

  static async fromHandoff(
    {
      cloudpath,
      readonly,
      infoJson,
      compressLevel,
      cache,
      cachePath,
      arrayLayer: layer,
      ...options
    }: VolumeHandoff,
    own: Pick<OpenOptions, "secrets" | "aliases" | "bucket" | "network"> = {},
  ): Promise<CloudVolume> {
    const info = parseJson(infoJson, { where: cloudpath }) as Info;
    const vol = await CloudVolume.open(cloudpath, { ...options, ...own, info, layer, maxRedirects: 0 });
    vol.cache.path = cachePath;
    vol.cache.enabled = cache;
    vol.compressLevel = compressLevel;
    vol.readonly = readonly;
    return vol;
  }
}

/** Zarr and N5 say what a chunk that is not stored is: its voxels have the fill value. */
function withMissing(options: OpenOptions, { missing }: LayerMetadata): OpenOptions {
  if (missing === undefined) return options;
  const { fillMissing = true, backgroundColor = missing } = options;
  return { ...options, fillMissing, backgroundColor };
}

/** Labels are unsigned integers of 16 bits or more, or masks. */
function layerTypeOf(dtype: DataType): "image" | "segmentation" {
  if (dtype === "bool" || dtype === "uint16" || dtype === "uint32" || dtype === "uint64")
    return "segmentation";
  if (dtype === undefined) throw new ArgumentError("Unknown data type");
  return "image";
}

/** Opens what a volume consists of: the store where redirects led, and the metadata. */
async function openParts(path: string, options: OpenOptions): Promise<VolumeParts> {
  const { useHttps, aliases, secrets, bucket, network } = options;
  const mapped = await parseUserPath(path, options);
  const kept = { useHttps, aliases, secrets, bucket, network };
  // Another server that a redirect leads to was not chosen by the caller: secrets are not carried there.
  const open = async (target: string): Promise<Store> => {
    const isOwn = isSameServer(await parseUserPath(target, kept), mapped);
    if (isOwn) return await openStore(target, kept);
    const publicOnly = !(await isPrivateOrigin(mapped));
    return await openStore(target, { useHttps, aliases, network, isForeign: true, publicOnly });
  };
  const cloudpath = formatPath(mapped);
  const found =
    mapped.format === "graphene"
      ? await (await import("./open-graphene.js")).openGraphene(mapped, options)
      : undefined;
  // CloudVolume caches supervoxels by where they are, for all graphs of them.
  const { place = mapped, graph } = found ?? {};
  const cache = new LayerCache(options, cachePlatform(place));
  const lru = new ChunkLru(options.lruBytes ?? 0, options.lruEncoding);
  const metadata = await openMetadata(await open(formatPath(place)), mapped.format, path, {
    ...options,
    ...(found && { info: found.info, graph }),
    cloudpath,
    openStore: open,
    cache,
  });
  const { meshDir, skelDir, spatialIndexDb } = options;
  if (meshDir !== undefined) metadata.info.mesh = meshDir;
  if (skelDir !== undefined) metadata.info.skeletons = skelDir;
  const context: VolumeContext = {
    runtime: processRuntime(),
    get store() {
      return cache.over(metadata.store);
    },
    get source() {
      return metadata.store;
    },
    lru,
  };
  return {
    path: { ...(await parseUserPath(metadata.cloudpath, { aliases })), format: metadata.format },
    context,
    metadata,
    cache,
    lru,
    spatialIndex: { database: spatialIndexDb, users: databaseUsers },
    graph,
    reopen: async (other, { info, provenance, ...again }) =>
      await openParts(other, {
        ...again,
        ...(info && { info }),
        ...(provenance && { provenance }),
        ...kept,
        // The token of a graph server is for no one else.
        ...(graph && !isSameServer(await parseUserPath(other, kept), mapped) && { secrets: undefined }),
        meshDir,
        skelDir,
        spatialIndexDb,
        ...cachesOf(options),
        lruBytes: lru.size,
        lruEncoding: lru.encoding,
      }),
    formatOf: async (other) => (await parseUserPath(other, kept)).format,
    inMemory,
  };
}

function cachePlatform(path: CloudPath): CachePlatform {
  return {
    folder: (setting) => cacheFolder(setting, path),
    open: (spec) => new DiskCache(spec),
    warn,
  };
}

function cachesOf({ cache, compressCache, cacheLocking, cacheBytes }: CacheOptions): CacheOptions {
  return { cache, compressCache, cacheLocking, cacheBytes };
}
const inMemory: VolumeParts["inMemory"] = async (info, options) => {
  const path = `mem://memory-cutout/${crypto.randomUUID()}`;
  const parts = await openParts(path, { ...options, info, provenance: emptyProvenance() });
  await parts.metadata.commitInfo(options);
  await parts.metadata.commitProvenance(options);
  return { parts, free: () => clearMemStore(path) };
};
