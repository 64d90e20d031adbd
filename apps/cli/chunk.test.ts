import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatNpy } from "../../src/base/npy.js";
import { type Cli, countingNpy, openCli, readArray } from "./testing.js";

const SHAPE = [16, 12, 5, 1];
const VOXELS = 16 * 12 * 5;

let cli: Cli;
beforeAll(() => {
  cli = openCli("chunk");
});
afterAll(() => cli.remove());

const file = (name: string): string => join(cli.folder, name);

describe("chunk", () => {
  it.each([
    ["raw", "float64", new Float64Array(VOXELS), [], []],
    ["png", "uint16", new Uint16Array(VOXELS), ["--png-level", "9"], []],
    ["jxl", "uint16", new Uint16Array(VOXELS), ["--jxl-quality", "100", "--jxl-effort", "3"], []],
    ["npz", "int32", new Int32Array(VOXELS), [], []],
    ["fpzip", "float32", new Float32Array(VOXELS), ["--fpzip-precision", "0"], []],
    ["zfpc", "float64", new Float64Array(VOXELS), ["--zfpc-tolerance", "0"], []],
    [
      "compressed_segmentation",
      "uint64",
      new BigUint64Array(VOXELS),
      ["--block-size", "8,4,2"],
      ["--block-size", "8,4,2"],
    ],
  ] as const)("encode and decode: %s %s", async (encoding, dtype, data, encode, decode) => {
    const npy = countingNpy(data, SHAPE, 97);
    writeFileSync(file(`${encoding}.npy`), npy);
    expect(
      await cli.run(["chunk", "encode", encoding, `${encoding}.npy`, encoding, ...encode]),
    ).toMatchObject({
      status: 0,
      stdout: "",
      stderr: "",
    });
    const shape = ["--dtype", dtype, "--shape", SHAPE.join(",")];
    expect(
      await cli.run(["chunk", "decode", encoding, encoding, "out.npy", ...shape, ...decode]),
    ).toMatchObject({
      status: 0,
      stdout: "",
      stderr: "",
    });
    expect(new Uint8Array(readFileSync(file("out.npy")))).toEqual(npy);
  });

  it("--jpeg-quality makes files larger, and pipes work both ways", async () => {
    const npy = countingNpy(new Uint8Array(VOXELS), SHAPE);
    const encode = (quality: string): Promise<{ bytes: Buffer; status: number | null }> =>
      cli.run(["chunk", "encode", "jpeg", "-", "-", "--jpeg-quality", quality], { input: npy });
    const [low, high] = await Promise.all([encode("20"), encode("100")]);
    expect([low.status, high.status]).toEqual([0, 0]);
    expect(low.bytes.length).toBeLessThan(high.bytes.length);
    const args = ["chunk", "decode", "jpeg", "-", "-", "--dtype", "uint8", "--shape", SHAPE.join(",")];
    const { status, bytes } = await cli.run(args, { input: high.bytes });
    expect(status).toBe(0);
    const { data, shape } = readArray(bytes);
    expect(shape).toEqual(SHAPE);
    const truth = readArray(npy).data;
    expect(data.every((v, i) => Math.abs(Number(v) - Number(truth[i])) < 40)).toBe(true);
  });

  it("options of jxl, fpzip and zfpc change the file", async () => {
    const npy = countingNpy(new Float32Array(VOXELS), SHAPE, 0.37);
    const image = countingNpy(new Uint8Array(VOXELS), SHAPE, 7);
    const size = async (encoding: string, options: string): Promise<number> => {
      const input = encoding === "jxl" ? image : npy;
      const { status, bytes } = await cli.run(
        ["chunk", "encode", encoding, "-", "-", ...options.split(" ")],
        { input },
      );
      expect(status, `${encoding} ${options}`).toBe(0);
      return bytes.length;
    };
    for (const [encoding, small, large] of [
      ["jxl", "--jxl-quality 10", "--jxl-quality 95"],
      ["jxl", "--jxl-quality 100 --jxl-effort 9", "--jxl-quality 100 --jxl-effort 1"],
      ["fpzip", "--fpzip-precision 8", "--fpzip-precision 32"],
      ["zfpc", "--zfpc-rate 4", "--zfpc-rate 16.5"],
      ["zfpc", "--zfpc-precision 4", "--zfpc-precision 20"],
      ["zfpc", "--zfpc-tolerance 10", "--zfpc-tolerance 0.01"],
    ] as const)
      expect(await size(encoding, small), `${encoding} ${small}`).toBeLessThan(await size(encoding, large));
    const wrong = await cli.run(["chunk", "encode", "jxl", "-", "-", "--jxl-decoding-speed", "5"], {
      input: image,
    });
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain("from 0 to 4");
  });

  it.each(["raw", "compressed_segmentation", "compresso"])("labels: of a %s chunk", async (encoding) => {
    const data = BigUint64Array.from({ length: VOXELS }, (_, i) => BigInt(i % 3) * 0x7fffffffffffffffn);
    writeFileSync(file("labels.npy"), formatNpy({ data, shape: SHAPE, stride: [1, 16, 192, 960] }));
    expect((await cli.run(["chunk", "encode", encoding, "labels.npy", "labels"])).status).toBe(0);
    const args = ["chunk", "labels", encoding, "labels", "--dtype", "uint64", "--shape", SHAPE.join(",")];
    const lines = "0\n9223372036854775807\n18446744073709551614\n";
    expect(await cli.run(args)).toMatchObject({ status: 0, stdout: lines, stderr: "" });
    const { stdout } = await cli.run([...args, "--json"]);
    expect(JSON.parse(stdout)).toEqual(lines.trim().split("\n"));
  });

  it("labels: refused where the chunk or the encoding has none", async () => {
    writeFileSync(file("short"), new Uint8Array(8));
    const of = ["short", "--dtype", "uint8", "--shape", SHAPE.join(",")];
    const [short, image] = await Promise.all([
      cli.run(["chunk", "labels", "compresso", ...of]),
      cli.run(["chunk", "labels", "png", ...of]),
    ]);
    expect([short.status, image.status]).toEqual([1, 2]);
    expect(short.stderr).toMatch(/^error: .*compresso.*36 bytes/);
    expect(image.stderr).toMatch(/^error: .*labels.*png/);
  });

  it("never gunzips first: a gzipped raw chunk has the wrong length", async () => {
    writeFileSync(file("gz"), gzipSync(new Uint8Array(VOXELS)));
    const args = ["chunk", "decode", "raw", "gz", "no.npy", "--dtype", "uint8", "--shape", SHAPE.join(",")];
    const { status, stdout, stderr } = await cli.run(args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^error: .*960.*\.\n$/);
    expect(existsSync(file("no.npy"))).toBe(false);
    expect(readdirSync(cli.folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("says which encodings there are, and what one cannot hold", async () => {
    writeFileSync(file("f.npy"), countingNpy(new Float32Array(VOXELS), SHAPE));
    const [unknown, unfit, missing] = await Promise.all([
      cli.run(["chunk", "encode", "lz4", "f.npy", "no"]),
      cli.run(["chunk", "encode", "jpeg", "f.npy", "no"]),
      cli.run(["chunk", "encode", "raw", "g.npy", "no"]),
    ]);
    expect([unknown.status, unfit.status, missing.status]).toEqual([2, 1, 3]);
    for (const name of ["compressed_segmentation", "jpeg", "png", "raw"])
      expect(unknown.stderr).toContain(name);
    expect(unfit.stderr).toContain("uint8");
    expect(missing.stderr).toContain("g.npy");
  });
});
