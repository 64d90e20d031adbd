import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cli, openCli } from "./testing.js";

const COMMANDS = ["info", "create", "download", "upload", "exists", "delete", "has-data", "chunk", "demo"];

let cli: Cli;
beforeAll(() => {
  cli = openCli("usage");
});
afterAll(() => cli.remove());

describe("help and usage", () => {
  it("prints the version of the package", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await cli.run(["--version"])).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("lists every command", async () => {
    const { status, stdout } = await cli.run(["--help"]);
    expect(status).toBe(0);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
  });

  it.each([...COMMANDS.map((c) => [c]), ["chunk", "decode"], ["chunk", "encode"], ["chunk", "labels"]])(
    "has help with an example: %s %s",
    async (...words) => {
      const { status, stdout, stderr } = await cli.run([...words.filter((w) => w !== undefined), "--help"]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toMatch(/^Examples?:\n {2}\$ cloudvolume /m);
    },
  );

  it("shows a command's help by `help NAME` as by --help", async () => {
    const [a, b] = await Promise.all([cli.run(["help", "upload"]), cli.run(["upload", "--help"])]);
    expect(a).toEqual(b);
    expect(a.stdout).toContain("--non-aligned");
    expect((await cli.run(["help", "chunk", "encode"])).stdout).toContain("--png-level");
  });

  it("without a command: help on standard error, status 2", async () => {
    const { status, stdout, stderr } = await cli.run([]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("Usage: cloudvolume");
  });

  it("chunk without a word more: its help on standard error, status 2", async () => {
    const { status, stdout, stderr } = await cli.run(["chunk"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("decode a chunk file to a .npy file");
  });

  it.each([
    [["inof", "x"], "Did you mean info?"],
    [["info"], "missing required argument 'path'"],
    [["info", "a", "b"], "too many arguments"],
    [["info", "x", "--jsno"], "Did you mean --json?"],
    [["exists", "x"], "--bbox"],
    [["delete", "x"], "--bbox"],
    [["chunk", "decode", "raw", "a", "b"], "--dtype"],
    [["chunk", "decode", "raw", "a", "b", "--dtype", "uint7", "--shape", "1,1,1,1"], "uint8"],
    [["chunk", "decode", "raw", "a", "b", "--dtype", "uint8", "--shape", "1,1"], "x,y,z,channels"],
    [["download", "x", "y", "--bbox", "0,0,0,8,8"], "x0,y0,z0,x1,y1,z1"],
    [["download", "x", "y", "--bbox", "0,0,0,8.5,8,8"], "x0,y0,z0,x1,y1,z1"],
    [["download", "x", "y", "--bbox", "0,0,0,1e3,8,8"], "x0,y0,z0,x1,y1,z1"],
    [["download", "x", "y", "--bbox", "0,0,0,8,8,99999999999999999"], "x0,y0,z0,x1,y1,z1"],
    [["download", "x", "y", "--bbox", "8,0,0,0,8,8"], "x0 <= x1"],
    [["download", "x", "y", "--mip", "finest"], "8,8,40"],
    [["download", "x", "y", "--mip", "0,8,40"], "8,8,40"],
    [["download", "x", "y", "--parallel", "-1"], "from 0 to 1024"],
    [["download", "x", "y", "--background", "black"], "number"],
    [["upload", "x", "y", "--offset", "1,2"], "x,y,z"],
    [["upload", "x", "y", "--compress", "lz4"], "gzip, br, zstd"],
    [["upload", "x", "y", "--compress-level", "high"], "whole number"],
    [["shard", "get", "x", "-5"], "from 0 to 2^64 - 1"],
    [["shard", "ls", "x", "--mip", "0", "--dir", "mesh"], "--mip"],
    [["create", "x", "--type", "image"], "--dtype, --size, --resolution"],
    [["create", "x", "--info", "i", "--dtype", "uint8"], "--info FILE alone"],
  ])("status 2 and one paragraph for %j", async (args, part) => {
    const { status, stdout, stderr } = await cli.run(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(part);
    expect(stderr).toMatch(/^error: .+\.\n$/);
  });

  it("shows a stack with --debug only", async () => {
    const plain = await cli.run(["info", "no-such-layer"]);
    const debug = await cli.run(["info", "no-such-layer", "--debug"]);
    expect(plain.stderr.trim().split("\n")).toHaveLength(1);
    expect(debug.stderr).toMatch(/\n {4}at /);
    expect(debug.stderr.startsWith(plain.stderr)).toBe(true);
  });

  it("colours only terminals", async () => {
    const { stderr } = await cli.run(["inof"], { env: { ...process.env, FORCE_COLOR: "1" } });
    expect(stderr).not.toContain("\u001b");
  });
});
