/** The mesh of one label of a graph. Source: CloudVolume `datasource/graphene/mesh`. */
import type { Abortable } from "../../base/abort.js";
import { MeshDecodeError } from "../../base/errors.js";
import { dracoGridSize } from "../../formats/graphene/info.js";
import { fragmentName, placeOfFragment } from "../../formats/graphene/mesh-files.js";
import { isSharded, meshMip } from "../../formats/precomputed/mesh/info.js";
import { Mesh, type MeshEncoding, onChunkBoundary } from "../../geometry/mesh/index.js";
import { readMany } from "../../stores/read-many.js";
import { urlOf } from "../meshes/files.js";
import { decodeAny, type Fragment, readByPlaces, readFragmentFiles } from "./fragments.js";
import { type ManifestSource, readManifest } from "./manifests.js";
import { type GrapheneMeshFiles, needShardsOfLayer, shardsOfLayer } from "./mesh-shards.js";

export interface MeshQuestion extends Abortable {
  /** `x0-x1_y0-y1_z0-z1`, voxels of the watershed's level: only what lies in its chunks. */
  readonly bounds: string | undefined;
  /** The label's own file, without asking for a manifest. */
  readonly bypass: boolean;
  readonly useByteOffsets: boolean;
  readonly allowMissing: boolean;
  readonly onRead?: (() => void) | undefined;
}

/** The fragments of a label's mesh, decoded; none where it has no mesh. @throws MeshMissingError for a fragment, MeshDecodeError, InfoError. */
export async function readFragments(
  files: GrapheneMeshFiles,
  manifests: ManifestSource,
  label: bigint,
  question: MeshQuestion,
): Promise<Fragment[]> {
  const { graph } = files;
  const { bounds, bypass, useByteOffsets, signal } = question;
  const { maxLayer } = graph.parts.info.meshes;
  const sharded = isSharded(files.info);
  const layer = graph.decodeLayerId(label);
  if (sharded) needShardsOfLayer(files, Math.min(layer, maxLayer));
  if (bypass)
    return sharded ? await ownShard(files, [label], question) : await ownFile(files, label, question);
  const startLayer = Math.min(bounds === undefined ? layer : 2, maxLayer);
  const verify = !sharded || useByteOffsets;
  const wanted = { segment: label, lod: 0, startLayer, verify, segids: sharded, bounds };
  const manifest = await readManifest(manifests, wanted, { signal });
  if (manifest === undefined) return [];
  const { fragments, segids } = manifest;
  if (!sharded) {
    const names = [...new Set(fragments)].sort().map((name) => ownName(name, `manifest of ${label}`));
    const keys = names.map((name) => ({ key: files.prefix + name, label: undefined }));
    return await readFragmentFiles(files, keys, question);
  }
  if (useByteOffsets) return await readByPlaces(files, fragments, segids, `manifest of ${label}`, question);
  // Parts too small for a mesh have none: servers that do not look name them, too.
  return await ownShard(files, [...(segids ?? [])], question);
}

/** @throws MeshDecodeError for what is no file of the folder. */
function ownName(name: string, where: string): string {
  const place = placeOfFragment(name, where);
  if (place.kind === "dynamic") return place.name;
  throw new MeshDecodeError("A manifest names a place in shards, but the meshes have none", {
    where,
    got: name,
  });
}

async function ownFile(files: GrapheneMeshFiles, label: bigint, question: MeshQuestion): Promise<Fragment[]> {
  const key = files.prefix + fragmentName(files.graph, label);
  return await readFragmentFiles(files, [{ key, label }], { ...question, allowMissing: true });
}

/** The meshes of labels themselves: made after an edit, else of the shards. Those without one are left out. */
async function ownShard(
  files: GrapheneMeshFiles,
  labels: readonly bigint[],
  { signal, onRead }: MeshQuestion,
): Promise<Fragment[]> {
  const { store, graph } = files;
  const keys = labels.map((label) => dynamicKey(files, label));
  const contents = await readMany(store, keys, { signal, onRead });
  const found = await Promise.all(
    labels.map(async (label, i) => {
      const own = contents[i];
      if (own !== undefined) return await decodeAny(own, store.url(keys[i]!), label);
      const shards = shardsOfLayer(files, graph.decodeLayerId(label));
      const bytes = await shards?.read(label, { signal });
      return bytes && (await decodeAny(bytes, urlOf(files, `label ${label}`), label));
    }),
  );
  return found.filter((fragment) => fragment !== undefined);
}

export function dynamicKey({ prefix, graph }: GrapheneMeshFiles, label: bigint): string {
  return `${prefix}${graph.parts.info.meshes.unshardedFolder}/${fragmentName(graph, label)}`;
}

export interface Joining {
  readonly deduplicateChunkBoundaries: boolean;
  readonly removeDuplicateVertices: boolean;
}

/** One mesh of the fragments of a label. Vertices on borders of chunks are unified. */
export function joinFragments(
  files: GrapheneMeshFiles,
  fragments: readonly Fragment[],
  label: bigint,
  { deduplicateChunkBoundaries, removeDuplicateVertices }: Joining,
): Mesh {
  const isDraco = fragments.some((fragment) => fragment.isDraco);
  const encodingType: MeshEncoding = isDraco ? "draco" : "precomputed";
  const parts = fragments.map(({ data }) => new Mesh({ ...data, encodingType }));
  const plain = Mesh.concatenate(parts, { segid: label });
  if (removeDuplicateVertices) return plain.consolidate();
  if (!deduplicateChunkBoundaries) return plain;
  const sharded = isSharded(files.info);
  const mesh = sharded && fragments.length > 0 ? stitched(files, fragments, plain) : plain;
  const { graph } = files;
  const layer = graph.decodeLayerId(label);
  const { size, offset } = chunkGrid(files, undefined);
  if (!isDraco) return mesh.deduplicateChunkBoundaries(size, { offset });
  // Of higher layers Draco rounded each fragment by a grid of its own: their borders do not meet.
  if (layer !== 2) return mesh;
  const dracoGrid = dracoGridSize(graph.parts.info, layer, urlOf(files, "info"));
  return mesh.deduplicateChunkBoundaries(size, { offset, isDraco: true, dracoGridSize: dracoGrid });
}

/** Unifies vertices on the borders of the chunks that each fragment is the mesh of. */
function stitched(files: GrapheneMeshFiles, fragments: readonly Fragment[], mesh: Mesh): Mesh {
  const { graph } = files;
  const { size, offset } = chunkGrid(files, meshMip(files.info, files.prefix));
  const layerOf = ({ label }: Fragment): number => (label === undefined ? 2 : graph.decodeLayerId(label));
  const grid = dracoGridSize(graph.parts.info, layerOf(fragments[0]!), urlOf(files, "info"));
  const marks = new Uint8Array(mesh.length);
  let at = 0;
  for (const fragment of fragments) {
    const factor = graph.fanOut ** Math.max(0, layerOf(fragment) - 2);
    const chunk = size.map((n) => n * factor);
    const { vertices } = fragment.data;
    marks.set(onChunkBoundary(vertices, chunk, { offset, isDraco: true, dracoGridSize: grid }), at);
    at += vertices.length / 3;
  }
  return mesh.deduplicateVertices(marks);
}

/** The graph's chunks of layer 2 in nanometres. @param mip the level whose offset counts; default: the watershed's. */
function chunkGrid(
  { graph }: GrapheneMeshFiles,
  mip: number | undefined,
): { size: number[]; offset: number[] } {
  const { levels, watershedMip, chunkSize, chunksStartAtVoxelOffset } = graph.parts.info;
  const own = levels[watershedMip]!;
  const origin = (mip === undefined ? undefined : levels[mip]) ?? own;
  return {
    size: chunkSize.map((n, axis) => n * own.resolution[axis]!),
    offset: origin.voxelOffset.map((n, axis) =>
      chunksStartAtVoxelOffset ? n * origin.resolution[axis]! : 0,
    ),
  };
}
