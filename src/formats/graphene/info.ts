/**
 * What the info document of a graph server says beyond that of a Precomputed volume, which it is besides. Source: CloudVolume
 * `datasource/graphene/metadata.py`.
 */
import { InfoError, UnsupportedGrapheneAPIVersionError } from "../../base/errors.js";
import {
  flag,
  inside,
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  orNull,
  placeOf,
  positive,
  record,
  reject,
  text,
  tuple,
} from "../../base/verify.js";
import { API_VERSIONS, type ApiVersion } from "./server.js";

export interface GrapheneInfo {
  /** Where the supervoxels are: a cloud path. */
  readonly dataDir: string;
  /** Of the interface; the oldest first, at least one. */
  readonly apiVersions: readonly ApiVersion[];
  /** Labels of the highest layer are roots. */
  readonly nLayers: number;
  /** Voxels of a chunk of layer 1 and 2, at the watershed's level. */
  readonly chunkSize: readonly [number, number, number];
  /** Bits of a label that hold its layer. */
  readonly layerBits: number;
  /** Bits of each axis of the chunk's position, by layer. */
  readonly spatialBits: ReadonlyMap<number, number>;
  /** Chunks along each axis that the next layer unites. */
  readonly fanOut: number;
  /** The level that the supervoxels are labels of. */
  readonly watershedMip: number;
  /** Whether the graph's chunks begin where the volume does; else at the origin. */
  readonly chunksStartAtVoxelOffset: boolean;
  readonly levels: readonly GrapheneLevel[];
  readonly meshes: MeshMetadata;
}

export interface GrapheneLevel {
  readonly resolution: readonly [number, number, number];
  readonly voxelOffset: readonly [number, number, number];
}

export interface MeshMetadata {
  /** The highest layer that has meshes. */
  readonly maxLayer: number;
  /** The folder of meshes that were made after edits, where meshes are sharded. */
  readonly unshardedFolder: string;
  /** The step to which Draco rounded vertices: of every layer, or by layer. */
  readonly uniformGridSize: number | undefined;
  readonly gridSizes: ReadonlyMap<number, number>;
}

const LAYERS = { min: 0, max: 2 ** 16 };
const document = record({
  data_type: oneOf(["uint64"]),
  data_dir: text({ max: 4096 }),
  app: record({ supported_api_versions: list(integer({ min: 0 }), { max: 64 }) }),
  graph: record({
    chunk_size: tuple(3, integer({ min: 1, max: 2 ** 31 })),
    n_layers: integer({ ...LAYERS, min: 1 }),
    n_bits_for_layer_id: orNull(integer({ min: 1, max: 32 })),
    spatial_bit_masks: object,
    fan_out: orNull(integer({ min: 1, max: 2 ** 16 })),
    cv_mip: orNull(integer({ min: 0, max: 1023 })),
  }),
  scales: list(record({ resolution: tuple(3, positive), voxel_offset: optional(tuple(3, number())) }), {
    min: 1,
    max: 1024,
  }),
  chunks_start_at_voxel_offset: orNull(flag),
  mesh_metadata: orNull(
    record({
      max_meshed_layer: orNull(integer(LAYERS)),
      unsharded_mesh_dir: orNull(text({ max: 4096 })),
      uniform_draco_grid_size: orNull(positive),
      draco_grid_sizes: orNull(object),
    }),
  ),
});

/** @throws InfoError naming the member that is not as it should be, UnsupportedGrapheneAPIVersionError. */
export function parseGrapheneInfo(json: unknown, where: string): GrapheneInfo {
  const place = placeOf(where);
  const found = document(json, place);
  const { graph, scales, mesh_metadata: meshes } = found;
  const layerBits = graph.n_bits_for_layer_id ?? 8;
  const masks = inside(inside(place, "graph"), "spatial_bit_masks");
  const most = Math.floor((64 - layerBits) / 3);
  const watershedMip = graph.cv_mip ?? 0;
  if (watershedMip >= scales.length)
    reject(inside(inside(place, "graph"), "cv_mip"), `a level below ${scales.length}`, watershedMip);
  return {
    dataDir: found.data_dir,
    apiVersions: knownVersions(found.app.supported_api_versions, where),
    nLayers: graph.n_layers,
    chunkSize: graph.chunk_size,
    layerBits,
    spatialBits: byLayer(graph.spatial_bit_masks, masks, integer({ min: 0, max: most })),
    fanOut: graph.fan_out ?? 2,
    watershedMip,
    chunksStartAtVoxelOffset: found.chunks_start_at_voxel_offset === true,
    levels: scales.map(({ resolution, voxel_offset: voxelOffset = [0, 0, 0] }) => ({
      resolution,
      voxelOffset,
    })),
    meshes: {
      maxLayer: meshes?.max_meshed_layer ?? graph.n_layers,
      unshardedFolder: meshes?.unsharded_mesh_dir ?? "dynamic",
      uniformGridSize: meshes?.uniform_draco_grid_size ?? undefined,
      gridSizes: byLayer(
        meshes?.draco_grid_sizes ?? {},
        inside(inside(place, "mesh_metadata"), "draco_grid_sizes"),
        positive,
      ),
    },
  };
}

function byLayer(
  members: Readonly<Record<string, unknown>>,
  place: Parameters<typeof inside>[0],
  verify: (value: unknown, at: Parameters<typeof inside>[0]) => number,
): Map<number, number> {
  return new Map(
    Object.entries(members).map(([layer, value]) => {
      const at = inside(place, layer);
      if (!/^\d{1,5}$/.test(layer)) reject(at, "the number of a layer", layer);
      return [Number(layer), verify(value, at)];
    }),
  );
}

/** The versions that the server has and this library knows. An info counts them from 0. */
function knownVersions(offered: readonly number[], where: string): ApiVersion[] {
  const known = API_VERSIONS.filter((_, i) => offered.includes(i));
  if (known.length > 0) return known;
  throw new UnsupportedGrapheneAPIVersionError("The graph server has no version that is known here", {
    where,
    expected: `one of ${API_VERSIONS.map((name, i) => `${i} (${name})`).join(", ")}`,
    got: offered.length === 0 ? "none" : offered.join(", "),
  });
}

/** The step to which vertices of a layer's meshes were rounded. @throws InfoError where the info does not say. */
export function dracoGridSize({ meshes }: GrapheneInfo, layer: number, where: string): number {
  const size = meshes.uniformGridSize ?? meshes.gridSizes.get(layer);
  if (size !== undefined) return size;
  throw new InfoError("The info does not say how the meshes of a layer were rounded", {
    where,
    expected: "mesh_metadata.uniform_draco_grid_size, or the layer in draco_grid_sizes",
    got: `layer ${layer}, highest with meshes ${meshes.maxLayer}`,
    fix: "Pass deduplicateChunkBoundaries: false.",
  });
}
