/** `cloudvolume annotations write`: from files to layers, and what it says of bad input. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAnnotations } from "../../src/node.js";
import { type Cli, openCli, outcome } from "./testing.js";

let cli: Cli;
const file = (name: string): string => join(cli.folder, name);
beforeAll(() => {
  cli = openCli("annotations-write");
});
afterAll(() => cli.remove());

const POINTS = [
  ...["--type", "point", "--dimension", "x=8nm", "--dimension", "y=8nm", "--dimension", "z=40nm"],
  ...["--property", "size=float32", "--relationship", "pre", "--relationship", "post"],
];
const csv = (n: number): string =>
  `id,x,y,z,size,pre,post\n${Array.from({ length: n }, (_, i) => `${i + 10},${i},${i % 7},3,0.5,${i % 3},7 8`).join("\n")}\n`;

describe("annotations write", () => {
  it("writes a CSV file, and what it printed as JSON lines again", async () => {
    writeFileSync(file("a.csv"), csv(40));
    const made = await cli.run(["annotations", "write", "a.csv", "a", ...POINTS, "--limit", "15"]);
    expect(made).toMatchObject({ status: 0, stdout: "", stderr: "" });
    const layer = await openAnnotations(file("a"));
    expect(await layer.ids()).toHaveLength(40);
    expect(layer.summary().levels.length).toBeGreaterThan(1);
    expect(await layer.getById(12)).toEqual({
      id: 12n,
      geometry: Float32Array.of(2, 2, 3),
      properties: { size: 0.5 },
      relationships: { pre: [2n], post: [7n, 8n] },
    });
    expect((await layer.getByRelationship("pre", 1)).length).toBe(13);

    const { stdout } = await cli.run(["annotations", "a", "--all", "--json"]);
    const lines = (JSON.parse(stdout) as object[]).map((a) => JSON.stringify(a)).join("\n");
    const args = ["annotations", "write", "-", "b", "--info", "a/info", "--format", "jsonl", "--sharded"];
    const again = await cli.run(args, { input: Buffer.from(lines) });
    expect(again).toMatchObject({ status: 0, stderr: "" });
    const copy = await openAnnotations(file("b"));
    expect(copy.info.byId?.sharding).toBeDefined();
    expect(await copy.getById(12)).toEqual(await layer.getById(12));
    expect(await copy.ids()).toEqual(await layer.ids());
  });

  it("names line and column of what is wrong, and leaves nothing", async () => {
    writeFileSync(file("wrong.csv"), csv(3).replace("11,1,1,3", "11,1,one,3"));
    const wrong = await cli.run(["annotations", "write", "wrong.csv", "c", ...POINTS]);
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toContain('wrong.csv, line 3, column 3 (y)): expected a number, got "one"');
    expect(existsSync(file("c"))).toBe(false);
  });

  it("does not replace a layer unless told", async () => {
    writeFileSync(file("d.csv"), csv(3));
    const args = ["annotations", "write", "d.csv", "d", ...POINTS];
    expect((await cli.run(args)).status).toBe(0);
    const before = readFileSync(file("d/info"), "utf8");
    const refused = await cli.run(args);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain("--overwrite");
    expect(readFileSync(file("d/info"), "utf8")).toBe(before);
    expect((await cli.run([...args, "--overwrite", "--compress", "gzip"])).status).toBe(0);
    expect(readdirSync(file("d/by_id")).sort()).toEqual(["10.gz", "11.gz", "12.gz"]);
  });

  it("a progress bar; Ctrl-C leaves nothing", async () => {
    writeFileSync(file("e.csv"), csv(30_000));
    const args = ["annotations", "write", "e.csv", "e", ...POINTS];
    const child = cli.start([...args, "--progress", "--unsharded"]);
    child.stderr!.once("data", () => child.kill("SIGINT"));
    const { status, stderr } = await outcome(child);
    expect(status).toBe(130);
    expect(stderr).toMatch(/\d+%/);
    expect(existsSync(file("e/info"))).toBe(false);
    const left = existsSync(file("e"))
      ? readdirSync(file("e"), { recursive: true, withFileTypes: true })
      : [];
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
  });

  it("wrong usage: 2, a missing file: 3", async () => {
    writeFileSync(file("f.csv"), csv(1));
    const status = async (...args: string[]): Promise<number | null> =>
      (await cli.run(["annotations", "write", ...args])).status;
    expect(await status("f.csv", "f", "--type", "point")).toBe(2);
    expect(await status("f.csv", "f", ...POINTS, "--dimension", "8nm")).toBe(2);
    expect(await status("f.csv", "f", ...POINTS, "--dimension", "q=8parsec")).toBe(2);
    expect(await status("f.csv", "f", ...POINTS, "--info", "a/info")).toBe(2);
    expect(await status("f.txt", "f", ...POINTS)).toBe(2);
    expect(await status("g.csv", "f", ...POINTS)).toBe(3);
    expect(existsSync(file("f"))).toBe(false);
  });
});
