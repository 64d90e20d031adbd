/** The exit status of the command line for damaged data: 1 failed, 2 wrong usage, 3 missing. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { type MadeLayer, makeLayer } from "./support/make-layer.js";
import { scratchDirectory } from "./support/scratch.js";

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function cloudvolume(...args: readonly string[]): Promise<Outcome> {
  const program = join(inject("build"), "cli.js");
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { timeout: 30_000 }, (error, stdout, stderr) =>
      resolve({
        status: error === null ? 0 : typeof error.code === "number" ? error.code : -1,
        stdout,
        stderr,
      }),
    );
  });
}

const root = scratchDirectory();
const out = join(root, "out.npy");
let layer: MadeLayer;
let info: string;
let chunk: string;
let good: Uint8Array;
beforeAll(async () => {
  layer = await makeLayer([64, 48, 20, 1], [0, 0, 0], { chunkSize: [32, 16, 10] });
  info = readFileSync(join(layer.path, "info"), "utf8");
  const folder = join(layer.path, layer.vol.key);
  chunk = join(folder, readdirSync(folder)[0]!);
  good = readFileSync(chunk);
});

async function expectStatus(status: number, args: readonly string[]): Promise<void> {
  const outcome = await cloudvolume(...args);
  expect(outcome.stderr, args.join(" ")).not.toMatch(/^\s+at /m);
  expect(outcome.status, outcome.stderr).toBe(status);
  expect(outcome.stderr).not.toBe("");
  expect(outcome.stdout).toBe("");
  expect(existsSync(out)).toBe(false);
}

describe("exit status", () => {
  test("0 for a good layer", async () => {
    const { status, stderr } = await cloudvolume("download", layer.path, out);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    rmSync(out);
  });

  test.each([
    ["cut in half", () => good.slice(0, good.length / 2)],
    ["a flipped bit", () => Uint8Array.from(good, (b, i) => (i === 100 ? b ^ 1 : b))],
    ["empty", () => new Uint8Array()],
    ["noise", () => Uint8Array.from({ length: 500 }, (_, i) => (i * 151) % 256)],
  ])("1 for a chunk file that is %s", async (_, damage) => {
    writeFileSync(chunk, damage());
    await expectStatus(1, ["download", layer.path, out]);
    await expectStatus(1, ["download", layer.path, out, "--fill-missing"]);
    writeFileSync(chunk, good);
  });

  test("3 for a chunk file that is missing, 0 if it may be", async () => {
    rmSync(chunk);
    await expectStatus(3, ["download", layer.path, out]);
    expect((await cloudvolume("download", layer.path, out, "--fill-missing")).status).toBe(0);
    rmSync(out);
    writeFileSync(chunk, good);
  });

  test.each([
    ["no JSON", () => "{"],
    ["empty", () => ""],
    ["of a wrong type", () => info.replace('"uint8"', "8")],
    ["of a size beyond 2^53", () => info.replace(/"size":\s*\[\s*64/, '"size": [9007199254740993')],
    ["of a negative size", () => info.replace(/"size":\s*\[\s*64/, '"size": [-64')],
    ["of size NaN", () => info.replace(/"size":\s*\[\s*64/, '"size": [NaN')],
    ["of chunks of 1e308", () => info.replace(/"chunk_sizes":\s*\[\s*\[\s*32/, '"chunk_sizes": [[1e308')],
  ])("1 for an info file that is %s", async (_, text) => {
    const path = join(scratchDirectory(), "bad");
    makeLayerDirectory(path, text());
    for (const command of [
      ["info", path],
      ["download", path, out],
      ["exists", path, "--bbox=0,0,0,1,1,1"],
    ])
      await expectStatus(1, command);
  });

  test("3 for an info file that is missing", async () => {
    for (const command of ["info", "has-data"]) await expectStatus(3, [command, join(root, "nowhere")]);
  });

  test("2 for wrong usage", async () => {
    await expectStatus(2, ["download", layer.path, out, "--bbox=1,2,3"]);
    await expectStatus(2, ["download", layer.path, out, "--bbox=0,0,0,1e9,1,1"]);
    await expectStatus(2, ["info", "s4://bucket/layer"]);
    await expectStatus(2, ["no-such-command"]);
  });

  test("1 for a damaged bare chunk, 2 for an encoding that there is not", async () => {
    const file = join(root, "chunk");
    writeFileSync(file, "not a png");
    const rest = [file, out, "--dtype", "uint8", "--shape", "8,8,8,1"];
    await expectStatus(1, ["chunk", "decode", "png", ...rest]);
    await expectStatus(1, ["chunk", "decode", "raw", ...rest]);
    await expectStatus(2, ["chunk", "decode", "gif", ...rest]);
  });
});

function makeLayerDirectory(path: string, text: string): void {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "info"), text);
}
