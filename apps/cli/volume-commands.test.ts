import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CloudVolume } from "../../src/node.js";
import { type Cli, cOrderNpy, countingNpy, openCli, readArray } from "./testing.js";

const SIZE = [40, 30, 20, 1];
const ALL = 40 * 30 * 20;

let cli: Cli;
beforeAll(() => {
  cli = openCli("volume");
});
afterAll(() => cli.remove());

const file = (...names: string[]): string => join(cli.folder, ...names);

async function done(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await cli.run(args);
  expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: "" });
  return stdout;
}

/** A layer made by the library. */
async function layer(name: string, maxMip = 0): Promise<CloudVolume> {
  const info = CloudVolume.createNewInfo({
    layerType: "image",
    dataType: "uint8",
    numChannels: 1,
    encoding: "raw",
    resolution: [8, 8, 40],
    voxelOffset: [-8, 4, 0],
    volumeSize: [40, 30, 20],
    chunkSize: [16, 16, 16],
    maxMip,
  });
  return await CloudVolume.create(file(name), { info });
}

/** The same with voxels counted up, as in `counting()`. */
async function filled(name: string): Promise<void> {
  const vol = await layer(name);
  await vol.upload("...", readArray(counting()));
}

const counting = (): Uint8Array => countingNpy(new Uint8Array(ALL), SIZE);

describe("upload and download", () => {
  it("gives back what was written, and only writes the file when it is complete", async () => {
    await layer("em");
    writeFileSync(file("em.npy"), counting());
    await done("upload", "em.npy", "em");
    await done("download", "em", "out.npy");
    expect(readFileSync(file("out.npy"))).toEqual(readFileSync(file("em.npy")));
    expect(readdirSync(cli.folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it.each([["--bbox=-8,4,0,8,20,8"], ["--bbox", "-8,4,0,8,20,8"]])(
    "negative coordinates: %j",
    async (...bbox) => {
      await filled(`negative-${bbox.length}`);
      await done("download", `negative-${bbox.length}`, "corner.npy", ...bbox);
      const { data, shape, dtype } = readArray(readFileSync(file("corner.npy")));
      expect({ shape, dtype }).toEqual({ shape: [16, 16, 8, 1], dtype: "uint8" });
      expect([data[0], data[1], data[16], data[256]]).toEqual([0, 1, 40, (40 * 30) % 251]);
    },
  );

  it("pipes: - is standard input and output", async () => {
    await layer("pipe");
    const npy = counting();
    const up = await cli.run(["upload", "-", "pipe", "--compress", "zstd"], { input: npy });
    expect(up).toMatchObject({ status: 0, stdout: "", stderr: "" });
    const down = await cli.run(["download", "pipe", "-"]);
    expect(down).toMatchObject({ status: 0, stderr: "" });
    expect(new Uint8Array(down.bytes)).toEqual(npy);
  });

  it("takes C order and 3 axes", async () => {
    await layer("c-order");
    const { data } = readArray(countingNpy(new Uint8Array(ALL), [40, 30, 20]));
    // NumPy's order: z is fastest, so voxel (x, y, z) is number z + 20 (y + 30 x).
    writeFileSync(file("c.npy"), cOrderNpy({ data, shape: [40, 30, 20], stride: [600, 20, 1] }));
    await done("upload", "c.npy", "c-order");
    await done("download", "c-order", "c-out.npy", "--bbox=-7,6,3,-6,7,4");
    expect(readArray(readFileSync(file("c-out.npy"))).data[0]).toBe((3 + 20 * (2 + 30 * 1)) % 251);
  });

  it("--offset, --mip by number and by resolution", async () => {
    await layer("mips", 1);
    writeFileSync(file("part.npy"), countingNpy(new Uint8Array(16 * 15 * 16), [16, 15, 16, 1]));
    await done("upload", "part.npy", "mips", "--mip", "1", "--offset=-4,2,0");
    await done("download", "mips", "a.npy", "--mip", "16,16,40", "--bbox=-4,2,0,12,17,16");
    expect(readFileSync(file("a.npy"))).toEqual(readFileSync(file("part.npy")));
    expect((await cli.run(["download", "mips", "a.npy", "--mip", "2"])).status).toBe(3);
  });

  it("missing chunks: status 3, or background", async () => {
    await layer("empty");
    const { status, stderr } = await cli.run(["download", "empty", "no.npy"]);
    expect(status).toBe(3);
    expect(stderr).toContain("8_8_40/");
    expect(stderr).toContain("--fill-missing");
    expect(existsSync(file("no.npy"))).toBe(false);
    await done("download", "empty", "yes.npy", "--fill-missing", "--background", "7");
    expect(new Set([...readArray(readFileSync(file("yes.npy"))).data])).toEqual(new Set([7]));
  });

  it("boxes that leave the volume: status 2, --unbounded, --autocrop", async () => {
    await filled("edge");
    const box = "--bbox=-10,4,0,-6,6,1";
    const { status, stderr } = await cli.run(["download", "edge", "no.npy", box]);
    expect(status).toBe(2);
    expect(stderr).toContain("--unbounded");
    await done("download", "edge", "un.npy", box, "--unbounded");
    expect([...readArray(readFileSync(file("un.npy"))).data]).toEqual([0, 0, 0, 1, 0, 0, 40, 41]);
    await done("download", "edge", "crop.npy", box, "--autocrop");
    expect(readArray(readFileSync(file("crop.npy"))).shape).toEqual([2, 2, 1, 1]);
  });

  it("boxes that cut chunks: status 2, or --non-aligned", async () => {
    await filled("cut");
    writeFileSync(file("bit.npy"), countingNpy(new Uint8Array(8).fill(0), [2, 2, 2, 1], 1));
    const { status, stderr } = await cli.run(["upload", "bit.npy", "cut", "--offset=-7,5,1"]);
    expect(status).toBe(2);
    expect(stderr).toContain("--non-aligned");
    await done("upload", "bit.npy", "cut", "--offset=-7,5,1", "--non-aligned");
    await done("download", "cut", "bit-out.npy", "--bbox=-8,5,1,-4,6,2");
    expect([...readArray(readFileSync(file("bit-out.npy"))).data]).toEqual([1240 % 251, 0, 0, 1243 % 251]);
  });

  it("--autocrop leaves out what lies outside when writing", async () => {
    await layer("crop-up");
    writeFileSync(file("wide.npy"), countingNpy(new Uint8Array(48 * 32 * 32), [48, 32, 32, 1]));
    expect((await cli.run(["upload", "wide.npy", "crop-up"])).status).toBe(2);
    await done("upload", "wide.npy", "crop-up", "--autocrop");
    await done("download", "crop-up", "crop-up-out.npy", "--bbox=-8,5,0,-5,6,1");
    expect([...readArray(readFileSync(file("crop-up-out.npy"))).data]).toEqual([48, 49, 50]);
  });

  it("wrong data type, xz, a file that is no .npy, or none at all", async () => {
    await layer("wrong");
    writeFileSync(file("float.npy"), countingNpy(new Float32Array(ALL), SIZE));
    expect((await cli.run(["upload", "float.npy", "wrong"])).stderr).toContain("expected uint8, got float32");
    writeFileSync(file("w.npy"), counting());
    const statuses = await Promise.all(
      [
        ["upload", "float.npy", "wrong"],
        ["upload", "w.npy", "wrong", "--compress", "xz"],
        ["upload", join("wrong", "info"), "wrong"],
        ["upload", "nothing.npy", "wrong"],
        ["upload", "wrong", "wrong"],
        ["download", "wrong", "wrong", "--fill-missing"],
        ["download", "wrong", join("no", "folder.npy"), "--fill-missing"],
      ].map(async (args) => (await cli.run(args)).status),
    );
    expect(statuses).toEqual([2, 2, 1, 3, 2, 2, 1]);
  });

  it("odd characters in paths", async () => {
    const name = "a b%20#ü/läyer?x=1&y";
    await layer(name);
    writeFileSync(file("odd '$file.npy"), counting());
    await done("upload", "odd '$file.npy", name);
    await done("download", name, "odd out.npy");
    expect(readFileSync(file("odd out.npy"))).toEqual(readFileSync(file("odd '$file.npy")));
  });
});

describe("exists, delete, has-data", () => {
  it("reports chunks by name, deletes them, and tells when none is left", async () => {
    await filled("chunks");
    const args = ["exists", "chunks", "--bbox=-8,4,0,9,5,17"];
    const names = ["-8-8_4-20_0-16", "8-24_4-20_0-16", "-8-8_4-20_16-20", "8-24_4-20_16-20"].map(
      (n) => `8_8_40/${n}`,
    );
    expect(JSON.parse(await done(...args, "--json"))).toEqual(
      Object.fromEntries(names.map((n) => [n, true])),
    );
    expect(await done("has-data", "chunks")).toBe("true\n");

    expect((await cli.run(["delete", "chunks", "--bbox=-8,4,0,0,20,16"])).status).toBe(2);
    expect(await done("delete", "chunks", "--bbox=-8,4,0,8,20,16")).toBe("");
    const left = await cli.run([...args, "--json"]);
    expect(left.status).toBe(3);
    expect(JSON.parse(left.stdout)).toEqual(Object.fromEntries(names.map((n, i) => [n, i > 0])));
    const text = await cli.run(args);
    expect(text.status).toBe(3);
    expect(text.stdout.split("\n").filter((line) => line.startsWith("missing"))).toEqual([
      `missing  ${names[0]}`,
    ]);

    await done("delete", "chunks", "--bbox=-8,4,0,32,34,20");
    expect(await done("has-data", "chunks")).toBe("false\n");
  });

  it("--delete-black leaves no chunk of nothing but background", async () => {
    await layer("black");
    writeFileSync(file("zeros.npy"), countingNpy(new Uint8Array(ALL), SIZE, 1));
    await done("upload", "zeros.npy", "black", "--delete-black");
    expect(await done("has-data", "black")).toBe("false\n");
    await done("upload", "zeros.npy", "black", "--delete-black", "--background", "1");
    expect(await done("has-data", "black", "--mip", "0")).toBe("true\n");
  });
});
