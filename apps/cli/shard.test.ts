import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CloudVolume } from "../../src/node.js";
import { type Cli, openCli } from "./testing.js";

let cli: Cli;
let dir: string;
beforeAll(() => {
  cli = openCli("shard");
  dir = cli.folder;
});
afterAll(() => cli.remove());

describe("shard", () => {
  beforeAll(async () => {
    const made = await cli.run(
      `create ${dir}/layer --type image --dtype uint8 --size 40,40,20 --resolution 4,4,40 --chunk 16,16,8 --sharded`.split(
        " ",
      ),
    );
    expect(made.status).toBe(0);
    const vol = await CloudVolume.open(`file://${dir}/layer`);
    await vol.upload(
      "...",
      Uint8Array.from({ length: 40 * 40 * 20 }, (_, i) => i % 251),
    );
  });

  it("ls lists labels", async () => {
    const { status, stdout } = await cli.run(["shard", "ls", `${dir}/layer`, "--json"]);
    expect(status).toBe(0);
    const labels: string[] = JSON.parse(stdout);
    expect(labels.length).toBe(27);
    expect(labels.every((label) => /^\d+$/.test(label))).toBe(true);
    const { stdout: text } = await cli.run(["shard", "ls", `${dir}/layer`]);
    expect(text).toContain("0.shard");
    expect(text.trim().split("\n").length).toBeGreaterThanOrEqual(28);
  });

  it("get writes what a label holds", async () => {
    const file = join(dir, "datum");
    const { status } = await cli.run(["shard", "get", `${dir}/layer`, "0", "--out", file]);
    expect(status).toBe(0);
    const bytes = readFileSync(file);
    expect(bytes.length).toBe(16 * 16 * 8);
    expect([...bytes.subarray(0, 4)]).toEqual([0, 1, 2, 3]);
  });

  it("get of a label that is not there ends with status 3", async () => {
    const { status, stderr } = await cli.run(["shard", "get", `${dir}/layer`, "9999"]);
    expect(status).toBe(3);
    expect(stderr).toContain("9999");
  });

  it("transfer takes a layer out of shards, and puts it in again", async () => {
    const out = await cli.run([
      "transfer",
      `${dir}/layer`,
      `${dir}/files`,
      "--unsharded",
      "--compress",
      "br",
    ]);
    expect(out).toMatchObject({ status: 0, stdout: "" });
    const files = await CloudVolume.open(`file://${dir}/files`);
    const original = await CloudVolume.open(`file://${dir}/layer`);
    expect((await files.download()).data).toEqual((await original.download()).data);
    const back = await cli.run([
      "transfer",
      `${dir}/files`,
      `${dir}/back`,
      "--sharded",
      "--chunk",
      "20,20,20",
      "--bbox",
      "0,0,0,20,40,20",
    ]);
    expect(back.status).toBe(0);
    const some = await CloudVolume.open(`file://${dir}/back`);
    expect(some.isSharded()).toBe(true);
    expect((await some.download("0:20, :, :")).data).toEqual((await original.download("0:20, :, :")).data);
    const both = await cli.run(["transfer", "a", "b", "--sharded", "--unsharded"]);
    expect(both.status).toBe(2);
  });

  it("says where there are no shards, and info shows where there are", async () => {
    const { status, stderr } = await cli.run(["shard", "ls", `${dir}/layer`, "--dir", "mesh"]);
    expect(status).toBe(3);
    expect(stderr).toContain("mesh/info");
    const { stdout } = await cli.run(["info", `${dir}/layer`, "--json"]);
    expect(JSON.parse(stdout).scales[0].sharding["@type"]).toBe("neuroglancer_uint64_sharded_v1");
    expect((await cli.run(["info", `${dir}/layer`])).stdout).toContain("yes");
  });
});
