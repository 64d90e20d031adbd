/** Transfers between jpeg and jxl: the same JPEG files, without decoding a pixel; and what happens to other files. Out of shards, too. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pairNamed, progressive } from "../src/codecs/jxl/jpeg/testing.js";
import { CloudVolume, DecodingError, fortranStride, MissingError, type StridedArray } from "../src/node.js";
import { seeded } from "./support/random.js";
import { scratchDirectory } from "./support/scratch.js";
import { bytesOf, difference } from "./support/voxels.js";

const root = scratchDirectory();
const SIZE = [70, 50, 20] as const;
let names = 0;
const fresh = (): string => `file://${root}/${++names}`;
const filesOf = (vol: CloudVolume): ReadonlyMap<string, Buffer> => {
  const folder = join(new URL(vol.cloudpath).pathname, vol.key);
  return new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file))]));
};

function waves(channels: number, size: readonly number[] = SIZE): StridedArray & { data: Uint8Array } {
  const random = seeded(channels);
  const shape = [...size, channels];
  const stride = fortranStride(shape);
  const data = new Uint8Array(shape.reduce((n, s) => n * s, 1));
  for (let i = 0; i < data.length; i++)
    data[i] = 128 + 50 * Math.sin((i % 70) / 6) + 40 * Math.cos(i / 900) + random.integer(0, 9);
  return { data, shape, stride };
}

async function made(channels = 1, encoding = "jpeg", parallel = 2): Promise<CloudVolume> {
  const vol = await CloudVolume.fromArray(waves(channels), {
    ...{ path: fresh(), layerType: "image", encoding, chunkSize: [32, 32, 16], parallel },
    ...{ resolution: [4, 4, 40], voxelOffset: [3, -7, 100] },
  });
  vol.parallel = parallel;
  return vol;
}

describe.each([
  [1, 1],
  [1, 2],
  [3, 2],
])("%d channels, %d threads", (channels, parallel) => {
  test("jpeg to jxl and back gives the same files", async () => {
    const jpeg = await made(channels, "jpeg", parallel);
    const there = fresh();
    expect((await jpeg.explainTransfer(there, { encoding: "jxl" })).how).toBe("recompressed");
    const jxl = await jpeg.transferTo(there, { encoding: "jxl" });
    const bytes = (vol: CloudVolume): number => [...filesOf(vol).values()].reduce((n, f) => n + f.length, 0);
    expect(filesOf(jxl).size).toBe(12);
    for (const file of filesOf(jxl).values()) expect(file.includes("jbrd")).toBe(true);
    expect(bytes(jxl)).toBeLessThan(bytes(jpeg) + 12 * 200);
    const back = await jxl.transferTo(fresh(), { encoding: "jpeg" });
    expect(filesOf(back)).toEqual(filesOf(jpeg));
  });

  test("into shards and out of them", async () => {
    const jpeg = await made(channels, "jpeg", parallel);
    const jxl = await jpeg.transferTo(fresh(), { encoding: "jxl", sharded: true });
    const again = await jxl.transferTo(fresh(), { encoding: "jpeg", sharded: true });
    expect(difference(await again.download(), await jpeg.download())).toBe("same");
    const out = await jxl.transferTo(fresh(), { encoding: "jpeg", sharded: false });
    expect(filesOf(out)).toEqual(filesOf(jpeg));
  });
});

describe.each([
  { encoding: "jpeg", channels: 1 },
  { encoding: "jpeg", channels: 3 },
  { encoding: "jxl", channels: 1, encodingLevel: 60 },
  { encoding: "kempressed", channels: 2, dataType: "float32" },
])("$encoding in shards, $channels channels", ({ encoding, channels, encodingLevel, dataType }) => {
  const write = async (size: readonly number[]): Promise<CloudVolume> => {
    const { data, ...rest } = waves(channels, size);
    return await CloudVolume.fromArray(
      { data: dataType === "float32" ? Float32Array.from(data, Math.sqrt) : data, ...rest },
      {
        ...{ path: fresh(), layerType: "image", encoding, encodingLevel, chunkSize: [32, 32, 16] },
        ...{ resolution: [4, 4, 40], voxelOffset: [3, -7, 100] },
      },
    );
  };

  test.each(["auto", "gzip"] as const)("cut chunks are copied in and out, compress: %s", async (compress) => {
    const plain = await write(SIZE);
    const sharded = await plain.transferTo(fresh(), { sharded: true, compress });
    const others = await sharded.transferTo(fresh(), { sharded: true, compress: "none" });
    for (const from of [sharded, others]) {
      const there = fresh();
      const options = { sharded: false, compress: "none" } as const;
      expect((await from.explainTransfer(there, options)).how).toBe("copied");
      expect(filesOf(await from.transferTo(there, options))).toEqual(filesOf(plain));
    }
  });

  test("what a writer padded is cut, the rest copied", async () => {
    const plain = await write([96, 64, 32]);
    const { info, cloudpath } = await plain.transferTo(fresh(), { sharded: true });
    const [scale] = structuredClone(info).scales as [(typeof info.scales)[number]];
    const padded = await CloudVolume.open(cloudpath, {
      info: { ...info, scales: [{ ...scale, size: [...SIZE] }] },
    });
    await padded.commitInfo();
    const out = await padded.transferTo(fresh(), { sharded: false, compress: "none" });
    const [a, b] = [Array.from((await padded.download()).data, Number), (await out.download()).data];
    const off = a.reduce((sum, v, i) => sum + Math.abs(v - Number(b[i])), 0) / a.length;
    expect(off).toBeLessThan(5);
    const whole = [...filesOf(out)].filter(([name]) => filesOf(plain).has(name));
    expect(whole.map(([name]) => name).sort()).toEqual(["3-35_-7-25_100-116", "35-67_-7-25_100-116"]);
    for (const [name, file] of whole) expect(file).toEqual(filesOf(plain).get(name));
  });
});

test("chunks of a box, gzipped, over others that are there", async () => {
  const jpeg = await made();
  const path = fresh();
  await jpeg.transferTo(path, { encoding: "jxl" });
  const some = await jpeg.transferTo(path, { bbox: "3:35, -7:25, 100:116", compress: "gzip" });
  const gzipped = [...filesOf(some).keys()].filter((file) => file.endsWith(".gz"));
  expect(gzipped).toEqual(["3-35_-7-25_100-116.gz"]);
  const back = await some.transferTo(fresh(), { encoding: "jpeg", compress: "none" });
  expect(filesOf(back)).toEqual(filesOf(jpeg));
});

test("a quality below 100 asks for new files, as does another grid", async () => {
  const jpeg = await made();
  for (const options of [
    { encoding: "jxl", encodingLevel: 90 },
    { encoding: "jxl", chunkSize: [16, 16, 16] },
    { encoding: "png" },
  ])
    expect((await jpeg.explainTransfer(fresh(), options)).how).toBe("from voxels");
  for (const encodingLevel of [100, 0])
    expect((await jpeg.explainTransfer(fresh(), { encoding: "jxl", encodingLevel })).how).toBe(
      "recompressed",
    );
  const lossy = await jpeg.transferTo(fresh(), { encoding: "jxl", encodingLevel: 60 });
  for (const file of filesOf(lossy).values()) expect(file.includes("jbrd")).toBe(false);
});

test.each([1, 2])(
  "jxl files that hold no JPEG file are encoded from voxels, %d threads",
  async (parallel) => {
    const jxl = await made(1, "jxl", parallel);
    const jpeg = await jxl.transferTo(fresh(), { encoding: "jpeg" });
    const [a, b] = [bytesOf((await jxl.download()).data), bytesOf((await jpeg.download()).data)];
    const most = a.reduce((step, v, i) => Math.max(step, Math.abs(v - b[i]!)), 0);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(30);
  },
);

async function oneChunk(
  file: Uint8Array,
  encoding: string,
  size: readonly [number, number, number],
  numChannels: number,
): Promise<{ vol: CloudVolume; path: string }> {
  const vol = await CloudVolume.create(fresh(), {
    info: {
      ...{ numChannels, layerType: "image", dataType: "uint8", encoding, resolution: [1, 1, 1] },
      ...{ voxelOffset: [0, 0, 0], volumeSize: size, chunkSize: size },
    },
  });
  await vol.upload("...", 1);
  const folder = join(new URL(vol.cloudpath).pathname, vol.key);
  const [name] = readdirSync(folder) as [string];
  writeFileSync(join(folder, name), file);
  return { vol, path: join(folder, name) };
}

test.each([1, 2])(
  "a progressive file becomes a jxl file of the same voxels, %d threads",
  async (parallel) => {
    const { vol } = await oneChunk(progressive.jpeg, "jpeg", [33, 40, 1], 3);
    vol.parallel = parallel;
    const jxl = await vol.transferTo(fresh(), { encoding: "jxl" });
    expect(difference(await jxl.download(), await vol.download())).toBe("same");
  },
);

test.each([1, 2])("what cannot be restored is an error that says where, %d threads", async (parallel) => {
  const foreign = await oneChunk(progressive.jxl, "jxl", [33, 40, 1], 3);
  foreign.vol.parallel = parallel;
  const restored = foreign.vol.transferTo(fresh(), { encoding: "jpeg" });
  await expect(restored).rejects.toThrow(DecodingError);
  await expect(restored).rejects.toThrow(foreign.path);
  const { jxl: file } = pairNamed("gray");
  const damaged = await oneChunk(file.subarray(0, file.length - 50), "jxl", [40, 48, 1], 1);
  damaged.vol.parallel = parallel;
  await expect(damaged.vol.transferTo(fresh(), { encoding: "jpeg" })).rejects.toThrow(DecodingError);
});

test.each([1, 2])("missing chunks are an error, or left out, %d threads", async (parallel) => {
  const jpeg = await made(1, "jpeg", parallel);
  await jpeg.delete("3:35, -7:25, 100:116");
  await expect(jpeg.transferTo(fresh(), { encoding: "jxl" })).rejects.toThrow(MissingError);
  const jxl = await jpeg.transferTo(fresh(), { encoding: "jxl", fillMissing: true });
  expect(filesOf(jxl).size).toBe(11);
});
