/** The assertions of CloudVolume's test_cloudvolume.py about writing, each under its name there. */
import { existsSync, openSync, readdirSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { planRead } from "../../src/grid/plan.js";
import {
  AlignmentError,
  ArgumentError,
  Bbox,
  CloudVolume,
  fortranStride,
  OutOfBoundsError,
  type StridedArray,
} from "../../src/node.js";
import { makeLayer } from "../support/make-layer.js";
import { randomArray, seeded } from "../support/random.js";
import { scratchDirectory } from "../support/scratch.js";
import { all, boxOf, bytesOf, difference } from "../support/voxels.js";

const part = (data: StridedArray, at: readonly number[], size: readonly number[]) =>
  boxOf(data, [...at, 0], [...size, data.shape[3]!]);

function solid(value: number, shape: readonly number[]): StridedArray {
  const data = new Uint8Array(shape.reduce((p, n) => p * n, 1)).fill(value);
  return { data, shape, stride: fortranStride(shape) };
}
describe("test_cloudvolume.py", () => {
  test("test_cloudvolume.py::test_parallel_write", async () => {
    const { vol } = await makeLayer([512, 512, 128, 1]);
    vol.parallel = 2;
    await vol.upload("...", solid(5, [512, 512, 128, 1]));
    expect(await all(vol, 5)).toBe(true);

    vol.nonAlignedWrites = true;
    await vol.upload("1:,1:,1:", solid(7, [511, 511, 127, 1]));
    expect(await all(vol, 7, "1:,1:,1:")).toBe(true);
    expect(await all(vol, 5, "0:1,:,:")).toBe(true);

    await vol.upload("25:75,25:75,25:75", solid(8, [50, 50, 50, 1]));
    expect(await all(vol, 8, "25:75,25:75,25:75")).toBe(true);
    expect(await all(vol, 7, "75:,1:,1:")).toBe(true);
  });

  test("test_cloudvolume.py::test_numpy_memmap, as bytes read from a file", async () => {
    const { vol, data } = await makeLayer([50, 50, 50, 1]);
    const file = join(scratchDirectory(), "chunk.data");
    writeFileSync(file, bytesOf(data.data));
    const buffer = new SharedArrayBuffer(data.data.length);
    readSync(openSync(file, "r"), new Uint8Array(buffer));
    await vol.delete("...");
    await vol.upload("...", new Uint8Array(buffer));
    expect(difference(await vol.download("..."), data)).toBe("same");
  });

  test.each(["raw", "jpeg"])("test_cloudvolume.py::test_write %s", async (encoding) => {
    const near = async (vol: CloudVolume, truth: StridedArray): Promise<void> => {
      const read = await vol.download("0:50,0:50,0:50");
      if (encoding === "raw") return expect(difference(read, truth)).toBe("same");
      const mean = ({ data }: StridedArray): number =>
        (data as Uint8Array).reduce((s, v) => s + v, 0) / data.length;
      expect(Math.abs(mean(read) - mean(truth))).toBeLessThan(1);
    };
    const { vol } = await makeLayer([50, 50, 50, 1], [0, 0, 0], { encoding });
    await vol.upload("0:50,0:50,0:50", solid(0, [50, 50, 50, 1]));
    await near(vol, solid(0, [50, 50, 50, 1]));
    const other = randomArray(seeded(2), [50, 50, 50, 1], "uint8");
    await vol.upload("0:50,0:50,0:50", other);
    await near(vol, other);
    const third = randomArray(seeded(3), [50, 50, 50, 1], "uint8");
    await vol.upload(new Bbox([0, 0, 0], [50, 50, 50]), third);
    await near(vol, third);

    const far = await makeLayer([128, 64, 64, 1], [10, 20, 0], { encoding });
    await expect(far.vol.upload("74:150,20:84,0:64", solid(1, [64, 64, 64, 1]))).rejects.toThrow(
      ArgumentError,
    );
    await expect(far.vol.upload("74:150,20:84,0:64", solid(1, [76, 64, 64, 1]))).rejects.toThrow(
      OutOfBoundsError,
    );
    await expect(far.vol.upload("21:85,0:64,0:64", solid(1, [64, 64, 64, 1]))).rejects.toThrow(ArgumentError);
    await expect(far.vol.upload("21:85,20:84,0:64", solid(1, [64, 64, 64, 1]))).rejects.toThrow(
      AlignmentError,
    );

    const odd = await makeLayer([25, 25, 25, 1], [1, 3, 5], { encoding });
    odd.vol.info.scales[0]!.chunk_sizes = [[11, 11, 11]];
    await odd.vol.upload("...", solid(1, [25, 25, 25, 1]));
    expect(await all(odd.vol, 1)).toBe(true);
  });

  test("test_cloudvolume.py::test_non_aligned_write", async () => {
    const offset = [5, 7, 13];
    const size = [1024, 1024, 5, 1];
    const { vol } = await makeLayer(size, offset);
    const answer = (x: number[], y: number[], z: number[]): StridedArray => {
      const array = solid(0, size);
      for (let k = z[0]!; k < z[1]!; k++)
        for (let j = y[0]!; j < y[1]!; j++)
          (array.data as Uint8Array).fill(1, 1024 * (j + 1024 * k) + x[0]!, 1024 * (j + 1024 * k) + x[1]!);
      return array;
    };
    await vol.upload("...", 0);

    const one = new Bbox([10, 200, 15], [11, 201, 16]);
    await expect(vol.upload(one, solid(1, [1, 1, 1]))).rejects.toThrow(AlignmentError);
    vol.nonAlignedWrites = true;
    await vol.upload(one, solid(1, [1, 1, 1]));
    expect(difference(await vol.download("..."), answer([5, 6], [193, 194], [2, 3]))).toBe("same");

    await vol.upload("...", 0);
    const middle = new Bbox([502 + 5, 501 + 7, 13], [522 + 5, 523 + 7, 18]);
    await vol.upload(middle, solid(1, [20, 22, 5]));
    expect(difference(await vol.download("..."), answer([502, 522], [501, 523], [0, 5]))).toBe("same");
    vol.nonAlignedWrites = false;
    await expect(vol.upload(middle, solid(1, [20, 22, 5]))).rejects.toThrow(AlignmentError);

    await vol.upload("...", 0);
    const big = new Bbox([362 + 5, 362 + 7, 13], [662 + 5, 662 + 7, 18]);
    await expect(vol.upload(big, solid(1, [300, 300, 5]))).rejects.toThrow(AlignmentError);
    vol.nonAlignedWrites = true;
    await vol.upload(big, solid(1, [300, 300, 5]));
    expect(difference(await vol.download("..."), answer([362, 662], [362, 662], [0, 5]))).toBe("same");
  });

  test.each([1, 2])("test_cloudvolume.py::test_overwrite_partial_chunks, %s channels", async (channels) => {
    const { vol, data } = await makeLayer([128, 64, 64, channels]);
    vol.overwritePartialChunks = true;
    vol.nonAlignedWrites = false;
    const box = solid(9, [20, 30, 40, channels]);
    await expect(vol.upload("10:30,10:40,10:50", box)).rejects.toThrow(/non_aligned_writes/);
    for (const background of [3, 2, 7]) {
      vol.nonAlignedWrites = true;
      vol.backgroundColor = background;
      await vol.upload("10:30,10:40,10:50", box);
      const read = await vol.download("0:64,...");
      const inside = part(read, [10, 10, 10], [20, 30, 40]);
      expect(difference(inside, box)).toBe("same");
      expect(read.data.filter((v) => v === background)).toHaveLength(
        64 * 64 * 64 * channels - box.data.length,
      );
      expect(difference(await vol.download("64:128,..."), part(data, [64, 0, 0], [64, 64, 64]))).toBe("same");
    }
  });

  test("test_cloudvolume.py::test_autocropped_write", async () => {
    const { vol } = await makeLayer([100, 100, 100, 1], [0, 0, 0], { autocrop: true, bounded: false });
    await vol.upload("-100:200,-100:200,-100:200", solid(1, [300, 300, 300, 1]));
    expect(await all(vol, 1)).toBe(true);

    const other = randomArray(seeded(4), [100, 100, 100, 1], "uint8");
    vol.nonAlignedWrites = false;
    await vol.upload("-50:50,-50:50,-50:50", other);
    expect(difference(await vol.download("0:50,0:50,0:50"), part(other, [50, 50, 50], [50, 50, 50]))).toBe(
      "same",
    );
    await vol.upload("50:150,50:150,50:150", other);
    expect(difference(await vol.download("50:,50:,50:"), part(other, [0, 0, 0], [50, 50, 50]))).toBe("same");
    const corner = part(other, [0, 0, 0], [50, 50, 50]);
    await vol.upload("0:50,0:50,0:50", corner);
    expect(difference(await vol.download("0:50,0:50,0:50"), corner)).toBe("same");

    await vol.upload("...", 2);
    await vol.upload("100:200,100:200,100:200", solid(1, [100, 100, 100, 1]));
    expect(await all(vol, 2)).toBe(true);
  });

  test("test_cloudvolume.py::test_writer_last_chunk_smaller", async () => {
    const { vol } = await makeLayer([100, 64, 64, 1]);
    vol.info.scales[0]!.chunk_sizes = [[64, 64, 64]];
    const plan = [...planRead(vol.mipLayout(0).grid, vol.bounds.toList())];
    expect(plan.map((c) => c.shape)).toEqual([
      [64, 64, 64],
      [36, 64, 64],
    ]);
    expect(plan.map((c) => c.to[0])).toEqual([0, 64]);
  });

  test("test_cloudvolume.py::test_write_compressed_segmentation", async () => {
    const { vol, data } = await makeLayer([128, 64, 64, 1]);
    vol.info.data_type = "uint32";
    vol.scale.encoding = "compressed_segmentation";
    vol.scale.compressed_segmentation_block_size = [8, 8, 8];
    await vol.commitInfo();
    const u32 = { ...data, data: Uint32Array.from(data.data as Uint8Array), dtype: "uint32" as const };
    await vol.upload("...", u32);
    expect(difference(await vol.download("..."), u32)).toBe("same");
    vol.info.data_type = "uint64";
    await vol.commitInfo();
    const u64 = { ...data, data: BigUint64Array.from(u32.data, BigInt), dtype: "uint64" as const };
    await vol.upload("...", u64);
    expect(difference(await vol.download("..."), u64)).toBe("same");
  });

  test("test_cloudvolume.py::test_setitem_mismatch", async () => {
    const { vol } = await makeLayer([64, 64, 64, 1]);
    await expect(vol.upload("0:64,0:64,0:64", solid(0, [5, 5, 5, 1]))).rejects.toThrow(ArgumentError);
    await expect(vol.upload("...", new Uint16Array(64 ** 3))).rejects.toThrow(ArgumentError);
  });

  test("test_cloudvolume.py::test_delete", async () => {
    for (const selection of [new Bbox([0, 0, 0], [128, 64, 64]), "0:128, :, :"]) {
      const { vol, data } = await makeLayer([128, 64, 64, 1], [0, 0, 0], { fillMissing: true });
      expect([...(await vol.exists(selection)).values()]).toEqual([true, true]);
      expect(difference(await vol.download("..."), data)).toBe("same");
      await vol.delete(selection);
      expect(await all(vol, 0)).toBe(true);
      expect([...(await vol.exists(selection)).values()]).toEqual([false, false]);
    }
    const { vol } = await makeLayer([128, 64, 64, 1]);
    await expect(vol.exists("1:129, :, :")).rejects.toThrow(OutOfBoundsError);
    await expect(vol.delete("1:64, :, :")).rejects.toThrow(AlignmentError);
  });

  test.each([1, 2])("test_cloudvolume.py::test_delete_black_uploads, parallel %s", async (parallel) => {
    const { vol, path } = await makeLayer([256, 256, 256, 1]);
    const files = (): number => readdirSync(join(path, "1_1_1")).length;
    expect(files()).toBe(64);
    vol.parallel = parallel;
    vol.deleteBlackUploads = true;
    for (let times = 0; times < 2; times++) {
      await vol.upload("64:192,64:192,64:192", 0);
      expect(files()).toBe(64 - 8);
    }
    vol.backgroundColor = 1;
    await vol.upload("...", 1);
    expect(existsSync(join(path, "1_1_1")) ? files() : 0).toBe(0);
    await vol.upload("...", 0);
    expect(files()).toBe(64);
  });

  test("test_cloudvolume.py::test_transfer_lossy", async () => {
    const { vol } = await makeLayer([128, 64, 64, 1]);
    const data = new Uint8Array(128 * 64 * 64).map((_, i) => Math.floor(i / (128 * 64)));
    const img: StridedArray = { data, shape: [128, 64, 64, 1], stride: fortranStride([128, 64, 64, 1]) };
    await vol.upload("...", img);
    const root = scratchDirectory();
    const path = (name: string): string => `file://${join(root, name)}`;
    const step = (a: StridedArray, b: StridedArray): number =>
      bytesOf(a.data).reduce((most, v, i) => Math.max(most, Math.abs(v - bytesOf(b.data)[i]!)), 0);
    const filesIn = (name: string): string[] => readdirSync(join(root, name, "1_1_1")).sort();

    await vol.transferTo(path("transfer"), { encoding: "jpeg", compress: false });
    expect(filesIn("transfer")).toEqual(["0-64_0-64_0-64", "64-128_0-64_0-64"]);
    const first = await CloudVolume.open(path("transfer"));
    first.info.dont_touch_me_bro = true;
    await first.commitInfo();
    expect(step(img, await first.download())).toBeLessThan(2);
    await vol.transferTo(path("transfer"));
    expect((await first.refreshInfo()).dont_touch_me_bro).toBe(true);
    expect(step(img, await first.download())).toBeLessThan(2);

    await vol.transferTo(path("transfer2"), { encoding: "jpeg", compress: false });
    const jpeg = await CloudVolume.open(path("transfer2"));
    const before = await jpeg.download();
    expect(step(img, before)).toBeLessThan(3);
    const files = filesIn("transfer2").map((file) => readFileSync(join(root, "transfer2", "1_1_1", file)));

    expect((await jpeg.explainTransfer(path("transfer3"), { encoding: "jxl" })).how).toBe("recompressed");
    await jpeg.transferTo(path("transfer3"), { encoding: "jxl", compress: false });
    const jxl = await CloudVolume.open(path("transfer3"));
    expect(step(await jxl.download(), before)).toBeLessThanOrEqual(1);

    await jpeg.delete("...");
    await jxl.transferTo(path("transfer2"), { encoding: "jpeg", compress: false });
    expect(difference(await jpeg.download(), before)).toBe("same");
    // Not only the pixels: the files.
    for (const [i, file] of filesIn("transfer2").entries())
      expect(readFileSync(join(root, "transfer2", "1_1_1", file)).equals(files[i]!)).toBe(true);
  });

  test.each(["", null, true, false, "gzip", "br", "zstd"] as const)(
    "test_cloudvolume.py::test_compression_methods %s",
    async (compress) => {
      const vol = await CloudVolume.create(`file://${join(scratchDirectory(), "layer")}`, {
        compress,
        info: {
          ...{
            numChannels: 1,
            layerType: "image",
            dataType: "uint16",
            encoding: "raw",
            resolution: [4, 4, 40],
          },
          ...{ voxelOffset: [0, 0, 0], chunkSize: [512, 512, 16], volumeSize: [2048, 2048, 640] },
        },
      });
      const image = randomArray(seeded(5), [512, 512, 16, 1], "uint16");
      await vol.upload("0:512, 0:512, 0:16", image);
      expect(difference(await vol.download("0:512, 0:512, 0:16"), image)).toBe("same");
      expect(vol.compress ?? null).toBe(compress);
    },
  );
});
