import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CloudVolume } from "../../src/node.js";
import { halveImage, halveLabels, pyramid } from "./demo/pyramid.js";
import { makeTissue } from "./demo/tissue.js";
import { type Cli, type Outcome, openCli } from "./testing.js";

let cli: Cli;
let result: Outcome;
beforeAll(async () => {
  cli = openCli("demo");
  result = await cli.run(["demo", "here"]);
});
afterAll(() => cli.remove());

const file = (...names: string[]): string => join(cli.folder, ...names);

describe("demo", () => {
  it("tells what it did, and where it lies", () => {
    expect({ status: result.status, stderr: result.stderr }).toEqual({ status: 0, stderr: "" });
    expect(result.stdout).toContain(`It lies in ${file("here")}`);
    const rows = result.stdout.split("\n").filter((line) => /^(image|segmentation) /.test(line));
    expect(rows).toHaveLength(2 + readdirSync(file("here", "encodings")).length);
    for (const row of rows) expect(row).toMatch(row.includes("jpeg") ? / lossy, / : / equal$/);
    expect(result.stdout).not.toContain("\u001b");
  });

  it("draws a picture", () => {
    expect(result.stdout).toContain(`A picture of it: ${file("here", "picture.png")}`);
    const bytes = readFileSync(file("here", "picture.png"));
    expect([bytes.toString("latin1", 1, 4), bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([
      "PNG",
      256,
      256,
    ]);
  });

  it("makes layers that hold what it generates, on every level", async () => {
    const shape = [256, 256, 64] as const;
    const { image, labels, cells } = makeTissue(shape);
    const images = pyramid(image, shape, 4, halveImage);
    const segments = pyramid(labels, shape, 4, halveLabels);
    const em = await CloudVolume.open(file("here", "image"));
    const seg = await CloudVolume.open(file("here", "segmentation"));
    expect([em.layerType, seg.layerType, seg.dtype, seg.encoding]).toEqual([
      "image",
      "segmentation",
      "uint64",
      "compressed_segmentation",
    ]);
    for (const mip of [0, 3]) {
      const pixels = await em.download("...", { mip });
      expect(Buffer.compare(pixels.data as Uint8Array, images[mip]?.data as Uint8Array)).toBe(0);
      const ids = await seg.download("...", { mip });
      expect(ids.data.every((v, i) => v === segments[mip]?.data[i])).toBe(true);
    }
    const coarse = new Set(segments[2]?.data);
    expect(coarse.has(0n)).toBe(true);
    expect(Math.max(...[...coarse].map(Number))).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
    expect(coarse.size).toBeLessThanOrEqual(cells + 1);
  });

  it("halves odd sizes: the last voxels stand for themselves", () => {
    expect([...halveImage(Uint8Array.of(1, 2, 10, 3, 4, 20, 5, 6, 30), [3, 3, 1])]).toEqual([3, 15, 6, 30]);
    expect([...halveLabels(BigUint64Array.of(1n, 2n, 9n, 3n, 2n, 8n), [3, 2, 1])]).toEqual([2n, 9n]);
  });

  it("the commands it names work", async () => {
    const printed = result.stdout.matchAll(/^ {2}node \S+cli\.js (.+)$/gm);
    const commands = [...printed].map((match) => (match[1] ?? "").split(" "));
    expect(commands.map(([name]) => name)).toEqual(["info", "view", "png", "download", "upload", "help"]);
    // `view` runs until it is stopped: see serve.test.ts.
    for (const args of commands.filter(([name]) => name !== "view"))
      expect(await cli.run(args)).toMatchObject({ status: 0, stderr: "" });
  });

  it("writes into no folder that holds something", async () => {
    mkdirSync(file("full"));
    writeFileSync(file("full", "mine"), "");
    const { status, stderr } = await cli.run(["demo", "full"]);
    expect(status).toBe(2);
    expect(stderr).toContain("not empty");
    expect(readdirSync(file("full"))).toEqual(["mine"]);
  });

  it("interrupted: removes what it made", async () => {
    const child = cli.start(["demo", "new/folder"]);
    const closed = new Promise((done) => child.on("close", done));
    await new Promise<void>((done) => child.stdout?.once("data", () => done()));
    child.kill("SIGINT");
    expect(await closed).toBe(130);
    expect(existsSync(file("new"))).toBe(false);
  });
});
