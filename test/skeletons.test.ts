/** Skeletons of a layer: stored, found again, removed; in single files and in shards. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { randomSkeleton } from "../src/geometry/skeleton/testing.js";
import {
  ArgumentError,
  CloudVolume,
  EmptyFileException,
  InfoError,
  ReadOnlyException,
  Skeleton,
  SkeletonAttributeMixingError,
  SkeletonDecodeError,
  SkeletonMissingError,
} from "../src/node.js";
import { random } from "./generators/random.js";
import { scratchDirectory } from "./support/scratch.js";

const INFO = {
  numChannels: 1,
  layerType: "segmentation",
  dataType: "uint16",
  encoding: "raw",
  resolution: [1, 1, 1],
  voxelOffset: [0, 0, 0],
  volumeSize: [100, 100, 100],
  chunkSize: [64, 64, 64],
  skeletons: true,
} as const;
const EDGES = [
  [0, 1],
  [1, 2],
  [3, 4],
  [4, 5],
  [3, 5],
];
const POINTS = [
  [0, 0, 0],
  [1, 0, 0],
  [2, 0, 0],
  [0, 1, 0],
  [0, 2, 0],
  [0, 3, 0],
];
const RADIUS = { id: "radius", data_type: "float32", num_components: 1 } as const;

async function layer(options = {}): Promise<{ vol: CloudVolume; path: string }> {
  const path = join(scratchDirectory(), "layer");
  return { vol: await CloudVolume.create(`file://${path}`, { info: INFO, ...options }), path };
}

describe("CloudVolume's assertions", () => {
  test("test_skeletons.py::test_skeletons", async () => {
    const { vol, path } = await layer({ compress: false });
    const vertices = Float32Array.from({ length: 33 }, (_, i) => (i * 7) % 5);
    // The last edge leads to no vertex, in CloudVolume's test too.
    const edges = Array.from({ length: 11 }, (_, i) => [i, i + 1]);
    const radii = [1, 2.5, 3, 4.1, 1.2, 5.6, 2000.123123, 15.33332221, 8128.124, -1, 1824.03];
    const vertexTypes = [1, 2, 3, 5, 8, 2, 0, 5, 9, 11, 22];
    await vol.skeleton.uploadRaw(1, { vertices, edges, radii, vertexTypes });
    const skeleton = await vol.skeleton.get(1);
    expect(skeleton.id).toBe(1n);
    expect(skeleton.vertices).toEqual(vertices);
    expect(Array.from(skeleton.edges)).toEqual(edges.flat());
    expect(skeleton.radii).toEqual(Float32Array.from(radii));
    expect(skeleton.vertexTypes).toEqual(Uint8Array.from(vertexTypes));
    expect(vol.skeleton.path).toBe("skeletons");
    expect(skeleton.empty()).toBe(false);
    expect(readFileSync(join(path, "skeletons/1"))).toHaveLength(8 + 11 * (12 + 8 + 4 + 1));
    await expect(vol.skeleton.get(5)).rejects.toThrow(SkeletonDecodeError);
    await expect(vol.skeleton.get(5)).rejects.toThrow(SkeletonMissingError);
  });

  test("test_skeletons.py::test_no_edges", async () => {
    const { vol, path } = await layer({ compress: false });
    await vol.skeleton.uploadRaw(2, { vertices: POINTS.slice(0, 2) });
    const skeleton = await vol.skeleton.get(2);
    expect([skeleton.id, skeleton.numVertices, skeleton.numEdges]).toEqual([2n, 2, 0]);
    expect(readFileSync(join(path, "skeletons/2"))).toHaveLength(8 + 2 * (12 + 0 + 4 + 1));
  });

  test("test_skeletons.py::test_no_vertices", async () => {
    const { vol, path } = await layer({ compress: false });
    await vol.skeleton.uploadRaw(3, {});
    const skeleton = await vol.skeleton.get(3);
    expect([skeleton.id, skeleton.numVertices, skeleton.numEdges, skeleton.empty()]).toEqual([
      3n,
      0,
      0,
      true,
    ]);
    expect(readFileSync(join(path, "skeletons/3"))).toHaveLength(8);
  });

  test("test_skeletons.py::test_caching", async () => {
    const cache = scratchDirectory();
    const { vol } = await layer({ cache });
    const skeleton = new Skeleton({ vertices: POINTS, edges: EDGES, id: 666 });
    await vol.skeleton.upload(skeleton);
    expect(await vol.cache.listSkeletons()).toEqual(["666.gz"]);
    skeleton.id = 1n;
    writeFileSync(join(vol.cache.path, "skeletons/1"), skeleton.toPrecomputed());
    expect((await vol.skeleton.get(1)).equals(skeleton)).toBe(true);
  });

  test.each(["raw", "gzip"].flatMap((index) => ["raw", "gzip"].map((data) => [index, data])))(
    "test_skeletons.py::test_sharded: indices %s, data %s",
    async (minishard_index_encoding, data_encoding) => {
      const { vol, path } = await layer();
      const info = await vol.skeleton.info();
      info.vertex_attributes = [{ ...RADIUS }];
      info.mip = 3;
      info.sharding = {
        "@type": "neuroglancer_uint64_sharded_v1",
        preshift_bits: 1,
        hash: "murmurhash3_x86_128",
        minishard_bits: 2,
        shard_bits: 1,
        minishard_index_encoding: minishard_index_encoding!,
        data_encoding: data_encoding!,
      };
      await vol.skeleton.commitInfo();
      const one = new Skeleton({ vertices: POINTS, edges: EDGES, id: 1 }).physicalSpace();
      one.attributes = one.attributes.slice(0, 1);
      const all = Array.from({ length: 10 }, (_, i) => {
        const copy = one.clone();
        copy.id = BigInt(i);
        return copy;
      });
      await vol.skeleton.upload(all.slice(0, 7));
      await vol.skeleton.upload(all.slice(7));
      expect(readdirSync(join(path, "skeletons")).sort()).toEqual(["0.shard", "1.shard", "info"]);
      const again = await CloudVolume.open(`file://${path}`);
      expect(await again.skeleton.isSharded()).toBe(true);
      for (const wanted of all) expect((await again.skeleton.get(wanted.id!)).equals(wanted)).toBe(true);
      const many = await again.skeleton.get([9n, 0, 9]);
      expect(many.map((s) => s.id)).toEqual([9n, 0n, 9n]);
      expect(await again.skeleton.list()).toEqual(all.map((s) => s.id));
      const exists = await again.skeleton.exists(Array.from({ length: 11 }, (_, i) => i));
      expect([...exists.values()]).toEqual([
        ...Array(8).fill("skeletons/0.shard"),
        "skeletons/1.shard",
        "skeletons/1.shard",
        undefined,
      ]);
      await expect(again.skeleton.get(10)).rejects.toThrow(EmptyFileException);
      expect(await again.skeleton.get(10, { allowMissing: true })).toBeUndefined();
      await expect(again.skeleton.delete(1)).rejects.toMatchObject({ name: "UnsupportedFormatError" });
    },
  );

  test("test_sharding.py::test_hash_bits_for_hashed, through toSharded", async () => {
    const { vol } = await layer();
    const bits = async (options: Parameters<CloudVolume["skeleton"]["toSharded"]>[0]): Promise<number[]> => {
      await vol.skeleton.toSharded(options);
      const sharding = (await vol.skeleton.info()).sharding as Record<string, number>;
      return [sharding.shard_bits!, sharding.minishard_bits!];
    };
    expect(await bits({ numLabels: 1e9 })).toEqual([11, 9]);
    expect(await bits({ numLabels: 1e6 })).toEqual([1, 9]);
    expect(await bits({ numLabels: 1e7 })).toEqual([4, 9]);
    expect(await bits({ numLabels: 1000 })).toEqual([0, 0]);
    expect(await bits({ numLabels: 1000, minShards: 1000 })).toEqual([10, 0]);
    expect(await bits({ numLabels: 0 })).toEqual([0, 0]);
    expect(await bits({ numLabels: 1e4 })).toEqual([0, 3]);
    expect(await bits({ numLabels: 1e9, shardIndexBytes: 2 ** 10 })).toEqual([14, 6]);
    expect(await bits({ numLabels: 1e9, minishardIndexBytes: 2 ** 13 })).toEqual([13, 9]);
    expect(await bits({ numLabels: 1e6, maxLabelsPerShard: 1000 })).toEqual([10, 0]);
    await vol.skeleton.toUnsharded();
    expect(await vol.skeleton.isSharded()).toBe(false);
    await vol.skeleton.toUnsharded();
    expect((await vol.skeleton.info()).sharding).toBeUndefined();
  });

  test("test_skeletons.py::test_integer_spatial_index, and test_integer_sqlite_spatial_index", async () => {
    const fixture = `file://${join(process.cwd(), "fixtures/spatial-index")}`;
    const vol = await CloudVolume.open(fixture, { skelDir: "skeletons_mip_2" });
    const index = (await vol.skeleton.spatialIndex())!;
    const whole = vol.bounds.mul(vol.resolution);
    const labels = Array.from(await index.query(whole));
    const file = "fixtures/spatial-index/skeletons_mip_2/0-8192_0-8192_0-20480.spatial.gz";
    const wanted = Object.keys(JSON.parse(gunzipSync(readFileSync(file)).toString())).map(BigInt);
    expect(labels).toEqual(wanted.sort((a, b) => (a < b ? -1 : 1)));
    expect(labels).toContain(71297420n);
    const locations = await index.fileLocationsPerLabel();
    expect(locations.get(71297420n)).toEqual(["0-8192_0-8192_0-20480.spatial"]);
    expect(await index.fileLocationsPerLabel([71297420, 3])).toEqual(
      new Map([[71297420n, ["0-8192_0-8192_0-20480.spatial"]]]),
    );
    expect((await index.getBbox(59524925))!.toList()).toEqual([80, 6864, 19960, 400, 8176, 20440]);
    const spatialIndexDb = `sqlite://${join(scratchDirectory(), "index.db")}`;
    await index.toSql(spatialIndexDb);
    const again = await CloudVolume.open(fixture, { skelDir: "skeletons_mip_2", spatialIndexDb });
    const fromDb = (await again.skeleton.spatialIndex())!;
    expect(Array.from(await fromDb.query(whole))).toEqual(labels);
    expect((await fromDb.getBbox(59524925n))!.toList()).toEqual([80, 6864, 19960, 400, 8176, 20440]);
  });
});

describe("skeletons of a layer", () => {
  test.each([false, true])(
    "what is read can be stored again, attributes and transform included (sharded: %s)",
    async (sharded) => {
      const { vol, path } = await layer();
      const rng = random(9);
      const skeletons = Array.from({ length: 12 }, (_, i) => {
        const s = randomSkeleton(() => rng(1 << 24) / (1 << 24), { vertices: 5 + i, attributes: 0 });
        s.setAttribute(
          "wide",
          BigUint64Array.from({ length: 2 * (5 + i) }, () => 2n ** 63n + BigInt(rng(99))),
        );
        s.id = 2n ** 64n - 1n - BigInt(i);
        return s;
      });
      const info = await vol.skeleton.info();
      info.transform = [4, 0, 0, 8, 0, 2, 0, -16, 0, 0, 0.5, 32];
      info.vertex_attributes!.push({ id: "wide", data_type: "uint64", num_components: 2 });
      if (sharded) await vol.skeleton.toSharded({ numLabels: 12, minShards: 4 });
      await vol.skeleton.commitInfo();
      await vol.skeleton.upload(skeletons);
      const again = await CloudVolume.open(`file://${path}`);
      const ids = skeletons.map((s) => s.id!);
      const read = await again.skeleton.get(ids);
      read.forEach((s, i) => {
        expect(s.space).toBe("physical");
        expect(s.vertices[0]).toBe(skeletons[i]!.vertices[0]! * 4 + 8);
        expect(s.attribute("wide")).toEqual(skeletons[i]!.attribute("wide"));
      });
      await again.skeleton.upload(read);
      const twice = await (await CloudVolume.open(`file://${path}`)).skeleton.get(ids);
      twice.forEach((s, i) => {
        expect(s.equals(read[i]!)).toBe(true);
      });
      expect(await again.skeleton.list()).toEqual(ids.toReversed());
    },
  );

  test("removed, counted, left out", async () => {
    const { vol } = await layer();
    await vol.skeleton.upload([1, 2, 3].map((id) => new Skeleton({ vertices: POINTS, edges: EDGES, id })));
    await vol.skeleton.delete([2, 9]);
    expect(await vol.skeleton.list()).toEqual([1n, 3n]);
    expect(await vol.skeleton.exists([1, 2])).toEqual(
      new Map([
        [1n, "skeletons/1"],
        [2n, undefined],
      ]),
    );
    expect((await vol.skeleton.get([1, 2, 3], { allowMissing: true })).map((s) => s.id)).toEqual([1n, 3n]);
    await expect(vol.skeleton.get([1, 2, 3])).rejects.toMatchObject({ kind: "missing" });
    await expect(vol.skeleton.getByBbox([0, 0, 0, 1, 1, 1])).rejects.toMatchObject({ kind: "missing" });
  });

  test("an attribute that the info does not list is not dropped in silence", async () => {
    const { vol } = await layer();
    const skeleton = new Skeleton({ vertices: POINTS, edges: EDGES, id: 1 });
    skeleton.setAttribute("wow", new Uint8Array(6));
    await expect(vol.skeleton.upload(skeleton)).rejects.toThrow(SkeletonAttributeMixingError);
    await expect(vol.skeleton.upload(new Skeleton({ vertices: POINTS }))).rejects.toThrow(ArgumentError);
    for (const id of [-1, 0.5, 2 ** 60, "x", 2n ** 64n])
      await expect(vol.skeleton.get(id as number)).rejects.toThrow(ArgumentError);
  });

  test("a layer for reading only is not written", async () => {
    const { vol } = await layer();
    vol.readonly = true;
    const skeleton = new Skeleton({ vertices: POINTS, id: 1 });
    await expect(vol.skeleton.upload(skeleton)).rejects.toThrow(ReadOnlyException);
    await expect(vol.skeleton.delete(1)).rejects.toThrow(ReadOnlyException);
    await expect(vol.skeleton.commitInfo()).rejects.toThrow(ReadOnlyException);
  });

  test("an aborted read throws, and the next one works", async () => {
    const { vol } = await layer();
    await vol.skeleton.upload(new Skeleton({ vertices: POINTS, edges: EDGES, id: 1 }));
    await expect(vol.skeleton.get(1, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: "aborted",
    });
    expect((await vol.skeleton.get(1)).id).toBe(1n);
  });

  test.each([
    { "@type": "neuroglancer_legacy_mesh" },
    { transform: [1, 2, 3] },
    { vertex_attributes: [{ id: "x", data_type: "float16", num_components: 1 }] },
    { vertex_attributes: [{ id: "x", data_type: "uint8", num_components: 0 }] },
    { vertex_attributes: [{ ...RADIUS }, { ...RADIUS }] },
    { spatial_index: { chunk_size: [0, 1, 1] } },
    { mip: -1 },
    [],
  ])("a wrong info is named: %j", async (json) => {
    const { vol, path } = await layer();
    await vol.skeleton.commitInfo();
    writeFileSync(join(path, "skeletons/info"), JSON.stringify(json));
    await expect(vol.skeleton.refreshInfo()).rejects.toThrow(InfoError);
  });
});
