/** `cloudvolume skeleton` and `spatial-index`: what scripts see. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CloudVolume, Skeleton } from "../../src/node.js";
import { type Cli, openCli } from "./testing.js";

let cli: Cli;
const file = (name: string): string => join(cli.folder, name);
const INFO = {
  layerType: "segmentation",
  dataType: "uint64",
  numChannels: 1,
  encoding: "raw",
  resolution: [8, 8, 40],
  voxelOffset: [0, 0, 0],
  volumeSize: [512, 512, 128],
  skeletons: "skeletons",
  mesh: "mesh",
} as const;
const CELL = { "7": [0, 0, 0, 100, 50, 50], "18446744073709551615": [900, 0, 0, 950, 50, 50] };

beforeAll(async () => {
  cli = openCli("skeleton");
  const { skeleton } = await CloudVolume.create(file("seg"), { info: INFO });
  const info = await skeleton.info();
  info.spatial_index = { chunk_size: [1024, 4096, 5120] };
  await skeleton.commitInfo();
  for (const id of [7n, 2n ** 64n - 1n]) {
    const one = Skeleton.fromPath([
      [1, 2, 3],
      [100.5, 2, 3],
      [200, 40, 3],
    ]);
    one.id = id;
    one.radii = Float32Array.of(1, 2, 3);
    await skeleton.upload(one);
  }
  for (const folder of ["skeletons", "mesh"]) {
    mkdirSync(file(`seg/${folder}`), { recursive: true });
    for (let x = 0; x < 4; x++)
      for (const _ of [0]) {
        const name = `${1024 * x}-${1024 * (x + 1)}_0-4096_0-5120.spatial`;
        writeFileSync(file(`seg/${folder}/${name}`), JSON.stringify(x === 0 ? CELL : {}));
      }
  }
  writeFileSync(
    file("seg/mesh/info"),
    JSON.stringify({
      "@type": "neuroglancer_legacy_mesh",
      ...(info.spatial_index && { spatial_index: info.spatial_index }),
    }),
  );
});
afterAll(() => cli.remove());

describe("skeleton", () => {
  it("ls", async () => {
    const { stdout } = await cli.run(["skeleton", "ls", "seg", "--json"]);
    expect(JSON.parse(stdout)).toEqual(["7", "18446744073709551615"]);
  });

  it("get: JSON on standard output, SWC and JSON in files, a cut by a box", async () => {
    const one = await cli.run(["skeleton", "get", "seg", "7"]);
    expect(JSON.parse(one.stdout)).toEqual({
      id: "7",
      vertices: [
        [1, 2, 3],
        [100.5, 2, 3],
        [200, 40, 3],
      ],
      edges: [
        [0, 1],
        [1, 2],
      ],
      attributes: { radius: [1, 2, 3], vertex_types: [0, 0, 0] },
    });
    await cli.run(["skeleton", "get", "seg", "7", "--out", "a.swc"]);
    const rows = readFileSync(file("a.swc"), "utf8").split("\n").slice(-3);
    expect(rows).toEqual([
      "1 0 1.000000 2.000000 3.000000 1.000000 -1",
      "2 0 100.500000 2.000000 3.000000 2.000000 1",
      "3 0 200.000000 40.000000 3.000000 3.000000 2",
    ]);
    await cli.run(["skeleton", "get", "seg", "--bbox", "800,0,0,1000,99,99", "--out", "b.json"]);
    const all = JSON.parse(readFileSync(file("b.json"), "utf8"));
    expect(all.map((s: { id: string }) => s.id)).toEqual(["18446744073709551615"]);
    mkdirSync(file("many"));
    await cli.run(["skeleton", "get", "seg", "7", "18446744073709551615", "--out", "many"]);
    expect(readdirSync(file("many")).sort()).toEqual(["18446744073709551615.swc", "7.swc"]);
    const cut = await cli.run(["skeleton", "get", "seg", "7", "--bbox", "0,0,0,150,150,150"]);
    expect(JSON.parse(cut.stdout).vertices).toHaveLength(2);
  });

  it("put: what get wrote, and it reads the same", async () => {
    await cli.run(["skeleton", "get", "seg", "7", "--out", "c.json"]);
    await cli.run(["skeleton", "get", "seg", "7", "--out", "c.swc"]);
    for (const [name, id] of [
      ["c.json", "8"],
      ["c.swc", "9"],
    ]) {
      const put = await cli.run(["skeleton", "put", "seg", name!, "--id", id!]);
      expect(put).toMatchObject({ status: 0, stdout: "", stderr: "" });
      const { stdout } = await cli.run(["skeleton", "get", "seg", id!]);
      expect(JSON.parse(stdout)).toEqual({ ...JSON.parse(readFileSync(file("c.json"), "utf8")), id });
    }
  });

  it("exit statuses: missing 3, wrong usage 2, damaged 1", async () => {
    expect((await cli.run(["skeleton", "get", "seg", "5"])).status).toBe(3);
    expect((await cli.run(["skeleton", "get", "seg", "5", "--allow-missing"])).stdout.trim()).toBe("[]");
    expect((await cli.run(["skeleton", "get", "seg"])).status).toBe(2);
    expect((await cli.run(["skeleton", "get", "seg", "x"])).status).toBe(2);
    expect((await cli.run(["skeleton", "get", "seg", "7", "--out", "a.ply"])).status).toBe(2);
    writeFileSync(file("bad.swc"), "1 0 nothing");
    expect((await cli.run(["skeleton", "put", "seg", "bad.swc", "--id", "1"])).status).toBe(1);
  });
});

describe("spatial-index", () => {
  it("query by the files, and by a database that build made", async () => {
    const query = ["spatial-index", "query", "seg", "skeleton", "--bbox", "90,0,0,901,10,10", "--json"];
    const files = await cli.run(query);
    expect(JSON.parse(files.stdout)).toEqual(["7", "18446744073709551615"]);
    const built = await cli.run([
      "spatial-index",
      "build",
      "seg",
      "skeleton",
      "--db",
      "sqlite://i.db",
      "--no-progress",
    ]);
    expect(built).toMatchObject({ status: 0, stdout: "" });
    expect((await cli.run([...query, "--db", "sqlite://i.db"])).stdout).toBe(files.stdout);
    const mesh = await cli.run(["spatial-index", "query", "seg", "mesh", "--bbox=-5,0,0,95,10,10"]);
    expect(mesh.stdout).toBe("7\n");
  });

  it("exit statuses", async () => {
    const query = ["spatial-index", "query", "seg", "mesh"];
    expect((await cli.run(query)).status).toBe(2);
    expect((await cli.run([...query, "--bbox", "0,0,0,1,1,1", "--db", "none.db"])).status).toBe(3);
    expect((await cli.run(["spatial-index", "query", "seg", "images", "--bbox", "0,0,0,1,1,1"])).status).toBe(
      2,
    );
  });
});
