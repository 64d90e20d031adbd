/** `cloudvolume mesh`: what scripts see. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sphere } from "../../src/geometry/mesh/testing.js";
import { CloudVolume, Mesh } from "../../src/node.js";
import { type Cli, openCli } from "./testing.js";

let cli: Cli;
const file = (name: string): string => join(cli.folder, name);
const ball = new Mesh(sphere(12, 900, [2000, 2000, 2000]));

beforeAll(async () => {
  cli = openCli("mesh");
  for (const name of ["seg", "shards"]) {
    const { mesh } = await CloudVolume.create(file(name), {
      info: {
        layerType: "segmentation",
        dataType: "uint64",
        numChannels: 1,
        encoding: "raw",
        resolution: [8, 8, 40],
        voxelOffset: [0, 0, 0],
        volumeSize: [512, 512, 128],
        mesh: "mesh",
      },
    });
    if (name === "shards") {
      await mesh.toMultiResolution(16);
      await mesh.toSharded({ numLabels: 10 });
    }
    await mesh.commitInfo();
  }
  writeFileSync(file("ball.ply"), ball.toPly());
  writeFileSync(file("ball.obj"), ball.toObj());
});
afterAll(() => cli.remove());

describe("mesh", () => {
  it("put, ls, get and rm of legacy meshes", async () => {
    expect(await cli.run(["mesh", "put", "seg", "ball.ply", "--id", "18446744073709551615"])).toMatchObject({
      status: 0,
      stdout: "",
      stderr: "",
    });
    expect(await cli.run(["mesh", "put", "seg", "ball.obj", "--id", "7"])).toMatchObject({ status: 0 });
    expect((await cli.run(["mesh", "ls", "seg"])).stdout).toBe("7\n18446744073709551615\n");
    const json = await cli.run(["mesh", "ls", "seg", "--json"]);
    expect(JSON.parse(json.stdout)).toEqual(["7", "18446744073709551615"]);
    const got = await cli.run(["mesh", "get", "seg", "18446744073709551615", "--out", "out.ply"]);
    expect(got).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(Mesh.fromPly(readFileSync(file("out.ply"))).equals(ball.consolidate())).toBe(true);
    const piped = await cli.run(["mesh", "get", "seg", "7", "--out", "-"]);
    expect(Mesh.fromPly(piped.bytes).faceCount).toBe(ball.faceCount);
    // The folder of meshes by itself.
    expect((await cli.run(["mesh", "ls", "seg/mesh"])).stdout).toBe("7\n18446744073709551615\n");
    expect(await cli.run(["mesh", "rm", "seg", "7", "8"])).toMatchObject({ status: 0 });
    expect((await cli.run(["mesh", "ls", "seg"])).stdout).toBe("18446744073709551615\n");
  });

  it("a file for each segment, in a folder or by a name", async () => {
    for (const id of ["1", "2"]) await cli.run(["mesh", "put", "seg", "ball.ply", "--id", id]);
    mkdirSync(file("many"), { recursive: true });
    await cli.run(["mesh", "get", "seg", "1", "2", "--no-fuse", "--out", "many"]);
    expect(readdirSync(file("many")).sort()).toEqual(["1.ply", "2.ply"]);
    await cli.run(["mesh", "get", "seg", "1", "2", "--no-fuse", "--out", "cell.obj"]);
    expect(Mesh.fromObj(readFileSync(file("cell-2.obj"))).faceCount).toBe(ball.faceCount);
    const both = await cli.run(["mesh", "get", "seg", "1", "2", "--out", "both.bin"]);
    expect(both.status).toBe(0);
    expect(Mesh.fromPrecomputed(readFileSync(file("both.bin"))).faceCount).toBe(ball.faceCount);
    await cli.run(["mesh", "get", "seg", "1", "--bbox=0,0,0,2000.5,4000,4000", "--out", "half.ply"]);
    const half = Mesh.fromPly(readFileSync(file("half.ply")));
    expect(half.faceCount).toBeGreaterThan(0);
    expect(half.bounds?.maxpt.x).toBeLessThanOrEqual(2000.5);
  });

  it("levels of detail, in shards", async () => {
    const layer = "shards";
    for (const id of ["5", "6"])
      expect(await cli.run(["mesh", "put", layer, "ball.ply", "--id", id, "--lods", "3"])).toMatchObject({
        status: 0,
        stderr: "",
      });
    expect((await cli.run(["mesh", "ls", layer])).stdout).toBe("5\n6\n");
    const counts: number[] = [];
    for (const lod of ["0", "-1"]) {
      expect((await cli.run(["mesh", "get", layer, "6", `--lod=${lod}`, "--out", "lod.ply"])).status).toBe(0);
      counts.push(Mesh.fromPly(readFileSync(file("lod.ply"))).faceCount);
    }
    expect(counts[1]).toBeLessThan(counts[0]!);
    const none = await cli.run(["mesh", "get", layer, "6", "--lod", "3", "--out", "lod3.ply"]);
    expect(none.status).toBe(1);
    expect(none.stderr).toMatch(/no such level of detail/);
    expect(existsSync(file("lod3.ply"))).toBe(false);
    expect(await cli.run(["mesh", "rm", layer, "5"])).toMatchObject({ status: 0 });
    expect((await cli.run(["mesh", "ls", layer])).stdout).toBe("6\n");
  });

  it("says what is wrong", async () => {
    const missing = await cli.run(["mesh", "get", "seg", "1", "99", "--out", "x.ply"]);
    expect(missing.status).toBe(3);
    expect(missing.stderr).toMatch(/99/);
    expect(existsSync(file("x.ply"))).toBe(false);
    for (const args of [
      ["get", "seg"],
      ["get", "seg", "18446744073709551616", "--out", "x.ply"],
      ["get", "seg", "1", "--out", "x.stl"],
      ["get", "seg", "1", "2", "--no-fuse", "--out", "-"],
      ["put", "seg", "ball.ply"],
    ])
      expect(await cli.run(["mesh", ...args]), args.join(" ")).toMatchObject({ status: 2, stdout: "" });
    writeFileSync(file("bad.ply"), "ply\n");
    expect((await cli.run(["mesh", "put", "seg", "bad.ply", "--id", "1"])).status).toBe(1);
    expect((await cli.run(["mesh", "ls", "nothing"])).status).toBe(3);
    expect((await cli.run(["mesh", "get", "seg", "--bbox", "0,0,0,9,9,9"])).status).toBe(3);
  });
});
