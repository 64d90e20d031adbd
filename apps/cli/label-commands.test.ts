import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CloudVolume, formatNpy } from "../../src/node.js";
import { type Cli, openCli, readArray } from "./testing.js";

let cli: Cli;
let labels: BigUint64Array;
beforeAll(async () => {
  cli = openCli("labels");
  labels = BigUint64Array.from({ length: 20 * 16 * 8 }, (_, i) => BigInt(i % 5) * 1_000_000_000_007n);
  const shape = [20, 16, 8];
  await CloudVolume.fromArray(
    { data: labels, shape, stride: [1, 20, 320] },
    {
      path: join(cli.folder, "seg"),
      chunkSize: [8, 8, 8],
      voxelOffset: [-4, 0, 0],
      encoding: "compressed_segmentation",
      compress: false,
    },
  );
});
afterAll(() => cli.remove());

async function done(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await cli.run(args, { cwd: cli.folder });
  expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: "" });
  return stdout;
}

const ALL = [0, 1, 2, 3, 4].map((n) => String(BigInt(n) * 1_000_000_000_007n));

describe("unique", () => {
  it("prints labels in ascending order", async () => {
    expect(await done("unique", "seg")).toBe(`${ALL.join("\n")}\n`);
    expect(JSON.parse(await done("unique", "seg", "--json"))).toEqual(ALL);
    expect(JSON.parse(await done("unique", "seg", "--bbox=-4,0,0,-2,1,1", "--json"))).toEqual(
      ALL.slice(0, 2),
    );
    const outside = await cli.run(["unique", "seg", "--bbox=-5,0,0,8,8,8"], { cwd: cli.folder });
    expect(outside).toMatchObject({ status: 2, stdout: "" });
    expect(await done("unique", "seg", "--bbox=-5,0,0,-4,1,1", "--unbounded", "--fill-missing")).toBe("0\n");
  });
});

describe("points", () => {
  const value = (x: number, y: number, z: number): string => String(labels[x + 4 + 20 * y + 320 * z]);

  it("prints the values of points, negative ones too", async () => {
    expect(await done("points", "seg", "-4,0,0", "15,15,7")).toBe(
      `-4,0,0\t${value(-4, 0, 0)}\n15,15,7\t${value(15, 15, 7)}\n`,
    );
    const json = await done("points", "seg", "-3,2,1", "0,0,0", "--json");
    expect(JSON.parse(json)).toEqual([
      { point: [-3, 2, 1], value: value(-3, 2, 1) },
      { point: [0, 0, 0], value: value(0, 0, 0) },
    ]);
  });

  it("takes them from a file", async () => {
    writeFileSync(join(cli.folder, "points.csv"), "x,y,z\n1,2,3\n\n-4, 0, 7\r\n");
    expect(JSON.parse(await done("points", "seg", "--points", "points.csv", "--json"))).toEqual([
      { point: [1, 2, 3], value: value(1, 2, 3) },
      { point: [-4, 0, 7], value: value(-4, 0, 7) },
    ]);
    const halves = ["--coord-resolution", "2,4,40"];
    expect(JSON.parse(await done("points", "seg", "3,2,1", "--json", ...halves))).toEqual([
      { point: [3, 2, 1], value: value(1, 2, 1) },
    ]);
  });

  it.each([
    [["points", "seg"], 2, "no points"],
    [["points", "seg", "1,2"], 2, "Not a point"],
    [["points", "seg", "1,2,3", "--jsn"], 2, "Unknown option"],
    [["points", "seg", "99,0,0"], 2, "outside of the volume"],
    [["points", "seg", "--points", "none.csv"], 3, "no such file"],
  ] as const)("%j fails", async (args, status, message) => {
    const outcome = await cli.run([...args], { cwd: cli.folder });
    expect(outcome).toMatchObject({ status, stdout: "" });
    expect(outcome.stderr).toContain(message);
  });
});

describe("download of labels", () => {
  const id = ALL[3]!;

  it("--label writes a mask", async () => {
    await done("download", "seg", "mask.npy", "--label", id, "--bbox=-4,0,0,10,16,8");
    const { data, dtype, shape } = readArray(readFileSync(join(cli.folder, "mask.npy")));
    expect({ dtype, shape }).toEqual({ dtype: "bool", shape: [14, 16, 8, 1] });
    for (const [x, y, z] of [
      [0, 0, 0],
      [3, 0, 0],
      [5, 7, 3],
      [13, 15, 7],
    ] as const)
      expect(data[x + 14 * y + 224 * z]).toBe(Number(labels[x + 20 * y + 320 * z] === BigInt(id)));
  });

  it("--renumber writes small numbers and prints the mapping", async () => {
    const mapping = JSON.parse(await done("download", "seg", "small.npy", "--renumber"));
    expect(mapping).toEqual(Object.fromEntries(ALL.map((label, i) => [label, i])));
    const { data, dtype } = readArray(readFileSync(join(cli.folder, "small.npy")));
    expect(dtype).toBe("uint8");
    expect([...data.slice(0, 400)]).toEqual(Array.from(labels.slice(0, 400), (v) => mapping[String(v)]));
    const both = await cli.run(["download", "seg", "x.npy", "--renumber", "--label", "1"], {
      cwd: cli.folder,
    });
    expect(both.status).toBe(2);
    const pipe = await cli.run(["download", "seg", "-", "--renumber"], { cwd: cli.folder });
    expect(pipe).toMatchObject({ status: 2, stdout: "" });
  });
});

describe("explain", () => {
  it("download: counts what would be read, and reads nothing", async () => {
    const found = JSON.parse(
      await done("explain", "download", "seg", "x.npy", "--bbox=-4,0,0,10,16,8", "--json", "--list"),
    );
    expect(found).toMatchObject({ chunks: 4, shards: 0, requests: 4, missing: 0 });
    expect(found.items.length).toBe(4);
    const sizes = found.items.map(
      ({ chunk }: { chunk: string }) => readFileSync(join(cli.folder, "seg", chunk)).length,
    );
    expect(found.bytes).toBe(sizes.reduce((a: number, b: number) => a + b, 0));
    expect(found.memory).toBeGreaterThanOrEqual(14 * 16 * 8 * 8);
    expect(await done("explain", "download", "seg")).toMatch(/^chunks {4}6\nshards {4}0\nrequests {2}6\n/);
  });

  it("upload: counts what would be written, and refuses what upload refuses", async () => {
    const array = { data: new BigUint64Array(8 * 8 * 8), shape: [8, 8, 8], stride: [1, 8, 64] };
    writeFileSync(join(cli.folder, "part.npy"), formatNpy(array));
    const before = await done("unique", "seg");
    const found = JSON.parse(await done("explain", "upload", "part.npy", "seg", "--json"));
    expect(found).toMatchObject({ chunks: 1, shards: 0, requests: 1, bytes: 4096 });
    const cut = await cli.run(["explain", "upload", "part.npy", "seg", "--offset", "0,0,0"], {
      cwd: cli.folder,
    });
    expect(cut).toMatchObject({ status: 2, stdout: "" });
    const list = await done(
      "explain",
      "upload",
      "part.npy",
      "seg",
      "--offset",
      "0,0,0",
      "--non-aligned",
      "--list",
    );
    expect(list.match(/^update/gm)?.length).toBe(2);
    expect(list).toContain("requests  4");
    expect(await done("unique", "seg")).toBe(before);
  });
});
