/** Meshes that are stored come back: every layout, replaced, removed, beside others, without cracks. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openEdges, sphere } from "../../src/geometry/mesh/testing.js";
import {
  ArgumentError,
  CloudVolume,
  EncodingError,
  Mesh,
  openMeshes,
  ReadOnlyException,
} from "../../src/node.js";
import { scratchDirectory } from "../support/scratch.js";

const root = scratchDirectory();
const info = {
  layerType: "segmentation",
  dataType: "uint64",
  numChannels: 1,
  encoding: "raw",
  resolution: [8, 8, 40],
  voxelOffset: [-100, 0, 0],
  volumeSize: [256, 256, 64],
  mesh: "mesh_mip_0_err_40",
} as const;
const ball = (radius: number, segid: bigint | number): Mesh =>
  new Mesh({ ...sphere(14, radius, [3000, 4000, 5000]), segid });

let layers = 0;
async function layer(bits?: 10 | 16, shards = 0): Promise<CloudVolume> {
  const vol = await CloudVolume.create(`file://${join(root, String(layers++))}`, { info });
  if (bits !== undefined) await vol.mesh.toMultiResolution(bits);
  if (shards > 0) await vol.mesh.toSharded({ numLabels: 100, minShards: shards });
  await vol.mesh.commitInfo();
  return vol;
}

const LAYOUTS = [
  { name: "legacy", bits: undefined, shards: 0 },
  { name: "multi-resolution", bits: 16, shards: 0 },
  { name: "multi-resolution in a shard", bits: 10, shards: 1 },
  { name: "multi-resolution in shards", bits: 16, shards: 4 },
] as const;

describe.each(LAYOUTS)("$name", ({ bits, shards }) => {
  test("put, list, exists, replace, delete", async () => {
    const vol = await layer(bits, shards);
    const ids = [1n, 2n, 77n, 2n ** 64n - 1n];
    await vol.mesh.put(ids.map((id, i) => ball(400 + 100 * i, id)));
    expect(await vol.mesh.list()).toEqual(ids);
    const again = await CloudVolume.open(vol.cloudpath);
    for (const [i, id] of ids.entries()) {
      const mesh = await again.mesh.get(id);
      expect(mesh.faceCount).toBeGreaterThan(300);
      const { minpt, maxpt } = mesh.bounds!;
      expect(maxpt.x - minpt.x).toBeCloseTo(2 * (400 + 100 * i), -1);
      expect(minpt.y).toBeCloseTo(4000 - (400 + 100 * i), -1);
    }
    await vol.mesh.put(ball(100, 77));
    expect((await vol.mesh.get(77)).bounds?.maxpt.z).toBeCloseTo(5100, -1);
    expect((await vol.mesh.get(2)).bounds?.maxpt.z).toBeCloseTo(5500, -1);
    expect(await vol.mesh.list()).toEqual(ids);
    await vol.mesh.delete([1, 77, 12345]);
    expect(await vol.mesh.list()).toEqual([2n, 2n ** 64n - 1n]);
    const there = await vol.mesh.exists([1, 2]);
    expect([there.get(1n), there.get(2n) === undefined]).toEqual([undefined, false]);
    expect((await vol.mesh.get(2)).bounds?.maxpt.z).toBeCloseTo(5500, -1);
    await vol.mesh.delete(await vol.mesh.list());
    expect(await vol.mesh.list()).toEqual([]);
    const left = readdirSync(join(vol.path.path, "mesh_mip_0_err_40")).filter(
      (name) => !/^info$|\.shard$/.test(name),
    );
    expect(left).toEqual([]);
  });

  test("opened by itself", async () => {
    const vol = await layer(bits, shards);
    await vol.mesh.put(ball(500, 9));
    const alone = await openMeshes(`${vol.cloudpath}/${vol.mesh.path}`);
    expect(await alone.list()).toEqual([9n]);
    expect((await alone.get(9)).equals(await vol.mesh.get(9))).toBe(true);
    expect(await alone.isMultires()).toBe(bits !== undefined);
    expect(await alone.mip()).toBeUndefined();
    const elsewhere = await CloudVolume.open(vol.cloudpath, { meshDir: "none" });
    expect(await elsewhere.mesh.exists(9)).toEqual(new Map([[9n, undefined]]));
  });
});

describe("levels of detail", () => {
  const solid = Mesh.concatenate([ball(3000, 0), new Mesh(sphere(7, 250, [3010, 4010, 5020]))], { segid: 4 });

  test.each([
    { bits: 10 as const, lods: 1 },
    { bits: 16 as const, lods: 5 },
    { bits: 16 as const, lods: undefined },
  ])("no cracks, fewer triangles: %j", async ({ bits, lods }) => {
    const vol = await layer(bits);
    await vol.mesh.put(solid, { lods });
    const levels: Mesh[] = [];
    for (let lod = 0; lod < (lods ?? 4); lod++) levels.push(await vol.mesh.get(4, { lod }));
    for (const mesh of levels) expect(openEdges(mesh.consolidate())).toBe(0);
    const counts = levels.map((mesh) => mesh.faceCount);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    expect((await vol.mesh.get(4, { lod: -1 })).equals(levels.at(-1)!)).toBe(true);
    await expect(vol.mesh.get(4, { lod: levels.length })).rejects.toThrow(/no such level/);
  });

  test("no triangle crosses a border of a cell, nor the middle of one above the finest level", async () => {
    const vol = await layer(16);
    await vol.mesh.put(solid, { lods: 3 });
    const { minpt, maxpt } = solid.bounds!;
    const grid = [8, 8, 40].map((size, axis) => {
      const origin = Math.floor(minpt[axis]! / size);
      return { origin: origin * size, cell: Math.ceil((maxpt[axis]! / size - origin) / 4) * size };
    });
    for (const lod of [0, 1, 2]) {
      const mesh = await vol.mesh.get(4, { lod });
      let crossing = 0;
      for (let i = 0; i < mesh.faceCount; i++)
        for (const [axis, { origin, cell }] of grid.entries()) {
          const at = mesh
            .triangle(i)
            .map((corner) => (corner[axis]! - origin) / (cell * 2 ** Math.max(0, lod - 1)));
          // Within a step of quantization.
          const step = 2 / 65535;
          if (
            Math.floor(Math.min(...at) + step) !== Math.floor(Math.max(...at) - step) &&
            Math.max(...at) - Math.min(...at) > 2 * step
          )
            crossing++;
        }
      expect(crossing, `level ${lod}`).toBe(0);
    }
  });

  test("a flat mesh, and one far from the origin", async () => {
    const vol = await layer(16);
    const flat = new Mesh({
      vertices: [
        [0, 0, 80],
        [800, 0, 80],
        [0, 800, 80],
      ],
      faces: [[0, 1, 2]],
      segid: 1,
    });
    const far = new Mesh({
      vertices: [
        [1e9, 1e9, 1e9],
        [1e9 + 900, 1e9, 1e9],
        [1e9, 1e9 + 900, 1e9 + 900],
      ],
      faces: [[0, 1, 2]],
      segid: 2,
    });
    await vol.mesh.put([flat, far], { lods: 2 });
    for (const mesh of [flat, far]) {
      const read = (await vol.mesh.get(mesh.segid!)).bounds!;
      for (const axis of [0, 1, 2]) {
        expect(Math.abs(read.minpt[axis]! - mesh.bounds!.minpt[axis]!)).toBeLessThan(130);
        expect(Math.abs(read.maxpt[axis]! - mesh.bounds!.maxpt[axis]!)).toBeLessThan(130);
      }
    }
  });
});

describe("what is refused", () => {
  test("meshes without segment or triangles, settings out of range", async () => {
    const vol = await layer(16);
    await expect(vol.mesh.put(new Mesh(sphere(4, 10)))).rejects.toThrow(ArgumentError);
    await expect(vol.mesh.put(new Mesh({ vertices: [1, 2, 3], faces: [], segid: 1 }))).rejects.toThrow(
      EncodingError,
    );
    const nowhere = new Mesh({ vertices: [0, 0, 0, Number.NaN, 1, 1, 2, 2, 3], faces: [0, 1, 2], segid: 1 });
    await expect(vol.mesh.put(nowhere)).rejects.toThrow(EncodingError);
    await expect(vol.mesh.put(ball(9, 1), { lods: 0 })).rejects.toThrow(ArgumentError);
    await expect(vol.mesh.put(ball(9, 1), { minChunkSize: [0, 1, 1] })).rejects.toThrow(ArgumentError);
    await expect(vol.mesh.toMultiResolution(12 as 10)).rejects.toThrow(/10 or 16/);
    expect(await vol.mesh.list()).toEqual([]);
  });

  test("a volume for reading only", async () => {
    const vol = await layer();
    vol.readonly = true;
    for (const change of [
      () => vol.mesh.put(ball(9, 1)),
      () => vol.mesh.delete(1),
      () => vol.mesh.commitInfo(),
    ])
      await expect(change()).rejects.toThrow(ReadOnlyException);
  });

  test("ids that are none", async () => {
    const { mesh } = await layer();
    for (const id of [-1, 1.5, 2 ** 53, "x", 2n ** 64n])
      await expect(mesh.get(id)).rejects.toThrow(ArgumentError);
  });

  test("aborted", async () => {
    const vol = await layer();
    await vol.mesh.put(ball(9, 1));
    const signal = AbortSignal.abort();
    for (const call of [() => vol.mesh.get(1, { signal }), () => vol.mesh.put(ball(9, 2), { signal })])
      await expect(call()).rejects.toMatchObject({ kind: "aborted" });
    expect(await vol.mesh.list()).toEqual([1n]);
  });
});

test("what a hostile manifest names is not removed", async () => {
  const vol = await CloudVolume.create(`file://${join(root, "hostile")}`, { info });
  const store = vol.context.store;
  await vol.mesh.commitInfo();
  await vol.mesh.put(ball(9, 1));
  const names = ["info", "../info", "1:0", "sub/x", "own"];
  await store.write?.(`${vol.mesh.path}/7:0`, Buffer.from(JSON.stringify({ fragments: names })), {});
  await store.write?.(`${vol.mesh.path}/own`, new Uint8Array(4), {});
  await vol.mesh.delete(7);
  expect(await store.stat(`${vol.mesh.path}/own`)).toBeUndefined();
  for (const key of ["info", `${vol.mesh.path}/info`, `${vol.mesh.path}/1:0`])
    expect(await store.stat(key), key).toBeDefined();
});

test("save writes a file", async () => {
  const vol = await layer();
  await vol.mesh.put([ball(300, 5), ball(200, 6)]);
  const path = join(root, "saved.obj");
  expect(await vol.mesh.save([5, 6], path, { format: "obj" })).toBe(path);
  expect(readdirSync(root)).toContain("saved.obj");
  await expect(vol.mesh.save(5, join(root, "none/x.ply"))).rejects.toMatchObject({ name: "StorageError" });
  await expect(vol.mesh.save(5, path, { format: "stl" as "ply" })).rejects.toThrow(ArgumentError);
});

test("verify looks at every level of detail", async () => {
  const vol = await layer(16);
  await vol.mesh.put([ball(700, 1), ball(300, 2)], { lods: 3 });
  expect(await vol.mesh.numLods(1)).toBe(3);
  const whole = await vol.verify({ fillMissing: true });
  expect(whole.faults).toEqual([]);
  const file = join(vol.path.path, vol.mesh.path, "2");
  const bytes = readFileSync(file);
  // The last fragment is the coarsest level.
  writeFileSync(file, bytes.subarray(0, bytes.length - 9));
  const { faults } = await vol.verify({ fillMissing: true });
  expect(faults).toMatchObject([{ key: `${vol.mesh.path}/2`, kind: "mesh" }]);
  expect((await vol.mesh.get(2)).empty).toBe(false);
});
