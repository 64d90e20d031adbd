/** The meshes of a layer: CloudVolume's `vol.mesh`. */
import { type Abortable, throwIfAborted } from "../../base/abort.js";
import type { BboxLike } from "../../base/bbox.js";
import { ArgumentError, MeshDecodeError, MissingError } from "../../base/errors.js";
import { type SegmentId, type SegmentIds, toSegmentId, toSegmentIds } from "../../base/segment-ids.js";
import { isMultilod, isSharded, type MeshInfo, transformOf } from "../../formats/precomputed/mesh/info.js";
import { Mesh, type MeshData, type MeshEncoding, transformPoints } from "../../geometry/mesh/index.js";
import type { ViewedObject, Viewer, ViewerOptions } from "../../geometry/viewer/view.node.js";
import { type Assembly, assemble } from "./assemble.js";
import { deleteMeshes } from "./delete.js";
import { meshesExist } from "./exists.js";
import { listMeshes } from "./list.js";
import { MeshesInfo } from "./meshes-info.js";
import { missingMeshes } from "./missing.js";
import { type MultilodFiles, separateFiles, shardedFiles } from "./multilod-files.js";
import {
  type MeshGetOptions,
  type MeshPutOptions,
  type MeshReadOptions,
  refuseGraphOptions,
} from "./options.js";
import { putMeshes } from "./put.js";
import { readLegacy } from "./read-legacy.js";
import { readMultilod } from "./read-multilod.js";
import { shardsOf } from "./shards.js";

export class Meshes extends MeshesInfo {
  /**
   * The mesh of one or several segments, in nanometres: one Mesh, or with `fuse: false` a Map of one for each. Ids are
   * bigints, safe integers or digits. Vertices and triangles are CloudVolume's, in its order. Costs a request for
   * each manifest, fragment or level of detail.
   * @throws MeshMissingError naming the segments without a mesh, MeshDecodeError, StorageError, AuthorizationError.
   */
  async get(ids: SegmentIds, options: MeshGetOptions & { readonly fuse: false }): Promise<Map<bigint, Mesh>>;
  async get(ids: SegmentIds, options?: MeshGetOptions & { readonly fuse?: true | undefined }): Promise<Mesh>;
  async get(ids: SegmentIds, options?: MeshGetOptions): Promise<Mesh | Map<bigint, Mesh>>;
  async get(ids: SegmentIds, options: MeshGetOptions = {}): Promise<Mesh | Map<bigint, Mesh>> {
    const info = await this.info(options);
    const multilod = isMultilod(info);
    const { fuse = true, removeDuplicateVertices = fuse && !multilod } = options;
    const assembly = { removeDuplicateVertices, chunks: await this.#chunks(options) };
    const fragments = await this.#read(ids, info, options);
    throwIfAborted(options.signal);
    // Levels of detail are in nanometres already.
    const stored = multilod ? undefined : info;
    if (fuse) {
      const sorted = [...fragments].sort(([a], [b]) => (a < b ? -1 : 1));
      const all = sorted.flatMap(([, some]) => some);
      return assemble(all, stored, assembly, sorted.length === 1 ? sorted[0]![0] : undefined, kind(multilod));
    }
    return new Map(
      [...fragments].map(([id, some]) => [id, assemble(some, stored, assembly, id, kind(multilod))]),
    );
  }

  /** The fragments of each segment as meshes of their own, in nanometres. CloudVolume's `concat=False`. */
  async getFragments(ids: SegmentIds, options: MeshReadOptions = {}): Promise<Map<bigint, Mesh[]>> {
    const info = await this.info(options);
    const fragments = await this.#read(ids, info, options);
    const multilod = isMultilod(info);
    const meshOf = ({ vertices, faces }: MeshData, segid: bigint): Mesh => {
      const points = multilod ? vertices : new Float32Array(transformPoints(vertices, transformOf(info)));
      return new Mesh({ vertices: points, faces, segid, encodingType: kind(multilod) });
    };
    return new Map([...fragments].map(([id, some]) => [id, some.map((data) => meshOf(data, id))]));
  }

  /** How many levels of detail a segment's mesh has: 1 for legacy meshes. @throws MeshMissingError, MeshDecodeError. */
  async numLods(id: SegmentId, options: Abortable = {}): Promise<number> {
    const info = await this.info(options);
    const wanted = toSegmentId(id);
    if (!isMultilod(info)) {
      const there = (await this.exists(wanted, options)).get(wanted);
      if (there === undefined) throw missingMeshes([wanted], this.url);
      return 1;
    }
    const [found] = await this.#files(info).find([wanted], options);
    if (found === undefined) throw missingMeshes([wanted], this.url);
    return found.manifest.lods.length;
  }

  /**
   * The meshes of the segments whose box in the spatial index touches a box in nanometres.
   * @throws MissingError without a spatial index, SpatialIndexGapError, and what `get` throws.
   */
  async getByBbox(bbox: BboxLike, options: Omit<MeshGetOptions, "fuse"> = {}): Promise<Map<bigint, Mesh>> {
    const index = await this.spatialIndex(options);
    if (index === undefined)
      throw new MissingError("These meshes have no spatial index", {
        where: this.url,
        fix: "Read them by segment.",
      });
    return await this.get(await index.query(bbox, options), { ...options, fuse: false });
  }

  /** CloudVolume's name of `getByBbox`. */
  async getBbox(bbox: BboxLike, options: Omit<MeshGetOptions, "fuse"> = {}): Promise<Map<bigint, Mesh>> {
    return await this.getByBbox(bbox, options);
  }

  /** The key of each segment's manifest (of its shard), or undefined where it has no mesh. */
  async exists(ids: SegmentIds, options: Abortable = {}): Promise<Map<bigint, string | undefined>> {
    return await meshesExist(this.parts, await this.info(options), toSegmentIds(ids), options);
  }

  /**
   * The segments that have a mesh, ascending. Costs a listing; where storage cannot list, the spatial index is asked.
   * @throws UnsupportedProtocolError where there is neither.
   */
  async list(options: Abortable = {}): Promise<bigint[]> {
    const index = this.parts.store.list === undefined ? await this.spatialIndex(options) : undefined;
    if (index !== undefined) return [...(await index.labels(options))];
    return await listMeshes(this.parts, await this.info(options), options);
  }

  /**
   * Stores meshes (in nanometres) under their `segid`, in the format that the info says: as one legacy fragment, or with levels of
   * detail. A mesh that is there already is replaced. @throws ArgumentError for a mesh without segid, ReadOnlyException.
   */
  async put(
    meshes: Mesh | Iterable<Mesh> | AsyncIterable<Mesh>,
    options: MeshPutOptions = {},
  ): Promise<void> {
    this.parts.volume?.verifyWritable();
    const many = meshes instanceof Mesh ? [meshes] : meshes;
    await putMeshes(this.parts, await this.info(options), many, options);
  }

  /** Removes segments' meshes; those without one are passed over. @throws ReadOnlyException. */
  async delete(ids: SegmentIds, options: Abortable = {}): Promise<void> {
    this.parts.volume?.verifyWritable();
    await deleteMeshes(this.parts, await this.info(options), toSegmentIds(ids), options);
  }

  /**
   * Writes one file of one or several segments (fused): `ply` (the default), `obj` or `precomputed`. In Node.
   * @returns its path; by default `<segment>.<format>` in the working directory.
   */
  async save(
    ids: SegmentIds,
    path?: string,
    { format = "ply", ...options }: MeshReadOptions & { readonly format?: MeshFormat } = {},
  ): Promise<string> {
    const wanted = toSegmentIds(ids);
    if (wanted.length === 0) throw new ArgumentError("No segment to save");
    const mesh = await this.get(wanted, options);
    const name = wanted.length === 1 ? `${wanted[0]}` : `${wanted[0]}_${wanted.at(-1)}`;
    const target = path ?? `${name}.${format}`;
    const bytes = encodeMesh(mesh, format);
    const { writeMeshFile } = await import("../../geometry/mesh/file.node.js");
    await writeMeshFile(target, bytes);
    return target;
  }

  /** Shows segments' meshes in the browser, on a page of this machine alone; `close()` of the result ends that. In Node. */
  async viewer(ids: SegmentIds, options: MeshReadOptions & ViewerOptions = {}): Promise<Viewer> {
    const meshes = await this.get(ids, { ...options, fuse: false });
    const { viewObjects } = await import("../../geometry/viewer/view.node.js");
    const objects = [...meshes].map(([id, { vertices, faces }]): ViewedObject => {
      return { name: String(id), kind: "mesh", vertices, indices: faces };
    });
    return await viewObjects(objects, options);
  }

  async #read(ids: SegmentIds, info: MeshInfo, options: MeshReadOptions): Promise<Map<bigint, MeshData[]>> {
    refuseGraphOptions(options);
    const wanted = toSegmentIds(ids);
    if (isMultilod(info)) return await readMultilod(this.#files(info), info, this.url, wanted, options);
    const { lod = 0 } = options;
    if (lod !== 0 && lod !== -1)
      throw new MeshDecodeError("Legacy meshes have one level of detail", { where: this.url, got: `${lod}` });
    return await readLegacy(this.parts, wanted, options);
  }

  #files(info: MeshInfo): MultilodFiles {
    return isSharded(info) ? shardedFiles(shardsOf(this.parts, info)) : separateFiles(this.parts);
  }

  async #chunks({ chunkSize, signal }: MeshGetOptions): Promise<Assembly["chunks"]> {
    if (chunkSize === undefined) return undefined;
    const { resolution, offset } = await this.level({ signal });
    return {
      size: chunkSize.map((size, axis) => size * resolution[axis]!),
      offset: offset.map((start, axis) => start * resolution[axis]!),
    };
  }
}

export type MeshFormat = "ply" | "obj" | "precomputed";

/** A mesh as a file. @throws ArgumentError for an unknown format. */
export function encodeMesh(mesh: Mesh, format: MeshFormat): Uint8Array {
  if (format === "ply") return mesh.toPly();
  if (format === "obj") return mesh.toObj();
  if (format === "precomputed") return mesh.toPrecomputed();
  throw new ArgumentError("Unknown format of meshes", {
    expected: "ply, obj or precomputed",
    got: String(format),
  });
}

function kind(multilod: boolean): MeshEncoding {
  return multilod ? "draco" : "precomputed";
}
