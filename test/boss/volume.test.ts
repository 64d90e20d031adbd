/** Volumes of BOSS against a fake service (`test/servers/boss.ts`): voxels, boxes and requests equal a plain array. */
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Bbox, type Box6 } from "../../src/base/bbox.js";
import { fortranStride, type StridedArray } from "../../src/base/strided.js";
import { CloudVolume, type OpenOptions, OutOfBoundsError } from "../../src/node.js";
import { random } from "../generators/random.js";
import type { FakeBoss } from "../servers/boss.js";
import type { FakeExperiment } from "../servers/boss-documents.js";
import { scratchDirectory } from "../support/scratch.js";
import { boxOf, difference } from "../support/voxels.js";
import { DTYPES, EXPERIMENTS, pathOf, someVoxels, startBoss, TOKEN } from "./support.js";

let boss: FakeBoss;
beforeAll(async () => {
  boss = await startBoss();
});
beforeEach(() => {
  boss.log.length = 0;
  boss.behave({});
});

const open = (path: string, options: OpenOptions = {}): Promise<CloudVolume> =>
  CloudVolume.open(pathOf(boss, path), { secrets: { token: TOKEN }, ...options });

/** Puts voxels into the service behind its interface. */
function plant(path: string, resolution: number, box: Box6, { data }: StridedArray): void {
  boss.voxels(path).blacken(resolution, 0, box);
  boss.voxels(path).write(resolution, 0, box, data as Uint8Array);
}

const asks = (): string[] => boss.log.filter((line) => line.includes("/cutout/"));

describe("the info", () => {
  test("of an anisotropic channel", async () => {
    const vol = await open("lab/plain/uint16");
    expect(vol.format).toBe("boss");
    expect(vol.info).toMatchObject({ type: "image", data_type: "uint16", num_channels: 1 });
    expect(vol.info.scales.map((s) => [s.key, s.resolution, s.voxel_offset, s.size, s.chunk_sizes])).toEqual([
      ["4_4_40", [4, 4, 40], [0, 0, 0], [150, 140, 37], [[64, 64, 16]]],
      ["8_8_40", [8, 8, 40], [0, 0, 0], [75, 70, 37], [[64, 64, 16]]],
      ["16_16_40", [16, 16, 40], [0, 0, 0], [38, 35, 37], [[64, 64, 16]]],
    ]);
    expect(vol.cloudpath).toBe(pathOf(boss, "lab/plain/uint16"));
    expect(new Set(boss.log)).toEqual(
      new Set([
        "GET /v1/collection/lab/experiment/plain/channel/uint16",
        "GET /v1/collection/lab/experiment/plain",
        "GET /v1/coord/lab-plain-frame",
        "GET /v1/downsample/lab/plain/uint16/",
      ]),
    );
  });

  test("of an isotropic one in micrometres, away from 0", async () => {
    const vol = await open("lab/shifted/uint64");
    expect(vol.layerType).toBe("segmentation");
    expect(vol.info.scales.map((s) => [s.key, s.voxel_offset, s.size])).toEqual([
      ["500_500_1500", [70, 5, 10], [120, 128, 30]],
      ["1000_1000_3000", [35, 2, 5], [60, 65, 15]],
    ]);
  });

  test("has the levels that there are data of", async () => {
    expect((await open("lab/plain/fresh")).availableMips).toEqual([0]);
    const based = await open("lab/plain/based");
    expect(based.info.scales.map((s) => s.key)).toEqual(["8_8_40", "16_16_40", "32_32_40"]);
    await based.download("0:9, 0:9, 0:9", { mip: 1 });
    expect(asks()).toEqual(["GET /v1/cutout/lab/plain/based/2/0:9/0:9/0:9/?access-mode=no-cache"]);
    // An info of the caller's may list levels that are not told of.
    const info = (await open("lab/plain/uint8")).info;
    expect((await open("lab/plain/fresh", { info })).availableMips).toEqual([0, 1, 2]);
  });

  test("is read anew, and cannot be changed", async () => {
    const vol = await open("lab/plain/uint8");
    expect(await vol.refreshInfo()).toEqual(vol.info);
    await expect(vol.commitInfo()).rejects.toThrow(/BOSS's own tools/);
    await vol.commitProvenance();
    expect((await vol.refreshProvenance()).description).toBe("");
  });
});

describe.each(["lab/plain", "lab/shifted"])("%s", (experiment) => {
  describe.each(DTYPES)("%s", (dtype) => {
    const path = `${experiment}/${dtype}`;

    test("boxes of every mip equal the array", async () => {
      const rng = random(7);
      const vol = await open(path, { bounded: false });
      for (const mip of vol.availableMips) {
        const bounds = vol.mipBounds(mip);
        const truth = someVoxels(dtype, [...bounds.size3()], 3 + mip);
        plant(path, mip, bounds.toList(), truth);
        const start = experiment === "lab/shifted" && mip > 0 ? SHIFTED : [0, 0, 0];
        const whole = vol.download("...", { mip });
        if (start === SHIFTED) await expect(whole).rejects.toThrow(OutOfBoundsError);
        else expect(difference(await whole, truth)).toBe("same");
        for (let n = 0; n < 12; n++) {
          // What lies before the frame's start at resolution 0, the service refuses at the others, too.
          const box = anyBox(bounds, rng, n % 3 === 0 ? 20 : 0, start);
          const read = await vol.download(box, { mip });
          expect(difference(read, unbounded(truth, bounds, box)), `${mip} ${box}`).toBe("same");
        }
      }
    });

    test("uploads read back, whole and in parts", async () => {
      const rng = random(11);
      const vol = await open(path, { nonAlignedWrites: true });
      const { bounds } = vol;
      const size = [...bounds.size3()];
      const truth = someVoxels(dtype, size, 21);
      await vol.upload("...", truth);
      expect(difference(await vol.download(), truth)).toBe("same");
      for (let n = 0; n < 5; n++) {
        const box = anyBox(bounds, rng, 0);
        const part = someVoxels(dtype, [...box.size3()], 100 + n);
        await vol.upload(box, part);
        paint(truth, bounds, box, part);
      }
      expect(difference(await vol.download(), truth)).toBe("same");
      // What the service has, asked past this library.
      const stored = boss.voxels(path).read(0, 0, bounds.toList());
      expect(difference({ ...truth, data: stored }, truth)).toBe("same");
    });
  });
});

describe("boxes", () => {
  test("bounded and autocrop", async () => {
    const truth = someVoxels("uint8", [150, 140, 37], 5);
    plant("lab/plain/uint8", 0, [0, 0, 0, 150, 140, 37], truth);
    const vol = await open("lab/plain/uint8");
    const over = Bbox.fromList([140, -5, 30, 160, 10, 50]);
    await expect(vol.download(over)).rejects.toThrow(/leaves the volume/);
    vol.autocrop = true;
    const cut = await vol.download(over);
    expect(cut.bounds.toList()).toEqual([140, 0, 30, 150, 10, 37]);
    expect(difference(cut, boxOf(truth, [140, 0, 30, 0], [10, 10, 7, 1]))).toBe("same");
    vol.autocrop = false;
    vol.bounded = false;
    expect(difference(await vol.download(over), unbounded(truth, vol.bounds, over))).toBe("same");
    const outside = await vol.download(Bbox.fromList([500, 0, 0, 502, 2, 2]));
    expect([...outside.data]).toEqual(new Array(8).fill(0));
  });

  test("ask for what is wanted of each cuboid, no more", async () => {
    const vol = await open("lab/shifted/uint8");
    boss.log.length = 0;
    await vol.download("100:130, 60:70, 12:20");
    expect(asks().sort()).toEqual(
      ["100:128/60:64/12:16", "100:128/60:64/16:20", "100:128/64:70/12:16", "100:128/64:70/16:20"]
        .flatMap((part) => [part, part.replace("100:128", "128:130")])
        .map((part) => `GET /v1/cutout/lab/shifted/uint8/0/${part}/?access-mode=no-cache`)
        .sort(),
    );
  });

  test("whole cuboids where they are kept", async () => {
    const vol = await open("lab/plain/uint8", { lruBytes: 1 << 20 });
    boss.log.length = 0;
    const first = await vol.download("10:20, 10:20, 3:5");
    expect(asks()).toEqual(["GET /v1/cutout/lab/plain/uint8/0/0:64/0:64/0:16/?access-mode=no-cache"]);
    const second = await vol.download("11:21, 10:20, 3:5");
    expect(asks().length).toBe(1);
    expect(
      difference(boxOf(second, [0, 0, 0, 0], [9, 10, 2, 1]), boxOf(first, [1, 0, 0, 0], [9, 10, 2, 1])),
    ).toBe("same");
    const cached = await open("lab/plain/uint8", { cache: scratchDirectory(), nonAlignedWrites: true });
    boss.log.length = 0;
    for (let n = 0; n < 2; n++)
      expect(difference(await cached.download("10:20, 10:20, 3:5"), first)).toBe("same");
    expect(asks().length).toBe(1);
    // Another service's channel of the same names is another one.
    const other = await startBoss();
    const folder = { secrets: TOKEN, cache: cached.cache.path.replace(/\/boss\/.*/, "") };
    const elsewhere = await CloudVolume.open(pathOf(other, "lab/plain/uint8"), folder);
    expect([...(await elsewhere.download("10:12, 10:11, 3:4")).data]).toEqual([0, 0]);
    await cached.upload("10:12, 10:12, 3:4", 77);
    const changed = await cached.download("10:12, 10:12, 3:4");
    expect([...changed.data]).toEqual([77, 77, 77, 77]);
    expect(difference(await (await open("lab/plain/uint8")).download("10:12, 10:12, 3:4"), changed)).toBe(
      "same",
    );
  });

  test("of a real cuboid's size, by workers, with a bound on what is in flight", async () => {
    const service = await startBoss({ cuboid: [512, 512, 16], experiments: BIG });
    const vol = await CloudVolume.open(pathOf(service, "big/one/grey"), {
      secrets: TOKEN,
      network: { concurrency: 3 },
    });
    expect([...vol.chunkSize]).toEqual([512, 512, 16]);
    const truth = someVoxels("uint8", [600, 560, 20], 9);
    await vol.upload("...", truth);
    expect(difference(await vol.download(), truth)).toBe("same");
    expect(service.most()).toBeLessThanOrEqual(3);
    expect(service.log.filter((line) => line.startsWith("POST")).length).toBe(8);
  });

  test("points in time", async () => {
    const vol = await open("lab/plain/uint8", { nonAlignedWrites: true });
    boss.log.length = 0;
    await vol.upload("0:4, 0:3, 0:2", 9, { t: 2 });
    expect([...(await vol.download("3:5, 0:1, 0:1", { t: 2 })).data]).toEqual([9, 0]);
    expect([...boss.voxels("lab/plain/uint8").read(0, 2, [3, 0, 0, 5, 1, 1])]).toEqual([9, 0]);
    expect(asks().at(-1)).toBe("GET /v1/cutout/lab/plain/uint8/0/3:5/0:1/0:1/2:3/?access-mode=no-cache");
    await expect(vol.download("0:1, 0:1, 0:1", { t: 3 })).rejects.toThrow(/point in time/);
  });
});

describe("writing", () => {
  test("replaces what is stored by zeros, too, and asks to blank only then", async () => {
    const vol = await open("lab/plain/fresh", { nonAlignedWrites: true });
    await vol.upload("...", 5);
    boss.log.length = 0;
    await vol.upload("0:64, 0:64, 0:16", 6);
    expect(asks().map((line) => line.split(" ")[0])).toEqual(["POST"]);
    await vol.upload("0:64, 0:64, 0:16", 0);
    expect(asks().at(-1)).toBe("PUT /v1/cutout/to_black/lab/plain/fresh/0/0:64/0:64/0:16/");
    boss.log.length = 0;
    await vol.upload("62:66, 0:1, 0:1", Uint8Array.of(1, 0, 2, 2));
    expect(
      asks()
        .map((line) => line.split(" ")[0])
        .sort(),
    ).toEqual(["POST", "POST", "PUT"]);
    expect([...(await vol.download("61:68, 0:1, 0:1")).data]).toEqual([0, 1, 0, 2, 2, 5, 5]);
  });

  test("wants aligned boxes unless told otherwise, and the channel's types", async () => {
    const vol = await open("lab/shifted/uint16");
    await expect(vol.upload("71:90, 5:10, 10:12", 1)).rejects.toThrow(/70,5,10/);
    await vol.upload("70:128, 5:64, 10:16", 3); // From the frame's start to the first edges of cuboids.
    expect([...(await vol.download("127:129, 63:64, 15:16")).data][0]).toBe(3);
    await expect(vol.upload("70:128, 5:64, 10:16", new Uint8Array(58 * 59 * 6))).rejects.toThrow(/data type/);
    await expect(vol.upload("70:128, 5:64, 10:16", 1, { compress: "gzip" })).rejects.toThrow(/own codecs/);
    await expect(vol.upload("0:64, 5:64, 10:16", 1)).rejects.toThrow(/outside/);
  });

  test("delete blackens whole cuboids", async () => {
    const vol = await open("lab/plain/fresh");
    await vol.upload("...", 5);
    await vol.delete("64:128, 0:64, 0:16");
    expect([...(await vol.download("62:66, 3:4, 3:4")).data]).toEqual([5, 5, 0, 0]);
    await expect(vol.delete("65:128, 0:64, 0:16")).rejects.toThrow(/cuts through/);
  });
});

describe("everything else of a volume", () => {
  let truth: StridedArray;
  let vol: CloudVolume;
  beforeAll(async () => {
    truth = someVoxels("uint64", [150, 140, 37], 31);
    plant("lab/plain/uint64", 0, [0, 0, 0, 150, 140, 37], truth);
    vol = await open("lab/plain/uint64");
  });

  test("unique, points, labels", async () => {
    const box = boxOf(truth, [50, 60, 10, 0], [30, 20, 8, 1]).data as BigUint64Array;
    const wanted = [...new Set(box)].sort((a, b) => (a < b ? -1 : 1));
    expect([...(await vol.unique("50:80, 60:80, 10:18"))]).toEqual(wanted);
    const points = [
      [3, 4, 5],
      [149, 139, 36],
      [64, 64, 16],
      [63, 63, 15],
      [3, 5, 5],
    ] as const;
    const at = ([x, y, z]: readonly [number, number, number]): bigint =>
      (truth.data as BigUint64Array)[x + 150 * (y + 140 * z)]!;
    expect((await vol.scatteredPoints(points)).map(({ value }) => value)).toEqual(points.map(at));
    const around = await vol.downloadPoint([64, 64, 16], { size: [4, 4, 2] });
    expect(difference(around, boxOf(truth, [62, 62, 15, 0], [4, 4, 2, 1]))).toBe("same");
    const mask = await vol.download("50:80, 60:80, 10:18", { label: box[7]! });
    expect([...mask.data]).toEqual([...box].map((v) => (v === box[7] ? 1 : 0)));
    const small = await vol.download("50:60, 60:70, 10:12", { renumber: true });
    expect(small.data.length).toBe(200);
  });

  test("steps, into an array, several views", async () => {
    expect(
      difference(
        await vol.download("0:100:3, 10:20:2, 5:9"),
        boxOf(truth, [0, 10, 5, 0], [100, 10, 4, 1], [3, 2, 1, 1]),
      ),
    ).toBe("same");
    const out = new BigUint64Array(8);
    await vol.download("0:2, 0:2, 0:2", { out });
    expect(out).toEqual(boxOf(truth, [0, 0, 0, 0], [2, 2, 2, 1]).data);
  });

  test("transfers out of it, and into a channel that is there", async () => {
    const folder = `file://${scratchDirectory()}`;
    const copy = await vol.transferTo(`${folder}/copy`, {
      chunkSize: [32, 32, 16],
      encoding: "compressed_segmentation",
    });
    expect(difference(await copy.download(), truth)).toBe("same");
    expect(copy.info.scales[0]).toMatchObject({ key: "4_4_40", encoding: "compressed_segmentation" });
    const zarr = await vol.transferTo(`zarr3://${folder}/copy.zarr`);
    expect(difference(await zarr.download(), truth)).toBe("same");
    const grey = await CloudVolume.open(`${folder}/copy`);
    boss.voxels("lab/plain/uint64").blacken(0, 0, [0, 0, 0, 150, 140, 37]);
    const back = await CloudVolume.fromHandoff(grey.handoff()).then((v) =>
      v.transferTo(pathOf(boss, "lab/plain/uint64")).catch((e: unknown) => e),
    );
    expect(back).toMatchObject({ name: "AuthorizationError" });
    const own = await CloudVolume.open(`${folder}/copy`, { secrets: TOKEN });
    await own.transferTo(pathOf(boss, "lab/plain/uint64"));
    expect(difference(await vol.download(), truth)).toBe("same");
    await expect(own.transferTo(pathOf(boss, "lab/plain/newer"))).rejects.toThrow(/BOSS's own tools/);
  });

  test("cut-outs in memory, files, a handoff", async () => {
    const held = await vol.memoryCutout("0:70, 0:70, 0:20");
    expect(
      difference(await held.download("0:70, 0:70, 0:20"), boxOf(truth, [0, 0, 0, 0], [70, 70, 20, 1])),
    ).toBe("same");
    held.release();
    expect(held.info.scales[0]).toMatchObject({ encoding: "raw" });
    // A frame whose start is inside of a cuboid.
    const shifted = await open("lab/shifted/uint8", { lruBytes: 1 << 20 });
    const part = await shifted.memoryCutout("75:140, 60:70, 10:20");
    expect(
      difference(await part.download("75:140, 60:70, 10:20"), await shifted.download("75:140, 60:70, 10:20")),
    ).toBe("same");
    expect([part.nonAlignedWrites, part.fillMissing]).toEqual([false, true]);
    const other = await CloudVolume.fromHandoff(vol.handoff(), { secrets: TOKEN });
    expect(difference(await other.download("1:9, 1:9, 1:9"), boxOf(truth, [1, 1, 1, 0], [8, 8, 8, 1]))).toBe(
      "same",
    );
    expect(await vol.verify()).toMatchObject({ faults: [] });
  });

  test("what the service does not tell", async () => {
    for (const ask of [vol.exists("0:9, 0:9, 0:9"), vol.hasData(), vol.explain("download", "0:9, 0:9, 0:9")])
      await expect(ask).rejects.toThrow(/does not tell what is stored/);
    await expect(vol.lockMips([0])).rejects.toThrow(/cannot be locked/);
    expect((await vol.explain("upload", "0:64, 0:64, 0:16")).chunks).toBe(1);
  });
});

const BIG: Readonly<Record<string, FakeExperiment>> = {
  "big/one": {
    ...{
      start: [0, 0, 0],
      stop: [600, 560, 20],
      voxel: [4, 4, 40],
      unit: "nanometers",
      levels: 1,
      method: "anisotropic",
    },
    channels: { grey: { type: "image", datatype: "uint8" } },
  },
};

const SHIFTED = EXPERIMENTS["lab/shifted"]!.start;

/** A box of at most 90 voxels a side, from `start` on; it may reach `over` voxels beyond the bounds. */
function anyBox(
  bounds: Bbox,
  rng: (below: number) => number,
  over: number,
  start: readonly number[] = [0, 0, 0],
): Bbox {
  const low = [...bounds.minpt].map((v) => v - over);
  const high = [...bounds.maxpt].map((v) => v + over);
  const from = low.map((v, a) => {
    const first = Math.max(v, start[a]!);
    return first + rng(Math.max(1, high[a]! - first - 1));
  });
  const to = from.map((v, a) => Math.min(high[a]!, v + 1 + rng(90)));
  return Bbox.fromList([...from, ...to] as unknown as Box6);
}

/** What a box of an unbounded read has: zeros beyond the array. */
function unbounded(truth: StridedArray, bounds: Bbox, box: Bbox): StridedArray {
  const shape = [...box.size3(), 1];
  const stride = fortranStride(shape);
  const data = truth.data.slice(0, 0).constructor as new (n: number) => StridedArray["data"];
  const out = { data: new data(shape.reduce((n, s) => n * s, 1)), shape, stride };
  const cut = Bbox.intersection(box, bounds);
  if (cut.subvoxel()) return out;
  const at = [...cut.minpt.sub(bounds.minpt)];
  paint(out, box, cut, boxOf(truth, [...at, 0], [...cut.size3(), 1]));
  return out;
}

/** Puts a part at its place in an array with these bounds. */
function paint(array: StridedArray, bounds: Bbox, box: Bbox, part: StridedArray): void {
  const [x0 = 0, y0 = 0, z0 = 0] = [...box.minpt.sub(bounds.minpt)];
  const [nx = 0, ny = 0, nz = 0] = part.shape;
  const [sx = 0, sy = 0] = array.shape;
  for (let z = 0; z < nz; z++)
    for (let y = 0; y < ny; y++) {
      const row = part.data.subarray(nx * (y + ny * z), nx * (y + 1 + ny * z));
      array.data.set(row as never, x0 + sx * (y0 + y + sy * (z0 + z)));
    }
}
