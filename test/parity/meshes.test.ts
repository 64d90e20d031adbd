/** Meshes and CloudVolume: what is written here it reads, what it reads is read equal, its Mesh and ours do the same. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { openEdges, sphere } from "../../src/geometry/mesh/testing.js";
import { CloudVolume, Mesh, type MeshInfo } from "../../src/node.js";
import { random as seeded } from "../generators/random.js";
import { benchData } from "../support/bench-data.js";
import { haveOriginals, startJudge } from "../support/originals.js";
import { scratchDirectory } from "../support/scratch.js";

interface Summary {
  readonly vertices: number;
  readonly faces: number;
  readonly sha_vertices: string;
  readonly sha_faces: string;
}

const able = haveOriginals("meshes against CloudVolume");
const judge = startJudge("test/parity/mesh_judge.py");
const root = scratchDirectory();
const sha = (array: Float32Array | Uint32Array): string => createHash("sha256").update(array).digest("hex");
const summary = (mesh: Mesh): Summary => ({
  vertices: mesh.length,
  faces: mesh.faceCount,
  sha_vertices: sha(mesh.vertices),
  sha_faces: sha(mesh.faces),
});
const file = (name: string): string => join(root, name);
const loaded = (name: string): Mesh => Mesh.fromPrecomputed(readFileSync(file(name)));

const RESOLUTION = [16, 16, 40];
const SHARDING = {
  "@type": "neuroglancer_uint64_sharded_v1",
  hash: "murmurhash3_x86_128",
  preshift_bits: 0,
  minishard_bits: 1,
  shard_bits: 1,
  minishard_index_encoding: "gzip",
  data_encoding: "raw",
};
/** Two closed surfaces of which one lies within the other, and a small one apart. */
const MESHES = new Map([
  [
    3n,
    Mesh.concatenate([
      new Mesh(sphere(40, 9000, [20_000, 21_000, 12_000])),
      new Mesh(sphere(9, 700, [20_010, 21_000, 12_020])),
    ]),
  ],
  [77n, new Mesh(sphere(12, 900, [3000, 2000, 1000]))],
  [2n ** 63n + 5n, new Mesh(sphere(20, 2500, [9000, 9000, 40_000]))],
]);

async function layer(
  name: string,
  change: (mesh: CloudVolume["mesh"], info: MeshInfo) => Promise<void>,
): Promise<CloudVolume> {
  const vol = await CloudVolume.create(`file://${file(name)}`, {
    info: {
      layerType: "segmentation",
      dataType: "uint64",
      numChannels: 1,
      encoding: "raw",
      resolution: RESOLUTION,
      voxelOffset: [0, 0, 0],
      volumeSize: [4096, 4096, 2048],
      mesh: "mesh",
    },
  });
  await change(vol.mesh, await vol.mesh.info());
  await vol.mesh.commitInfo();
  return vol;
}

describe.runIf(able)("meshes written here, CloudVolume reads", () => {
  test("legacy", async () => {
    const vol = await layer("legacy", async () => {});
    for (const [segid, mesh] of MESHES) {
      const own = mesh.clone();
      own.segid = segid;
      await vol.mesh.put(own);
      const question = { path: file("legacy"), id: String(segid), to: file("m") };
      expect(await judge.ask<Summary>("get", question)).toEqual(summary(mesh.consolidate()));
    }
    expect(readdirSync(join(file("legacy"), "mesh")).sort()).toContain("3:0:1.gz");
    const there = await judge.ask<Record<string, string | null>>("present", {
      path: file("legacy"),
      ids: [3, 77, 78],
    });
    expect([there["3"], there["77"], there["78"]].map(Boolean)).toEqual([true, true, false]);
  });

  test("test_meshing.py::test_put both ways", async () => {
    const vol = await layer("puts", async () => {});
    const mesh = new Mesh({
      vertices: [
        [0, 0, 0],
        [1, 1, 1],
        [2, 2, 2],
      ],
      faces: [0, 1, 2],
      segid: 777,
    });
    writeFileSync(file("p"), mesh.toPrecomputed());
    const names = (): string[] => readdirSync(join(file("puts"), "mesh")).filter((name) => name !== "info");
    const question = { path: file("puts"), id: 777, mesh: file("p") };
    await judge.ask("put", question);
    expect((await vol.mesh.get(777)).equals(mesh)).toBe(true);
    await vol.mesh.delete(777);
    expect(names()).toEqual([]);
    await vol.mesh.put(mesh);
    expect(names().sort()).toEqual(["777:0", "777:0:1.gz"]);
    await judge.ask("put", { ...question, delete: true });
    expect(names()).toEqual([]);
  });

  const layouts = [10, 16].flatMap((bits) =>
    [false, true].map((sharded) => ({ bits: bits as 10 | 16, sharded })),
  );
  test.each(layouts)("multi-resolution, $bits bits, sharded: $sharded", async ({ bits, sharded }) => {
    const name = `multi-${bits}-${sharded}`;
    const LODS = 4;
    const vol = await layer(name, async (mesh, info) => {
      await mesh.toMultiResolution(bits);
      if (sharded) info.sharding = structuredClone(SHARDING);
    });
    await vol.mesh.put(
      [...MESHES].map(
        ([segid, mesh]) => new Mesh({ ...mesh, vertices: mesh.vertices, faces: mesh.faces, segid }),
      ),
      { lods: LODS },
    );
    for (const [segid, mesh] of MESHES) {
      const counts: number[] = [];
      for (let lod = 0; lod < LODS; lod++) {
        const read = await judge.ask<Summary>("get", {
          path: file(name),
          id: String(segid),
          lod,
          to: file("m"),
        });
        expect(summary(await vol.mesh.get(segid, { lod }))).toEqual(read);
        const welded = loaded("m").consolidate();
        expect(openEdges(welded), `cracks at level ${lod}`).toBe(0);
        expect(welded.length).toBeGreaterThan(3);
        counts.push(welded.faceCount);
      }
      expect(counts).toEqual([...counts].sort((a, b) => b - a));
      expectNear(mesh, await vol.mesh.get(segid), stepOf(mesh, LODS, bits));
    }
    const ids = [3, 77, 78];
    const there = await judge
      .ask<Record<string, string> | boolean[]>("present", { path: file(name), ids })
      .catch(() => undefined);
    if (sharded) expect(there).toEqual([true, true, false]);
    else {
      const answer = await judge.ask("manifest", { file: join(file(name), "mesh/3.index") });
      expect(answer).toMatchObject({ same: true, lods: LODS });
    }
  });
});

/** Nanometres of a quantization step: the cell of the finest level over its values. */
function stepOf(mesh: Mesh, lods: number, bits: number): number[] {
  const { minpt, maxpt } = mesh.bounds!;
  return RESOLUTION.map((size, axis) => {
    const voxels = (maxpt[axis]! - minpt[axis]!) / size + 1;
    return (Math.ceil(voxels / 2 ** (lods - 1)) * size) / (2 ** bits - 1);
  });
}

/** Every vertex of `mesh` has one of `read` within a step along each axis. */
function expectNear(mesh: Mesh, read: Mesh, step: readonly number[]): void {
  const cells = new Map<string, number[]>();
  const cell = (at: readonly number[]): number[] => at.map((value, axis) => Math.floor(value / step[axis]!));
  for (let i = 0; i < read.length; i++) {
    const key = cell(read.vertex(i)).join();
    cells.set(key, [...(cells.get(key) ?? []), i]);
  }
  for (let i = 0; i < mesh.length; i++) {
    const point = mesh.vertex(i);
    const [x = 0, y = 0, z = 0] = cell(point);
    let near = false;
    for (let n = 0; n < 27 && !near; n++) {
      const key = [x + (n % 3) - 1, y + (Math.floor(n / 3) % 3) - 1, z + Math.floor(n / 9) - 1].join();
      near = (cells.get(key) ?? []).some((j) =>
        read.vertex(j).every((value, axis) => Math.abs(value - point[axis]!) <= step[axis]!),
      );
    }
    expect(near, `vertex ${i} at ${point}`).toBe(true);
  }
}

describe.runIf(able)("the same of CloudVolume's Mesh and ours", () => {
  const random = seeded(11);
  const meshes = Array.from({ length: 6 }, (_, n) => {
    // Few values, so that vertices and triangles fall together.
    const count = 30 + 40 * n;
    const vertices = Float32Array.from({ length: 3 * count }, () => random(7) * (n % 2 === 0 ? 1 : 0.3) - 1);
    const faces = Uint32Array.from({ length: 9 * count }, () => random(count));
    return new Mesh({ vertices, faces });
  });

  test.each(meshes.map((mesh, n) => ({ n, mesh })))("mesh $n", async ({ mesh, n }) => {
    writeFileSync(file("in"), mesh.toPrecomputed());
    const ask = <A = Summary>(how: string, more = {}): Promise<A> =>
      judge.ask<A>("change", { mesh: file("in"), how, to: file("out"), ...more });
    expect(await ask("consolidate")).toEqual(summary(mesh.consolidate()));
    expect(await ask("concatenate")).toEqual(summary(Mesh.concatenate([mesh, mesh])));
    const box = [-1, -1, -0.5, 3, 2.5, 4];
    expect(await ask("crop", { box })).toEqual(summary(mesh.crop(box)));
    for (const grid of [null, 0.7]) {
      const chunk = [2, 3, 2.5];
      const offset = [n, 0, -1];
      const ours = mesh.deduplicateChunkBoundaries(chunk, {
        offset,
        ...(grid === null ? {} : { isDraco: true, dracoGridSize: grid }),
      });
      expect(await ask("chunks", { chunk, offset, grid })).toEqual(summary(ours));
    }
    await ask("ply");
    expect(Buffer.compare(readFileSync(file("out")), mesh.toPly())).toBe(0);
    await ask("obj");
    expect(readFileSync(file("out"), "utf8")).toBe(Buffer.from(mesh.toObj()).toString());
  });

  test.each([
    { bits: 10, level: 7, integers: false, order: false },
    { bits: 16, level: 1, integers: false, order: true },
    { bits: 11, level: 10, integers: true, order: false },
  ])("DracoPy's bytes: %j", async ({ bits, level, integers, order }) => {
    const ball = new Mesh(sphere(14, 400, [500, 450, 600]));
    const mesh = new Mesh({
      vertices: ball.vertices.map(Math.fround).map((v) => (integers ? Math.trunc(v) : v)),
      faces: ball.faces,
    });
    writeFileSync(file("in"), mesh.toPrecomputed());
    const range = 2 ** bits - 1;
    const how = { how: "draco", integers, bits, level, order, range, origin: [0, 0, 0] };
    await judge.ask("change", { mesh: file("in"), to: file("out"), ...how });
    const theirs = readFileSync(file("out"));
    const ours = await mesh.toDraco({
      compressionLevel: level,
      preserveOrder: order,
      positions: integers ? "integers" : { bits, range, origin: [0, 0, 0] },
    });
    const [a, b] = [await Mesh.fromDraco(theirs), await Mesh.fromDraco(ours)];
    expect(summary(b)).toEqual(summary(a));
    if (!integers) expect(Buffer.compare(theirs, ours)).toBe(0);
  });
});

describe.runIf(able)("every mesh of the benchmarks' segmentation", () => {
  const folder = benchData("test_seg_unsharded", "every mesh of the benchmarks' segmentation");
  let vol: CloudVolume;
  beforeAll(async () => {
    if (folder !== undefined) vol = await CloudVolume.open(`file://${folder}`);
  });

  test.runIf(folder !== undefined)("each for itself", async () => {
    const theirs = await judge.ask<Record<string, Summary>>("summaries", { path: folder });
    const meshes = await vol.mesh.get(Object.keys(theirs), { fuse: false });
    expect(meshes.size).toBeGreaterThan(2000);
    for (const [id, mesh] of meshes) expect(summary(mesh), String(id)).toEqual(theirs[String(id)]);
    const listed = (await vol.mesh.list()).map(String);
    expect(listed.filter((id) => !(id in theirs))).toEqual([]);
  });

  test.runIf(folder !== undefined)("fused, with and without chunk_size", async () => {
    const ids = [22270104, 16649205, 13614423];
    expect(summary(await vol.mesh.get(ids))).toEqual(await judge.ask("fused", { path: folder, ids }));
    const chunkSize = [512, 512, 100];
    const theirs = await judge.ask("fused", { path: folder, ids, chunk_size: chunkSize });
    expect(summary(await vol.mesh.get(ids, { chunkSize }))).toEqual(theirs);
    expect(existsSync(join(folder!, "info"))).toBe(true);
  });
});

describe.runIf(able)("fragments of another segmentation", () => {
  const folder = benchData("test_cv", "Draco and precomputed fragments by themselves");
  const files = ["mesh_mip_2_draco_sv16", "mesh_mip_2_err_40_sv16"].flatMap((name) =>
    folder === undefined ? [] : readdirSync(join(folder, name)).map((f) => join(folder, name, f)),
  );

  test.runIf(folder !== undefined)("decode as with DracoPy and CloudVolume", async () => {
    expect(files.length).toBeGreaterThan(40);
    for (const path of files) {
      const stored = readFileSync(path);
      const bytes = path.endsWith(".gz") ? gunzipSync(stored) : stored;
      if (bytes[0] === 0x7b) {
        expect(JSON.parse(bytes.toString()).fragments.length, path).toBeGreaterThan(0); // A manifest.
        continue;
      }
      const isDraco = bytes.subarray(0, 5).toString() === "DRACO";
      const mesh = isDraco ? await Mesh.fromDraco(bytes) : Mesh.fromPrecomputed(bytes);
      expect(summary(mesh), path).toEqual(await judge.ask("fragment", { file: path }));
    }
  });
});
