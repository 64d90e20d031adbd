/** The meshes of a graphene layer: put together from the meshes of their parts, which a server names. CloudVolume's `vol.mesh`. */
import { type Abortable, throwIfAborted } from "../../base/abort.js";
import { MeshDecodeError, ReadOnlyException, UnsupportedFormatError } from "../../base/errors.js";
import { type SegmentId, type SegmentIds, toSegmentId, toSegmentIds } from "../../base/segment-ids.js";
import type { ByteCache } from "../../cache/byte-cache.js";
import { boundsText } from "../../formats/graphene/bounds.js";
import { fragmentName } from "../../formats/graphene/mesh-files.js";
import { isSharded } from "../../formats/precomputed/mesh/info.js";
import { Mesh } from "../../geometry/mesh/index.js";
import { Limiter } from "../../stores/limit.js";
import { keyOf, urlOf } from "../meshes/files.js";
import { Meshes } from "../meshes/meshes.js";
import type { MeshesParts } from "../meshes/meshes-info.js";
import { missingMeshes } from "../meshes/missing.js";
import type { MeshGetOptions, MeshReadOptions } from "../meshes/options.js";
import type { Fragment } from "./fragments.js";
import type { Graph } from "./graph.js";
import { type GrapheneMeshFiles, shardsOfLayer } from "./mesh-shards.js";
import { dynamicKey, joinFragments, readFragments } from "./read-mesh.js";

export interface GrapheneMeshesParts extends MeshesParts {
  readonly graph: Graph;
  /** The disk cache, while it is enabled. */
  readonly cache: () => ByteCache | undefined;
}

const MOST_REQUESTS = 64;

export class GrapheneMeshes extends Meshes {
  readonly #own: GrapheneMeshesParts;

  constructor(parts: GrapheneMeshesParts) {
    super(parts);
    this.#own = parts;
  }

  /**
   * The mesh of one or several labels, in nanometres: one Mesh whose equal vertices are one, or with `fuse: false` a Map of one for
   * each, unified only where chunks meet. Costs a manifest for each label, and a request for each fragment. Source: CloudVolume.
   * @throws MeshMissingError naming the labels without a mesh (unless allowMissing), MeshDecodeError, InfoError, AuthorizationError, StorageError.
   */
  override async get(
    ids: SegmentIds,
    options: MeshGetOptions & { readonly fuse: false },
  ): Promise<Map<bigint, Mesh>>;
  override async get(
    ids: SegmentIds,
    options?: MeshGetOptions & { readonly fuse?: true | undefined },
  ): Promise<Mesh>;
  override async get(ids: SegmentIds, options?: MeshGetOptions): Promise<Mesh | Map<bigint, Mesh>>;
  override async get(ids: SegmentIds, options: MeshGetOptions = {}): Promise<Mesh | Map<bigint, Mesh>> {
    const { fuse = true, removeDuplicateVertices = false, deduplicateChunkBoundaries = true } = options;
    const files = await this.#files(options);
    const joining = { removeDuplicateVertices, deduplicateChunkBoundaries };
    const meshes = new Map<bigint, Mesh>();
    for (const [id, fragments] of await this.#read(files, ids, options))
      meshes.set(id, joinFragments(files, fragments, id, joining));
    if (!fuse) return meshes;
    const [only] = meshes.keys();
    const segid = meshes.size === 1 ? { segid: only! } : {};
    return Mesh.concatenate([...meshes.values()], segid).consolidate();
  }

  override async getFragments(ids: SegmentIds, options: MeshReadOptions = {}): Promise<Map<bigint, Mesh[]>> {
    const found = await this.#read(await this.#files(options), ids, options);
    const meshOf = ({ data, label, isDraco }: Fragment): Mesh =>
      new Mesh({ ...data, segid: label, encodingType: isDraco ? "draco" : "precomputed" });
    return new Map([...found].map(([id, fragments]) => [id, fragments.map(meshOf)]));
  }

  /** Meshes of a graph have one level of detail. @throws MeshMissingError. */
  override async numLods(id: SegmentId, options: Abortable = {}): Promise<number> {
    const wanted = toSegmentId(id);
    if ((await this.exists(wanted, options)).get(wanted) === undefined)
      throw missingMeshes([wanted], this.url);
    return 1;
  }

  /**
   * The key of each label's own mesh, or undefined where it has none; a mesh that is put together from those of its parts has
   * none. Sharded: files made after edits come first, then shards. Source: CloudVolume `exists`.
   */
  override async exists(ids: SegmentIds, options: Abortable = {}): Promise<Map<bigint, string | undefined>> {
    const files = await this.#files(options);
    const sharded = isSharded(files.info);
    const limiter = new Limiter(MOST_REQUESTS);
    const look = async (id: bigint): Promise<string | undefined> => {
      const key = sharded ? dynamicKey(files, id) : keyOf(files, fragmentName(files.graph, id));
      if ((await files.store.stat(key, options)) !== undefined) return key;
      const shards = id === 0n ? undefined : shardsOfLayer(files, files.graph.decodeLayerId(id));
      return (await shards?.locate(id, options))?.key;
    };
    const wanted = toSegmentIds(ids);
    const keys = await Promise.all(wanted.map((id) => limiter.run(() => look(id), options.signal)));
    return new Map(wanted.map((id, i) => [id, keys[i]]));
  }

  /** @throws UnsupportedFormatError: no server lists all labels. */
  override async list(): Promise<bigint[]> {
    throw new UnsupportedFormatError("The meshes of a graph are not listed anywhere", {
      where: this.url,
      fix: "Take labels from the volume: unique({ agglomerate: true }).",
    });
  }

  /** @throws ReadOnlyException: the meshes of a graph are made by its server. */
  override async put(): Promise<void> {
    throw this.#isMade();
  }
  /** @throws ReadOnlyException as `put`. */
  override async delete(): Promise<void> {
    throw this.#isMade();
  }

  #isMade(): ReadOnlyException {
    return new ReadOnlyException("The meshes of a graph are made by its server", { where: this.url });
  }

  async #files(options: Abortable): Promise<GrapheneMeshFiles> {
    const { store, prefix, graph } = this.#own;
    return { store, prefix, graph, info: await this.info(options) };
  }

  async #read(
    files: GrapheneMeshFiles,
    ids: SegmentIds,
    options: MeshReadOptions,
  ): Promise<Map<bigint, Fragment[]>> {
    const { boundingBox, bypass = false, useByteOffsets = true, allowMissing = false } = options;
    const { lod = 0, signal, onProgress } = options;
    if (lod !== 0 && lod !== -1)
      throw new MeshDecodeError("Meshes of a graph have one level of detail", {
        where: this.url,
        got: `${lod}`,
      });
    const { levels, watershedMip } = this.#own.graph.parts.info;
    const { resolution } = levels[watershedMip]!;
    const bounds = boundingBox === undefined ? undefined : boundsText(boundingBox, resolution);
    const wanted = toSegmentIds(ids);
    let read = 0;
    const onRead = onProgress && (() => onProgress({ done: ++read, total: read }));
    const question = { bounds, bypass, useByteOffsets, allowMissing, signal, onRead };
    const found = new Map<bigint, Fragment[]>();
    for (const id of wanted) {
      throwIfAborted(signal);
      const fragments = await readFragments(files, this.#own, id, question);
      if (fragments.length > 0) found.set(id, fragments);
    }
    const missing = wanted.filter((id) => !found.has(id));
    if (missing.length > 0 && !allowMissing) throw missingMeshes(missing, urlOf(files, ""));
    return found;
  }
}
