/** CloudVolume's test_meshing.py and test_precomputed_multilod.py, by their names there. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dequantize } from "../../src/formats/precomputed/mesh/dequantize.js";
import { cutIntoFragments } from "../../src/geometry/multilod/index.js";
import { CloudVolume, Mesh, MeshDecodeError, MeshMissingError } from "../../src/node.js";
import { random } from "../generators/random.js";
import { benchData } from "../support/bench-data.js";
import { goldenPath, goldenRoot } from "../support/golden.js";
import { scratchDirectory } from "../support/scratch.js";

const folder = benchData("test_seg_unsharded", "test_meshing.py on the real segmentation");
const open = (options = {}): Promise<CloudVolume> => CloudVolume.open(`file://${folder}`, options);

describe.runIf(folder !== undefined)("test_meshing.py", () => {
  test("test_meshing.py::test_mesh_fragment_download", async () => {
    const { mesh } = await open();
    const fragments = await mesh.getFragments([13614423, 22270104]);
    expect(fragments.get(13614423n)).toHaveLength(1);
    expect(fragments.get(22270104n)).toHaveLength(2);
  });

  test("test_meshing.py::test_get_mesh", async () => {
    const { mesh } = await open();
    const one = await mesh.get(16649205);
    expect(one.length).toBe(4956);
    expect(one.faceCount).toBe(9876);
    expect(one.vertices).toBeInstanceOf(Float32Array);
    expect(one.faces).toBeInstanceOf(Uint32Array);
    const two = await mesh.get([16649205, 22270104n], { fuse: false });
    expect([...two.keys()]).toEqual([16649205n, 22270104n]);
    expect(two.get(16649205n)?.length).toBe(5176);
    expect(two.get(16649205n)?.faceCount).toBe(9876);
    await expect(mesh.get([16649205, 666666666])).rejects.toThrow(MeshMissingError);
    await expect(mesh.get(666666666)).rejects.toThrow(/666666666/);
    expect((await mesh.get([16649205, 666666666], { allowMissing: true })).equals(one)).toBe(true);
    expect((await mesh.get(16649205, { chunkSize: [512, 512, 100] })).faceCount).toBe(9876);
    const unfused = await mesh.get("16649205", { removeDuplicateVertices: false });
    expect(unfused.length).toBe(5176);
    // A transform of the info applies to vertices.
    const info = await mesh.info();
    info.transform = [2, 0, 0, 1, 0, 2, 0, 1, 0, 0, 2, 1];
    expect((await mesh.get(16649205)).vertices).toEqual(one.vertices.map((v) => Math.fround(2 * v) + 1));
    delete info.transform;
    // Fragments may have any name: 1:0 names a copy of 94081437's.
    expect((await mesh.get(1)).equals(await mesh.get(94081437))).toBe(true);
  });

  test("test_meshing.py::test_get_mesh_order_stability", async () => {
    const { mesh } = await open();
    const first = await mesh.get([22270104, 16649205]);
    for (let i = 0; i < 5; i++) expect((await mesh.get([16649205, 22270104])).equals(first)).toBe(true);
  });

  test("test_meshing.py::test_get_mesh_caching", async () => {
    const vol = await open();
    await vol.mesh.info();
    vol.cache.path = scratchDirectory();
    vol.cache.enabled = true;
    const first = await vol.mesh.get(16649205);
    expect((await vol.cache.listMeshes()).sort()).toEqual([
      "16649205:0",
      "16649205:0:0-256_0-256_0-448.gz",
      "16649205:0:0-256_0-256_448-512.gz",
    ]);
    expect(first.length).toBe(4956);
    expect((await vol.mesh.get(16649205)).equals(first)).toBe(true);
    await expect(vol.mesh.get(666666666)).rejects.toThrow(MeshMissingError);
    await vol.cache.flush();
  });

  test("test_meshing.py::test_put", async () => {
    const path = join(scratchDirectory(), "layer");
    cpSync(join(folder!, "info"), join(path, "info"));
    const { mesh } = await CloudVolume.open(`file://${path}`);
    const put = new Mesh({
      vertices: [
        [0, 0, 0],
        [1, 1, 1],
        [2, 2, 2],
      ],
      faces: [0, 1, 2],
      segid: 777,
    });
    await mesh.put(put);
    expect(await mesh.list()).toEqual([777n]);
    const read = (await mesh.get(777, { fuse: false })).get(777n)!;
    expect(read.equals(put)).toBe(true);
    expect(read.segid).toBe(777n);
    await mesh.put(put); // over itself
    expect((await mesh.get(777)).equals(put)).toBe(true);
    expect((await mesh.exists([777, 778])).get(777n)).toMatch(/777:0$/);
    await mesh.delete([777, 778]);
    expect(await mesh.list()).toEqual([]);
    expect((await mesh.exists(777)).get(777n)).toBeUndefined();
  });

  test("test_meshing.py::test_crop_mesh, on a real mesh", async () => {
    const mesh = await (await open()).mesh.get(16649205);
    const { minpt } = mesh.bounds!;
    const cropped = mesh.crop([...minpt, ...[...minpt].map((v) => v + 7000)]);
    expect(cropped.length).toBeLessThan(mesh.length);
    expect(cropped.faceCount).toBeLessThan(mesh.faceCount);
    expect(cropped.faceCount).toBeGreaterThan(0);
  });

  test("test_meshing.py::test_obj_round_trip, on a real mesh", async () => {
    const mesh = await (await open()).mesh.get(16649205);
    const read = Mesh.fromObj(mesh.toObj());
    const far = read.vertices.filter((v, i) => Math.abs(v - mesh.vertices[i]!) > 1e-5 + 1e-5 * Math.abs(v));
    expect(far).toHaveLength(0);
  });
});

test.each([10, 16])("test_meshing.py::test_stored_model_quantization, %i bits", (bits) => {
  const rng = random(bits);
  const origin = [rng(101), rng(101), rng(101)];
  const points = Float64Array.from({ length: 900 }, (_, i) => origin[i % 3]! + rng(199_000) / 1000);
  const cell = { origin, shape: [200, 200, 200], count: [1, 1, 1] };
  const faces = Uint32Array.from({ length: 900 }, (_, i) => i % 300);
  const [fragment] = cutIntoFragments(points, faces, cell, { bits, halves: false });
  const { vertices } = fragment!;
  const manifest = {
    chunkShape: [200, 200, 200],
    gridOrigin: origin,
    lods: [{ scale: 1, vertexOffset: [0, 0, 0], positions: new Uint32Array(3), sizes: Uint32Array.of(1) }],
  };
  const restored = new Float64Array(vertices.length);
  dequantize(vertices, manifest, 0, 0, bits, restored, 0);
  const precision = 200 / 2 ** bits;
  for (let i = 0; i < 300; i++) {
    let least = Infinity;
    for (let j = 0; j < restored.length; j += 3)
      least = Math.min(
        least,
        Math.max(...[0, 1, 2].map((axis) => Math.abs(restored[j + axis]! - points[3 * i + axis]!))),
      );
    expect(least).toBeLessThan(precision);
  }
  // Quantizing what was restored gives the same whole numbers.
  const triangles = Uint32Array.from({ length: restored.length }, (_, i) => i % (restored.length / 3));
  const [again] = cutIntoFragments(restored, triangles, cell, { bits, halves: false });
  expect(new Set(again!.vertices)).toEqual(new Set(vertices));
});

describe.runIf(goldenRoot !== undefined)("test_precomputed_multilod.py, on golden meshes", () => {
  const layers = ["multilod_sharded_q16", "multilod_unsharded_q16"];

  test.each(layers)("test_precomputed_multilod.py::test_get_sharded_mesh %s", async (name) => {
    const { mesh } = await CloudVolume.open(`file://${goldenPath(`meshes/${name}/layer`)}`);
    const exists = await mesh.exists([1036425, 2108896, 666666666]);
    expect([...exists.values()].map((key) => key !== undefined)).toEqual([true, true, false]);
    const one = await mesh.get(1036425);
    const coarse = await mesh.get(1036425, { lod: -1 });
    expect(coarse.faceCount).toBeLessThanOrEqual(one.faceCount);
    // -1 is the coarsest of each mesh, not that of the first one.
    const each = await mesh.get([1036425, 2108896], { lod: -1, fuse: false });
    expect(each.get(1036425n)?.equals(coarse)).toBe(true);
    const info = await mesh.info();
    const { transform } = info;
    info.transform = transform!.map((value, i) => (i % 4 === 3 ? value + 1 : value));
    const moved = await mesh.get(1036425);
    const wrong = moved.vertices.filter((v, i) => Math.abs(v - one.vertices[i]! - 1) > 1e-3);
    expect(wrong).toHaveLength(0);
  });

  test.each(layers)("test_precomputed_multilod.py::test_get_sharded_mesh_invalid_lod %s", async (name) => {
    const { mesh } = await CloudVolume.open(`file://${goldenPath(`meshes/${name}/layer`)}`);
    for (const lod of [8, -2, 0.5])
      await expect(mesh.get([1036425, 2108896], { lod })).rejects.toThrow(MeshDecodeError);
    await expect(mesh.get(666666666)).rejects.toThrow(MeshMissingError);
    expect((await mesh.get([666666666], { allowMissing: true, fuse: false })).size).toBe(0);
  });
});
