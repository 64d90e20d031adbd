/** A layer with two clients, and a plain array that says what has to be in it. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Box6 } from "../../src/base/bbox.js";
import { arrayType, type DataType, type TypedArray, toVoxel, type Voxel } from "../../src/base/dtype.js";
import { fortranStride, product, type StridedArray, type Vec3 } from "../../src/base/strided.js";
import { expandToChunks } from "../../src/grid/align.js";
import { chunkName } from "../../src/grid/chunk-name.js";
import { chunkBoxes, type Grid } from "../../src/grid/grid.js";
import { CloudVolume, type NewInfoOptions } from "../../src/node.js";

export interface Setup {
  readonly protocol: "file" | "mem";
  readonly sharded: boolean;
  readonly encoding: string;
  readonly dtype: DataType;
  readonly offset: readonly number[];
  readonly size: readonly number[];
  readonly chunk: readonly number[];
  readonly compress: "none" | "gzip" | "br" | "zstd" | undefined;
  readonly background: number;
  readonly deleteBlackUploads: boolean;
  readonly lruBytes: number;
  readonly lruEncoding: string;
  readonly diskCache: boolean;
  readonly preshift: number;
  readonly minishard: number;
}

const TYPES: Readonly<Record<string, readonly DataType[]>> = {
  raw: ["uint8", "uint16", "uint32", "uint64", "int32"],
  compressed_segmentation: ["uint32", "uint64"],
  compresso: ["uint8", "uint32", "uint64"],
  crackle: ["uint16", "uint64"],
};

export function setups(): fc.Arbitrary<Setup> {
  const triple = (low: number, high: number) =>
    fc.array(fc.integer({ min: low, max: high }), { minLength: 3, maxLength: 3 });
  return fc
    .record({
      protocol: fc.constantFrom("file" as const, "mem" as const, "mem" as const),
      sharded: fc.boolean(),
      kind: fc.constantFrom(
        ...Object.entries(TYPES).flatMap(([encoding, types]) => types.map((dtype) => ({ encoding, dtype }))),
      ),
      offset: triple(-9, 9),
      size: triple(1, 13),
      chunk: triple(2, 6),
      compress: fc.constantFrom("none" as const, "gzip" as const, "br" as const, "zstd" as const, undefined),
      background: fc.constantFrom(0, 0, 2),
      deleteBlackUploads: fc.boolean(),
      lruBytes: fc.constantFrom(0, 0, 900, 1e6),
      lruEncoding: fc.constantFrom("same", "raw"),
      diskCache: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
      preshift: fc.integer({ min: 0, max: 2 }),
      minishard: fc.integer({ min: 0, max: 2 }),
    })
    .map(({ kind, ...rest }) => ({ ...rest, ...kind }));
}

let made = 0;

export class World {
  readonly setup: Setup;
  readonly grid: Grid;
  /** What has to be in the layer, dense in Fortran order. */
  readonly voxels: TypedArray;
  /** Keys of the chunks that have to be stored. */
  readonly stored: Set<string> = new Set();
  readonly clients: CloudVolume[] = [];
  /** Clients whose caches may hold what another has overwritten. */
  readonly stale: Set<number> = new Set();
  readonly path: string;
  readonly #folder: string | undefined;

  private constructor(setup: Setup, folder: string | undefined) {
    this.setup = setup;
    this.#folder = folder;
    const [offset, size, chunk] = [setup.offset, setup.size, setup.chunk] as unknown as [Vec3, Vec3, Vec3];
    this.grid = { offset, size, chunk };
    this.voxels = this.filled(product(setup.size), setup.background);
    this.path = folder === undefined ? `mem://model/${made++}` : `file://${join(folder, "layer")}`;
  }

  static async create(setup: Setup, base: string): Promise<World> {
    const needsFolder = setup.protocol === "file" || setup.diskCache;
    const world = new World(setup, needsFolder ? mkdtempSync(join(base, "model-")) : undefined);
    const { encoding, dtype, offset, size, chunk } = setup;
    const info = CloudVolume.createNewInfo({
      ...{ layerType: "segmentation", dataType: dtype, numChannels: 1, encoding, resolution: [4, 4, 40] },
      ...{
        voxelOffset: offset,
        volumeSize: size,
        chunkSize: chunk,
        compressedSegmentationBlockSize: [4, 2, 3],
      },
    } as NewInfoOptions);
    if (setup.sharded)
      Object.assign(info.scales[0]!, {
        sharding: {
          "@type": "neuroglancer_uint64_sharded_v1",
          ...{
            preshift_bits: setup.preshift,
            hash: "identity",
            minishard_bits: setup.minishard,
            shard_bits: 2,
          },
          ...{ minishard_index_encoding: "gzip", data_encoding: setup.compress === "gzip" ? "gzip" : "raw" },
        },
      });
    await CloudVolume.create(world.path, { info });
    await world.reopen(0);
    await world.reopen(1);
    return world;
  }

  async reopen(client: number): Promise<void> {
    const { background, deleteBlackUploads, lruBytes, lruEncoding, diskCache, compress } = this.setup;
    this.clients[client] = await CloudVolume.open(this.path, {
      ...{ bounded: false, fillMissing: true, nonAlignedWrites: true, parallel: 1 },
      ...{ backgroundColor: background, deleteBlackUploads, lruBytes, lruEncoding },
      ...(compress === undefined ? {} : { compress }),
      ...(diskCache ? { cache: join(this.#folder ?? "", `cache-${client}`) } : {}),
    });
    // What the disk holds may be older than what another client has written since.
    if (!diskCache) this.stale.delete(client);
  }

  /** A client whose caches hold nothing old. */
  async client(client: number): Promise<CloudVolume> {
    if (this.stale.delete(client)) await this.clear(client);
    return this.clients[client]!;
  }

  async clear(client: number): Promise<void> {
    const vol = this.clients[client]!;
    vol.lru.clear();
    if (this.setup.diskCache) await vol.cache.flush();
  }

  /** Notes that a client has changed the layer. */
  changed(client: number): void {
    const { lruBytes, diskCache } = this.setup;
    if (lruBytes > 0 || diskCache) this.stale.add(1 - client);
  }

  filled(length: number, value: number): TypedArray {
    const { dtype } = this.setup;
    const data = new (arrayType(dtype))(length);
    return (data as Uint8Array).fill(toVoxel(value, dtype) as number);
  }

  at(x: number, y: number, z: number): Voxel {
    const [ox, oy, oz] = this.grid.offset;
    const [sx, sy, sz] = this.grid.size;
    const [i, j, k] = [x - ox, y - oy, z - oz];
    const inside = i >= 0 && j >= 0 && k >= 0 && i < sx && j < sy && k < sz;
    return inside ? this.voxels[i + sx * (j + sy * k)]! : toVoxel(this.setup.background, this.setup.dtype);
  }

  /** What a box has to be read as. */
  read(box: Box6): StridedArray {
    const shape = [box[3] - box[0], box[4] - box[1], box[5] - box[2], 1];
    const data = new (arrayType(this.setup.dtype))(product(shape));
    let i = 0;
    for (let z = box[2]; z < box[5]; z++)
      for (let y = box[1]; y < box[4]; y++)
        for (let x = box[0]; x < box[3]; x++) data[i++] = this.at(x, y, z);
    return { data, shape, stride: fortranStride(shape) };
  }

  /** Changes the voxels of a box inside, and which chunks are stored. */
  write(box: Box6, value: (x: number, y: number, z: number) => Voxel): void {
    const [ox, oy, oz] = this.grid.offset;
    const [sx, sy] = this.grid.size;
    for (let z = box[2]; z < box[5]; z++)
      for (let y = box[1]; y < box[4]; y++)
        for (let x = box[0]; x < box[3]; x++)
          this.voxels[x - ox + sx * (y - oy + sy * (z - oz))] = value(x, y, z);
    const background = toVoxel(this.setup.background, this.setup.dtype);
    for (const [key, chunk] of this.chunks(box)) {
      const black = (this.read(chunk).data as Uint8Array).every((v) => (v as Voxel) === background);
      if (black && this.setup.deleteBlackUploads) this.stored.delete(key);
      else this.stored.add(key);
    }
  }

  remove(box: Box6): void {
    const background = toVoxel(this.setup.background, this.setup.dtype);
    this.write(box, () => background);
    for (const [key] of this.chunks(box)) this.stored.delete(key);
  }

  /** The chunks that a box touches, by key. */
  chunks(box: Box6): [string, Box6][] {
    return Array.from(chunkBoxes(this.grid, box), (chunk) => [chunkName("4_4_40", chunk), chunk]);
  }

  aligned(box: Box6): Box6 {
    return expandToChunks(this.grid, box);
  }

  destroy(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}
