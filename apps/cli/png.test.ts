import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CloudVolume, decodeChunk, segmentColor } from "../../src/node.js";
import { terminalOf } from "./terminal.js";
import { type Cli, openCli } from "./testing.js";

const SHAPE = [20, 16, 8] as const;
const [X, Y, Z] = SHAPE;
const gray = (x: number, y: number, z: number): number => 10 * x + y + z;
const label = (x: number): bigint => (x < 5 ? 0n : BigInt(x) * 1_000_000_000_007n);

let cli: Cli;
beforeAll(async () => {
  cli = openCli("png");
  const stride = [1, X, X * Y];
  const spread = <T>(at: (x: number, y: number, z: number) => T): T[] =>
    Array.from({ length: X * Y * Z }, (_, i) => at(i % X, Math.floor(i / X) % Y, Math.floor(i / (X * Y))));
  const options = { resolution: [4, 4, 8], voxelOffset: [-4, 0, 100], chunkSize: [8, 8, 8] };
  const image = { data: Uint8Array.from(spread(gray)), shape: SHAPE, stride };
  await CloudVolume.fromArray(image, { ...options, path: join(cli.folder, "image") });
  const labels = { data: BigUint64Array.from(spread(label)), shape: SHAPE, stride };
  await CloudVolume.fromArray(labels, { ...options, path: join(cli.folder, "seg") });
});
afterAll(() => cli.remove());

interface Drawn {
  readonly width: number;
  readonly height: number;
  at(x: number, y: number): number[];
}

async function png(bytes: Buffer): Promise<Drawn> {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const { data, stride } = await decodeChunk("png", bytes, { shape: [width, height, 1, 3], dtype: "uint8" });
  const at = (x: number, y: number): number[] =>
    [0, 1, 2].map((c) => Number(data[x + y * width + c * stride[3]!]));
  return { width, height, at };
}

async function draw(...args: string[]): Promise<Drawn> {
  const { status, stderr } = await cli.run(["png", ...args, "-o", "out.png"]);
  expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: "" });
  return await png(readFileSync(join(cli.folder, "out.png")));
}

describe("png", () => {
  it("draws a slice around a voxel, cut to the volume", async () => {
    const whole = await draw("image", "--range", "0,255");
    expect([whole.width, whole.height]).toEqual([X, Y]);
    expect(whole.at(3, 2)).toEqual(new Array(3).fill(gray(3, 2, Z / 2)));
    const part = await draw("image", "--at=0,8,101", "--size", "6", "--range", "0,255");
    expect([part.width, part.height]).toEqual([6, 6]);
    expect(part.at(0, 0)).toEqual(new Array(3).fill(gray(1, 5, 1)));
    const edge = await draw("image", "--at=-4,0,100", "--size", "8", "--range", "0,255");
    expect([edge.width, edge.height, edge.at(0, 0)[0]]).toEqual([4, 4, gray(0, 0, 0)]);
  });

  it("across other axes, in the voxels' proportions", async () => {
    const xz = await draw("image", "--axis", "y", "--at=6,5,104", "--range", "0,255");
    expect([xz.width, xz.height]).toEqual([X, 2 * Z]);
    expect([xz.at(3, 6)[0], xz.at(3, 7)[0]]).toEqual([gray(3, 5, 3), gray(3, 5, 3)]);
    const zy = await draw("image", "--axis", "x", "--at=6,5,104", "--range", "0,255");
    expect([zy.width, zy.height, zy.at(7, 4)[0]]).toEqual([2 * Z, Y, gray(10, 4, 3)]);
  });

  it("labels in Neuroglancer's colours, alone and over an image", async () => {
    const alone = await draw("seg");
    expect([alone.at(2, 3), alone.at(9, 3)]).toEqual([[0, 0, 0], [...segmentColor(label(9))]]);
    const over = await draw("image", "--over", "seg", "--opacity", "0.5", "--range", "0,255");
    const under = gray(9, 3, 4);
    expect(over.at(9, 3)).toEqual(segmentColor(label(9)).map((n) => Math.floor((n + under) / 2)));
    expect(over.at(2, 3)).toEqual(new Array(3).fill(gray(2, 3, 4)));
  });

  it("a range that suits the slice, and a contact sheet", async () => {
    const image = await draw("image");
    expect([image.at(0, 0)[0], image.at(X - 1, Y - 1)[0]]).toEqual([0, 255]);
    const sheet = await draw("image", "--sheet", "3x2", "--range", "0,255");
    expect([sheet.width, sheet.height]).toEqual([3 * X + 8, 2 * Y + 4]);
    expect(sheet.at(0, 0)[0]).toBe(gray(0, 0, 0));
    expect(sheet.at(X + 4, Y + 4)[0]).toBe(gray(0, 0, 6));
  });

  it("on standard output, as jpeg, and in the terminal", async () => {
    const piped = await cli.run(["png", "image", "-o", "-"]);
    expect((await png(piped.bytes)).width).toBe(X);
    await cli.run(["png", "image", "-o", "out.jpg"]);
    expect([...readFileSync(join(cli.folder, "out.jpg")).subarray(0, 3)]).toEqual([255, 216, 255]);
    const { status, stdout } = await cli.run(["png", "image"]);
    const lines = stdout.trimEnd().split("\n");
    expect([status, lines.length]).toEqual([0, Y / 2]);
    expect(stdout).not.toContain("\x1b");
    expect(terminalOf({ isTTY: true, columns: 300, rows: 50 }, { COLORTERM: "truecolor" })).toEqual({
      columns: 160,
      rows: 48,
      colors: 24,
    });
    expect(terminalOf({ isTTY: true }, { TERM: "xterm" }).colors).toBe(8);
    for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }])
      expect(terminalOf({ isTTY: true }, { COLORTERM: "truecolor", ...env }).colors).toBe(0);
    expect(terminalOf({}, { COLORTERM: "truecolor" }).colors).toBe(0);
  });

  it("says what is wrong, and leaves no file", async () => {
    writeFileSync(join(cli.folder, "kept.png"), "kept");
    const cases: [args: string[], status: number, words: string][] = [
      [["image", "--at", "900,0,100"], 2, "nothing of the volume"],
      [["image", "--sheet", "0x4"], 2, "columns x rows"],
      [["image", "--range", "9,1"], 2, "black,white"],
      [["image", "--channel", "4"], 2, "no such channel"],
      [["none"], 3, "info"],
    ];
    for (const [args, status, words] of cases) {
      const result = await cli.run(["png", ...args, "-o", "kept.png"]);
      expect([args, result.status]).toEqual([args, status]);
      expect(result.stderr).toContain(words);
    }
    expect(readFileSync(join(cli.folder, "kept.png"), "utf8")).toBe("kept");
  });
});
