/** The chunked graph of a graphene layer: which labels belong together, and did at a time. CloudVolume has these on the volume. */
import { type Abortable, throwIfAborted } from "../../base/abort.js";
import type { BboxLike } from "../../base/bbox.js";
import { ArgumentError, UnsupportedGrapheneAPIVersionError } from "../../base/errors.js";
import { type SegmentId, toSegmentId } from "../../base/segment-ids.js";
import { boundsText } from "../../formats/graphene/bounds.js";
import {
  checkStopLayer,
  planChunkMappings,
  planLeaves,
  planLegacyLeaves,
} from "../../formats/graphene/graph-requests.js";
import type { GrapheneInfo } from "../../formats/graphene/info.js";
import { LabelLayout } from "../../formats/graphene/label-layout.js";
import { type ApiVersion, type GrapheneServer, graphPath } from "../../formats/graphene/server.js";
import { type Timestamp, toUnixTime } from "../../formats/graphene/timestamp.js";
import type { HttpService } from "../../stores/http/service.js";
import { ask } from "./ask.js";
import { Roots } from "./roots.js";

export interface GraphParts {
  readonly server: GrapheneServer;
  readonly info: GrapheneInfo;
  readonly service: HttpService;
  /** Whether a GET may have a body: not in browsers. Default: whether this is Node. */
  readonly bodiesInGet?: boolean | undefined;
  /** Milliseconds since 1970; default: the clock. */
  readonly now?: (() => number) | undefined;
}

export interface RootsOptions extends Abortable {
  /** The state of the graph at this time, rounded up to whole seconds. Default: now. */
  readonly timestamp?: Timestamp | undefined;
  /** The lowest ancestor at or above this layer (1: supervoxels, 2: parts within a chunk). Default: the root. */
  readonly stopLayer?: number | undefined;
  /** False: send and receive JSON, which takes twice the bytes. Default true. */
  readonly binary?: boolean | undefined;
}

export interface LeavesOptions extends Abortable {
  /** The layer of the labels that are wanted. Default 1: supervoxels. */
  readonly stopLayer?: number | undefined;
}

/** Labels: one, or many. */
export type Labels = SegmentId | Iterable<SegmentId>;

export class Graph extends LabelLayout {
  readonly parts: GraphParts;
  readonly #roots: Roots;

  constructor(parts: GraphParts) {
    super(parts.info);
    this.parts = parts;
    this.#roots = new Roots({
      server: parts.server,
      service: parts.service,
      now: parts.now,
      isLegacy: !this.supportsApi("v1"),
      layerBits: this.nBitsForLayerId,
      nLayers: this.nLayers,
    });
  }

  /** Of the server's interface, the oldest first. */
  get supportedApiVersions(): readonly ApiVersion[] {
    return this.parts.info.apiVersions;
  }
  supportsApi(version: ApiVersion): boolean {
    return this.supportedApiVersions.includes(version);
  }
  /** Where the supervoxels are: the cloud path in the info's `data_dir`. */
  get dataDir(): string {
    return this.parts.info.dataDir;
  }
  /** Below which the graph is asked, for messages. */
  get url(): string {
    const { server, service } = this.parts;
    return service.url(graphPath(server, this.supportsApi("v1") ? "v1" : "1.0"));
  }

  /**
   * The root of each label (or its ancestor at `stopLayer`), in the order and number of the labels. Labels that are roots, and 0,
   * are not sent; the others are sent once, 250,000 in a request. Concurrent questions of up to 20,000 labels share requests, and
   * their answers are kept (500,000 at most) for a time that is more than ten minutes ago; of the present none is, as the next
   * edit may change it. Source: CloudVolume `get_roots`.
   * @throws ArgumentError, AuthorizationError, DecodingError for an answer of another length, StorageError.
   */
  async getRoots(labels: Labels, options: RootsOptions = {}): Promise<BigUint64Array> {
    const given = labelArray(labels);
    const { timestamp, stopLayer, binary = true, signal } = options;
    checkStopLayer(stopLayer, this.nLayers);
    const question = {
      timestamp: timestamp === undefined ? undefined : toUnixTime(timestamp),
      stopLayer,
      binary,
    };
    if (stopLayer !== undefined) this.#require("v1", "stopLayer");
    throwIfAborted(signal);
    if (given.length === 0) return given;
    const distinct = distinctLabels(given);
    const roots = await this.#roots.find(distinct, question, { signal });
    if (distinct.length === given.length && distinct.every((label, i) => label === given[i])) return roots;
    return given.map((label) => roots[indexOf(distinct, label)]!);
  }

  /** `getRoots` of one label. */
  async getRoot(label: SegmentId, options: RootsOptions = {}): Promise<bigint> {
    return (await this.getRoots([label], options))[0]!;
  }

  /**
   * The supervoxels of a root (or its descendants at `stopLayer`) whose chunks touch a box, in voxels of the watershed's level.
   * Source: CloudVolume `get_leaves`. @throws ArgumentError, AuthorizationError, MissingError, DecodingError, StorageError.
   */
  async getLeaves(root: SegmentId, bbox: BboxLike, options: LeavesOptions = {}): Promise<BigUint64Array> {
    const { stopLayer, signal } = options;
    checkStopLayer(stopLayer, this.nLayers);
    const { server, service, info } = this.parts;
    const id = toSegmentId(root);
    const bounds = boundsText(bbox, info.levels[info.watershedMip]!.resolution);
    if (this.supportsApi("v1"))
      return await ask(service, planLeaves(server, id, bounds, stopLayer), { signal });
    if (stopLayer !== undefined) this.#require("v1", "stopLayer");
    return await ask(service, planLegacyLeaves(server, id, bounds), { signal });
  }

  /**
   * The supervoxels of each label of layer 2 in the chunk that a label of layer 2 belongs to. Source: CloudVolume
   * `get_chunk_mappings`. @throws ArgumentError for a label of another layer, and as `getLeaves`.
   */
  async getChunkMappings(
    chunkId: SegmentId,
    { timestamp, signal }: Omit<RootsOptions, "stopLayer" | "binary"> = {},
  ): Promise<Map<bigint, bigint[]>> {
    this.#require("v1", "getChunkMappings");
    const layer = this.decodeLayerId(chunkId);
    if (layer !== 2)
      throw new ArgumentError("Only chunks of layer 2 have such a mapping", {
        where: "chunkId",
        expected: "a label of layer 2",
        got: `${chunkId} of layer ${layer}`,
      });
    const { server, service } = this.parts;
    const at = timestamp === undefined ? undefined : toUnixTime(timestamp);
    return await ask(service, planChunkMappings(server, this.decodeChunkId(chunkId), at), { signal });
  }

  /** Forgets the roots that were found before. */
  clearCache(): void {
    this.#roots.cache.clear();
  }

  #require(version: ApiVersion, what: string): void {
    if (this.supportsApi(version)) return;
    throw new UnsupportedGrapheneAPIVersionError("The graph server is too old for this", {
      where: what,
      expected: `version ${version}`,
      got: this.supportedApiVersions.join(", "),
    });
  }
}

/** All labels, in their order. @throws ArgumentError for what is no label. */
function labelArray(labels: Labels): BigUint64Array {
  if (labels instanceof BigUint64Array) return labels.slice();
  const many = typeof labels === "object" ? Array.from(labels, toSegmentId) : [toSegmentId(labels)];
  return BigUint64Array.from(many);
}

/** Each label once, ascending. */
function distinctLabels(labels: BigUint64Array): BigUint64Array {
  const sorted = labels.slice().sort();
  let n = 0;
  for (let i = 0; i < sorted.length; i++)
    if (i === 0 || sorted[i] !== sorted[n - 1]) sorted[n++] = sorted[i]!;
  return sorted.slice(0, n);
}

/** The place of a label in ascending ones that have it. */
function indexOf(sorted: BigUint64Array, label: bigint): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < label) low = middle + 1;
    else high = middle;
  }
  return low;
}
