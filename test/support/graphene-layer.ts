/** A layer of supervoxels with a graph over it and meshes of its parts, for the fake server. */
import { CloudVolume } from "../../src/cloudvolume.js";
import { encodeDraco } from "../../src/geometry/draco/index.js";
import { encodeFragment, type MeshData } from "../../src/geometry/mesh/index.js";
import {
  makeShard,
  placeOfLabel,
  type ShardingSpec,
  shardingJson,
} from "../../src/shards/neuroglancer-uint64/index.js";
import { memStore } from "../../src/stores/mem/index.js";
import {
  cellOf,
  encode,
  FakeGraph,
  type GraphLayout,
  type Label,
  layerOf,
} from "../servers/graphene/graph.js";
import type { FakeLayer } from "../servers/graphene/server.js";
import type { ServedObject } from "../servers/objects.js";

export interface LayerKind {
  readonly meshes: "precomputed" | "draco" | "sharded";
  readonly encoding: string;
  /** Where the volume begins, and the graph's chunks with it. */
  readonly offset: readonly [number, number, number];
  /** Versions of the interface that the info names. */
  readonly versions?: readonly number[];
  readonly dataDir?: string;
}

export const SIZE = [64, 32, 16] as const;
const CHUNK = [16, 16, 16] as const;
const RESOLUTION = [8, 8, 40] as const;
/** The step to which Draco rounds: corners of voxels stay what they are. */
const GRID = 4;
const LAYOUT: GraphLayout = { layers: 4, layerBits: 8, axisBits: { 1: 10, 2: 10, 3: 9, 4: 3 } };
export const SHARDING: ShardingSpec = {
  preshiftBits: 1,
  hash: "murmurhash3_x86_128",
  minishardBits: 2,
  shardBits: 1,
  minishardIndexEncoding: "gzip",
  dataEncoding: "raw",
};
/** When the graph was made, and when it was edited. */
export const TIMES = {
  made: 1_600_000_000,
  merge: 1_600_001_000,
  split: 1_600_002_000,
  rejoin: 1_600_003_000,
};

export interface MadeLayer extends FakeLayer {
  /** Supervoxels, x fastest. */
  readonly voxels: BigUint64Array;
  /** The place of the supervoxels, for `data_dir`. */
  readonly objects: readonly (readonly Label[])[];
}

/** Wobbly slabs along x and y, cut by chunks: supervoxels of several objects, each over several chunks. */
function supervoxels(): { voxels: BigUint64Array; objects: Map<number, Set<Label>> } {
  const [sx, sy, sz] = SIZE;
  const voxels = new BigUint64Array(sx * sy * sz);
  const objects = new Map<number, Set<Label>>();
  for (let z = 0; z < sz; z++)
    for (let y = 0; y < sy; y++)
      for (let x = 0; x < sx; x++) {
        const wave = Math.round(3 * Math.sin((x + 2 * z) / 7));
        const object =
          (y + wave + 8) % 11 < 2
            ? 0
            : 1 + Math.floor((y + wave + 8) / 11) + 5 * Math.floor((x + y / 2) / 40);
        if (object === 0) continue;
        const label = encode(LAYOUT, 1, [x >> 4, y >> 4, z >> 4], BigInt(10 + object));
        voxels[x + sx * (y + sy * z)] = label;
        objects.set(object, (objects.get(object) ?? new Set()).add(label));
      }
  return { voxels, objects };
}

/** Pairs of supervoxels of one object that touch. */
function edgesOf(voxels: BigUint64Array): [Label, Label][] {
  const [sx, sy, sz] = SIZE;
  const segid = (label: Label): bigint => label & 0xfffn;
  const found = new Map<string, [Label, Label]>();
  const steps = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ] as const;
  for (let z = 0; z < sz; z++)
    for (let y = 0; y < sy; y++)
      for (let x = 0; x < sx; x++)
        for (const [dx, dy, dz] of steps) {
          if (x + dx >= sx || y + dy >= sy || z + dz >= sz) continue;
          const [a, b] = [voxels[x + sx * (y + sy * z)]!, voxels[x + dx + sx * (y + dy + sy * (z + dz))]!];
          if (a !== 0n && b !== 0n && a !== b && segid(a) === segid(b)) found.set(`${a} ${b}`, [a, b]);
        }
  return [...found.values()];
}

export async function makeGrapheneLayer(url: string, kind: LayerKind): Promise<MadeLayer> {
  const { voxels, objects } = supervoxels();
  const labels = [...new Set(voxels)].filter((label) => label !== 0n);
  const edges = edgesOf(voxels);
  const graph = new FakeGraph(LAYOUT, labels, edges);
  const lists = [...objects].sort(([a], [b]) => a - b).map(([, set]) => [...set]);
  const [first = [], second = [], third = []] = lists.filter((list) => list.length > 1);
  const cut = edges.filter((edge) => edge.includes(third[0]!));
  graph.edit({ at: TIMES.merge, add: [[first[0]!, second[0]!]] });
  graph.edit({ at: TIMES.split, remove: cut });
  graph.edit({ at: TIMES.rejoin, add: cut, remove: [[first[0]!, second[0]!]] });
  const files = new Map<string, ServedObject>();
  await writeSupervoxels(files, voxels, kind);
  const maxMeshedLayer = kind.meshes === "sharded" ? 3 : 2;
  const names = await writeMeshes(files, graph, voxels, kind, maxMeshedLayer);
  const layer: MadeLayer = {
    graph,
    voxels,
    objects: lists,
    files,
    chunkSize: CHUNK,
    origin: kind.offset,
    maxMeshedLayer,
    fragmentOf: (node, isInitial) =>
      names.get(node)?.[isInitial ? "initial" : "dynamic"] ?? names.get(node)?.dynamic,
    info: {
      ...(JSON.parse(Buffer.from(files.get("layer/info")!.bytes).toString()) as object),
      data_dir: kind.dataDir ?? `${url}/files/layer`,
      app: { supported_api_versions: kind.versions ?? [0, 1] },
      graph: {
        chunk_size: [...CHUNK],
        n_layers: LAYOUT.layers,
        n_bits_for_layer_id: LAYOUT.layerBits,
        spatial_bit_masks: LAYOUT.axisBits,
        cv_mip: 0,
      },
      chunks_start_at_voxel_offset: true,
      mesh: "mesh_mip_0_test",
      mesh_metadata: {
        max_meshed_layer: maxMeshedLayer,
        unsharded_mesh_dir: "dynamic",
        ...(kind.meshes === "precomputed" ? {} : { uniform_draco_grid_size: GRID }),
      },
    },
  };
  return layer;
}

async function writeSupervoxels(
  files: Map<string, ServedObject>,
  voxels: BigUint64Array,
  { encoding, offset, meshes }: LayerKind,
): Promise<void> {
  const path = `mem://graphene/${crypto.randomUUID()}`;
  const vol = await CloudVolume.create(path, {
    info: {
      numChannels: 1,
      layerType: "segmentation",
      dataType: "uint64",
      encoding,
      resolution: [...RESOLUTION],
      voxelOffset: [...offset],
      volumeSize: [...SIZE],
      // CloudVolume unifies the vertices of sharded meshes at the borders of these chunks, not of the graph's.
      chunkSize: [16, 16, meshes === "sharded" ? 16 : 8],
    },
  });
  await vol.upload("...", voxels);
  const store = memStore(path);
  for await (const key of store.list!("")) {
    const { bytes, compression } = (await store.read(key))!;
    files.set(`layer/${key}`, { bytes, compression });
  }
}

/** The names of each node's mesh in manifests. */
type Names = Map<Label, { readonly initial?: string; readonly dynamic: string }>;

async function writeMeshes(
  files: Map<string, ServedObject>,
  graph: FakeGraph,
  voxels: BigUint64Array,
  kind: LayerKind,
  maxLayer: number,
): Promise<Names> {
  const folder = "layer/mesh_mip_0_test";
  const sharded = kind.meshes === "sharded";
  const nodes = new Map<Label, readonly Label[]>();
  for (const at of [0, ...graph.edits.map((edit) => edit.at)])
    for (const [node, below] of graph.state(at).leaves)
      if (layerOf(LAYOUT, node) >= 2 && layerOf(LAYOUT, node) <= maxLayer) nodes.set(node, below);
  const names: Names = new Map();
  const shards = new Map<string, { label: Label; bytes: Uint8Array }[]>();
  const first = graph.state(0);
  const put = (key: string, bytes: Uint8Array): void => void files.set(key, { bytes, compression: "none" });
  for (const [node, below] of nodes) {
    const mesh = surfaceOf(voxels, node, below, kind.offset);
    // Parts that lie inside of their chunk alone have no surface.
    if (mesh.faces.length === 0) continue;
    const bytes = kind.meshes === "precomputed" ? encodeFragment(mesh) : await draco(mesh);
    const layer = layerOf(LAYOUT, node);
    const box = cellOf(LAYOUT, node).map((cell, a) => {
      const size = CHUNK[a]! * 2 ** (layer - 2);
      return `${cell * size}-${(cell + 1) * size}`;
    });
    const dynamic = `${node}:0:${box.join("_")}`;
    names.set(node, { dynamic });
    if (sharded && first.leaves.has(node)) {
      const { file } = placeOfLabel(SHARDING, node);
      const cell = cellOf(LAYOUT, node).reduce(
        (packed, n) => (packed << BigInt(LAYOUT.axisBits[layer]!)) | BigInt(n),
        0n,
      );
      const key = `${layer}/${cell}-${file}`;
      shards.set(key, [...(shards.get(key) ?? []), { label: node, bytes }]);
    } else put(`${folder}/${sharded ? "dynamic/" : ""}${dynamic}`, bytes);
  }
  for (const [key, data] of shards) {
    const { bytes } = await makeShard(SHARDING, data);
    put(`${folder}/initial/${key}`, bytes);
    for (const { label, bytes: own } of data) {
      const offset = Buffer.from(bytes).indexOf(own);
      names.set(label, { initial: `~${key}:${offset}:${own.length}`, dynamic: names.get(label)!.dynamic });
    }
  }
  const info = {
    "@type": "neuroglancer_legacy_mesh",
    mip: 0,
    ...(sharded ? { sharding: { 2: shardingJson(SHARDING), 3: shardingJson(SHARDING) } } : {}),
  };
  put(`${folder}/info`, Buffer.from(JSON.stringify(info)));
  return names;
}

async function draco(mesh: MeshData): Promise<Uint8Array> {
  const positions = { bits: 16, range: GRID * (2 ** 16 - 1), origin: [0, 0, 0] };
  return await encodeDraco(mesh, { positions });
}

/** The faces between voxels of a node and others of its chunk: open where the chunk ends, so that neighbours fit together. */
function surfaceOf(
  voxels: BigUint64Array,
  node: Label,
  below: readonly Label[],
  offset: readonly number[],
): MeshData {
  const [sx, sy] = SIZE;
  const own = new Set(below);
  const factor = 2 ** (layerOf(LAYOUT, node) - 2);
  const from = cellOf(LAYOUT, node).map((cell, a) => cell * factor * CHUNK[a]!);
  const to = from.map((n, a) => Math.min(n + factor * CHUNK[a]!, SIZE[a]!));
  const has = (p: readonly number[]): boolean => own.has(voxels[p[0]! + sx * (p[1]! + sy * p[2]!)]!);
  const corners = new Map<string, number>();
  const vertices: number[] = [];
  const faces: number[] = [];
  const corner = (p: readonly number[]): number => {
    const name = p.join();
    const known = corners.get(name);
    if (known !== undefined) return known;
    vertices.push(...p.map((n, a) => (n + offset[a]!) * RESOLUTION[a]!));
    corners.set(name, corners.size);
    return corners.size - 1;
  };
  for (let z = from[2]!; z < to[2]!; z++)
    for (let y = from[1]!; y < to[1]!; y++)
      for (let x = from[0]!; x < to[0]!; x++)
        for (const axis of [0, 1, 2]) {
          const next = [x, y, z].map((n, a) => (a === axis ? n + 1 : n));
          if (next[axis]! >= to[axis]! || has([x, y, z]) === has(next)) continue;
          const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
          const at = (du: number, dv: number): number =>
            corner(next.map((n, a) => (a === u ? n + du : a === v ? n + dv : n)));
          const [a, b, c, d] = [at(0, 0), at(1, 0), at(1, 1), at(0, 1)];
          faces.push(a, b, c, a, c, d);
        }
  return { vertices: Float32Array.from(vertices), faces: Uint32Array.from(faces) };
}
