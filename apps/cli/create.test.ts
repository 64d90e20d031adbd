import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cli, openCli } from "./testing.js";

const IMAGE = "--type image --dtype uint8 --resolution 8,8,40".split(" ");
const LAYER = [...IMAGE, "--size", "40,30,20", "--offset=-8,4,0", "--chunk", "16,16,16"];

let cli: Cli;
beforeAll(() => {
  cli = openCli("create");
});
afterAll(() => cli.remove());

const file = (...names: string[]): string => join(cli.folder, ...names);

async function done(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await cli.run(args);
  expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: "" });
  return stdout;
}

describe("create and info", () => {
  it("makes a layer from options; info --json has exactly the documented fields", async () => {
    const options =
      "--type segmentation --dtype uint64 --size 65,64,9 --resolution 4,4,40 --encoding compressed_segmentation";
    await done("create", "seg", ...options.split(" "), "--max-mip", "1", "--mesh", "--skeletons", "bones");
    expect(JSON.parse(await done("info", "seg", "--json"))).toEqual({
      format: "precomputed",
      layerType: "segmentation",
      dataType: "uint64",
      numChannels: 1,
      scales: [
        {
          key: "4_4_40",
          size: [65, 64, 9],
          voxelOffset: [0, 0, 0],
          resolution: [4, 4, 40],
          chunkSize: [64, 64, 64],
          encoding: "compressed_segmentation",
          sharding: null,
        },
        {
          key: "8_8_40",
          size: [33, 32, 9],
          voxelOffset: [0, 0, 0],
          resolution: [8, 8, 40],
          chunkSize: [64, 64, 64],
          encoding: "compressed_segmentation",
          sharding: null,
        },
      ],
      mesh: "mesh",
      skeletons: "bones",
    });
    const text = await done("info", "seg");
    expect(text).toContain("precomputed segmentation, uint64, 1 channel");
    expect(text).toMatch(/^ +1 {2}8_8_40 +33 x 32 x 9 +0,0,0 /m);
    expect(text).toContain("mesh: mesh   skeletons: bones");
  });

  it("--encoding-level and --encoding-effort become fields of the scale", async () => {
    await done(
      "create",
      "jxl",
      ...LAYER,
      "--encoding",
      "jxl",
      "--encoding-level",
      "70",
      "--encoding-effort",
      "3",
    );
    const { scales } = JSON.parse(readFileSync(join(cli.folder, "jxl", "info"), "utf8"));
    expect(scales[0]).toMatchObject({ encoding: "jxl", jxl_quality: 70, jxl_effort: 3 });
    expect((await cli.run(["create", "no", ...LAYER, "--encoding-effort", "3"])).status).toBe(2);
  });

  it("makes a layer from an info file, numbers spelled as they are, and says what sharding it has", async () => {
    const sharding = { "@type": "neuroglancer_uint64_sharded_v1", preshift_bits: 1, hash: "identity" };
    const scale = { key: "k", size: [8, 8, 8], chunk_sizes: [[8, 8, 8]], encoding: "raw", sharding };
    const head = '"type": "image", "data_type": "float32", "num_channels": 1, "future": 1e3';
    const text = `{${head}, "scales": [{"resolution": [4.0, 4.0, 40.5], ${JSON.stringify(scale).slice(1)}]}`;
    writeFileSync(file("given.json"), text);
    await done("create", "given", "--info", "given.json");
    const stored = readFileSync(file("given", "info"), "utf8");
    expect(stored).toContain("4.0,");
    expect(stored).toContain('"future": 1e3');
    expect(JSON.parse(await done("info", "given", "--json")).scales[0].sharding).toEqual(sharding);
  });

  it("does not replace the info of a layer that exists, unless told to", async () => {
    await done("create", "twice", ...LAYER);
    await done("create", "twice", ...LAYER);
    const { status, stderr } = await cli.run(["create", "twice", ...LAYER, "--channels", "2"]);
    expect(status).toBe(2);
    expect(stderr).toContain("--overwrite");
    await done("create", "twice", ...LAYER, "--channels", "2", "--overwrite");
    expect(JSON.parse(await done("info", "twice", "--json")).numChannels).toBe(2);
  });

  it("an info that is no JSON fails with status 1, one that is missing with 3", async () => {
    writeFileSync(file("broken.json"), "{");
    expect((await cli.run(["create", "b", "--info", "broken.json"])).status).toBe(1);
    expect((await cli.run(["create", "b", "--info", "no.json"])).status).toBe(3);
    expect((await cli.run(["info", "no-layer"])).status).toBe(3);
    expect(existsSync(file("b"))).toBe(false);
  });
});
