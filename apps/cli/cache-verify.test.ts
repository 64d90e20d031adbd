/** The commands `cache` and `verify`, and the option `--cache`. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CloudVolume } from "../../src/node.js";
import { openCli } from "./testing.js";

const cli = openCli("cache-verify");
afterAll(() => cli.remove());
const layer = join(cli.folder, "em");
const caches = join(cli.folder, "caches");
const env = { ...process.env, CLOUD_VOLUME_CACHE_DIR: join(cli.folder, "usual") };
const run = (...args: string[]) => cli.run(args, { env });

beforeAll(async () => {
  const vol = await CloudVolume.create(`file://${layer}`, {
    info: CloudVolume.createNewInfo({
      ...{ numChannels: 1, layerType: "image", dataType: "uint8", encoding: "raw", resolution: [1, 1, 1] },
      ...{ voxelOffset: [0, 0, 0], volumeSize: [64, 64, 32], chunkSize: [32, 32, 32] },
    }),
  });
  await vol.upload("...", 7);
});

describe("cache", () => {
  test("is filled by --cache, listed, sized, flushed", async () => {
    expect(JSON.parse((await run("cache", "size", layer, "--json")).stdout)).toEqual({ files: 0, bytes: 0 });
    const read = await run("download", layer, "out.npy", "--bbox", "0,0,0,40,32,32", `--cache=${caches}`);
    expect(read).toMatchObject({ status: 0, stderr: "" });
    const names = ["1_1_1/0-32_0-32_0-32.gz", "1_1_1/32-64_0-32_0-32.gz"];
    const listed = await run("cache", "ls", layer, `--cache=${caches}`, "--json");
    expect(JSON.parse(listed.stdout)).toEqual(names);
    expect((await run("cache", "ls", layer, "--cache", caches, "--mip", "0")).stdout).toBe(
      `${names.join("\n")}\n`,
    );
    const size = JSON.parse((await run("cache", "size", layer, `--cache=${caches}`, "--json")).stdout);
    expect(size.files).toBe(4); // Info and provenance, too.
    expect(size.bytes).toBeGreaterThan(100);
    expect((await run("cache", "size", layer, `--cache=${caches}`)).stdout).toMatch(/^4 files, .* k?B\n$/);
    expect((await run("cache", "flush", layer, "--bbox", "0,0,0,1,1,1", `--cache=${caches}`)).status).toBe(0);
    expect(JSON.parse((await run("cache", "ls", layer, `--cache=${caches}`, "--json")).stdout)).toEqual([
      names[1],
    ]);
    expect(await run("cache", "flush", layer, `--cache=${caches}`)).toMatchObject({ status: 0, stdout: "" });
    expect(existsSync(join(caches, "file", layer))).toBe(false);
    // The usual place was not touched.
    expect(existsSync(env.CLOUD_VOLUME_CACHE_DIR)).toBe(false);
    await run("points", layer, "1,2,3", "--cache");
    expect(JSON.parse((await run("cache", "size", layer, "--json")).stdout).files).toBe(3);
  });

  test("a cache that cannot be used is an error", async () => {
    const file = join(cli.folder, "a-file");
    writeFileSync(file, "");
    const failed = await run("download", layer, "out.npy", `--cache=${file}`);
    expect(failed.status).not.toBe(0);
    expect(failed.stderr).toMatch(/Opening the cache/);
  });
});

describe("verify", () => {
  test("says what is wrong, and how much was looked at", async () => {
    const good = await run("verify", layer);
    expect(good).toMatchObject({ status: 0, stdout: "6 checked, 0 faults\n" });
    expect(JSON.parse((await run("verify", layer, "--json")).stdout)).toEqual({ checked: 6, faults: [] });

    rmSync(join(layer, "1_1_1/0-32_0-32_0-32.gz"));
    writeFileSync(join(layer, "1_1_1/32-64_0-32_0-32.gz"), "no gzip");
    const bad = await run("verify", layer, "--json");
    expect(bad.status).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({
      checked: 6,
      faults: expect.arrayContaining([
        { key: "1_1_1/0-32_0-32_0-32", kind: "missing", detail: expect.any(String) },
        { key: "1_1_1/32-64_0-32_0-32", kind: "wrong-compression", detail: expect.any(String) },
      ]),
    });
    const text = await run("verify", layer, "--fill-missing");
    expect(text).toMatchObject({ status: 1, stdout: expect.stringMatching(/6 checked, 1 fault\n$/) });
    expect(text.stdout).toMatch(/^wrong-compression {2}1_1_1\/32-64_0-32_0-32 /);
    const box = await run("verify", layer, "--mip", "0", "--bbox", "0,32,0,64,64,32", "--json");
    expect(box.status).toBe(0);
    expect(JSON.parse(box.stdout)).toEqual({ checked: 3, faults: [] });
  });

  test("a layer without an info is missing; one with a damaged info has a fault", async () => {
    expect((await run("verify", join(cli.folder, "nothing"))).status).toBe(3);
    const broken = join(cli.folder, "broken");
    mkdirSync(broken);
    writeFileSync(join(broken, "info"), '{"type":');
    const found = await run("verify", broken, "--json");
    expect(found.status).toBe(1);
    expect(JSON.parse(found.stdout).faults).toMatchObject([{ key: "info", kind: "info" }]);
  });
});
