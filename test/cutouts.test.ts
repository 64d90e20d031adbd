/** Volumes in memory, pictures, boxes block by block, and what became of each chunk. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  CloudVolume,
  codecOf,
  type DataType,
  decodeChunk,
  EmptyVolumeException,
  OutOfBoundsError,
  type TypedArray,
} from "../src/node.js";
import { memStore } from "../src/stores/mem/index.js";
import { sliceImages } from "../src/volume/slice-images.js";
import { makeLayer } from "./support/make-layer.js";
import { scratchDirectory } from "./support/scratch.js";
import { boxOf, bytesOf, difference } from "./support/voxels.js";

describe("memoryCutout", () => {
  test("of Zarr has raw chunks", async () => {
    const info = CloudVolume.createNewInfo({
      ...{ numChannels: 1, layerType: "image", dataType: "uint16", encoding: "raw", resolution: [4, 4, 40] },
      ...{ voxelOffset: [0, 0, 0], volumeSize: [40, 30, 20], chunkSize: [16, 16, 8] },
    });
    const vol = await CloudVolume.create("zarr3://mem://cutouts/zarr", { info });
    await vol.upload(
      "...",
      Uint16Array.from({ length: 24_000 }, (_, i) => i),
    );
    const copy = await vol.memoryCutout("3:20, 5:9, 7:12");
    expect(difference(await copy.download("3:20, 5:9, 7:12"), await vol.download("3:20, 5:9, 7:12"))).toBe(
      "same",
    );
    copy.release();
  });

  const labels = async (): Promise<CloudVolume> =>
    (
      await makeLayer([60, 50, 40], [5, -7, 3], {
        dtype: "uint32",
        texture: "labels",
        chunkSize: [16, 16, 16],
        encoding: "compresso",
        layerType: "segmentation",
      })
    ).vol;

  test("holds the chunks of a box, with the volume's coordinates", async () => {
    const vol = await labels();
    for (const options of [
      {},
      { encoding: "crackle" },
      { encoding: "compressed_segmentation" },
      { compress: "br" },
    ] as const) {
      const copy = await vol.memoryCutout("20:30, 0:5, 10:20", options);
      expect(copy.cloudpath).toMatch(/^mem:\/\//);
      expect(copy.encoding).toBe("encoding" in options ? options.encoding : "compresso");
      const box = "5:37, -7:9, 3:35";
      expect(difference(await copy.download(box), await vol.download(box))).toBe("same");
      await expect(copy.download("4:5, 0:1, 3:4")).rejects.toThrow(OutOfBoundsError);
      await expect(copy.download("37:38, 0:1, 3:4")).rejects.toThrow(EmptyVolumeException);
      const keys = [...(await copy.exists()).values()];
      expect(keys.filter((found) => found).length).toBe(4);
      await copy.upload("5:21, -7:9, 3:19", 9);
      expect((await vol.download("5:6, 0:1, 3:4")).data[0]).not.toBe(9);
      copy.release();
    }
  });

  const held = async (vol: CloudVolume): Promise<number> => {
    let n = 0;
    for await (const _ of memStore(vol.cloudpath).list("")) n++;
    return n;
  };

  test("is freed by release, at the end of a block, and with the last volume that refers to it", async () => {
    const vol = await labels();
    const copy = await vol.memoryCutout("20:30, 0:5, 10:20");
    expect(await held(copy)).toBe(6);
    copy.release();
    expect(await held(copy)).toBe(0);
    copy.release();
    const { path } = copy;
    expect(path).toBeDefined();
    let view: CloudVolume | undefined;
    const cloudpath = await (async () => {
      const other = await vol.memoryCutout("20:30, 0:5, 10:20");
      view = other.at(0);
      return other.cloudpath;
    })();
    const count = async (): Promise<number> => {
      let n = 0;
      for await (const _ of memStore(cloudpath).list("")) n++;
      return n;
    };
    await collected(20);
    expect(await count()).toBe(6);
    expect(view?.cloudpath).toBe(cloudpath);
    view = undefined;
    for (let i = 0; i < 200 && (await count()) > 0; i++) await collected(5);
    expect(await count()).toBe(0);
  });

  test("missing chunks are left out with fillMissing, and an error without; a failed one leaves nothing", async () => {
    const vol = await labels();
    await vol.delete("5:21, -7:9, 3:19");
    await expect(vol.memoryCutout("5:37, -7:9, 3:19")).rejects.toThrow(EmptyVolumeException);
    const copy = await vol.memoryCutout("5:37, -7:9, 3:19", { fillMissing: true });
    expect([...(await copy.exists("5:37, -7:9, 3:19")).values()]).toEqual([false, true]);
  });
});

async function collected(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    global.gc?.();
    await sleep(1);
  }
}

describe("blocks", () => {
  test("cover the box once, in bounded pieces that end at chunks' edges", async () => {
    const { vol, data } = await makeLayer([70, 60, 50], [-3, 0, 9], {
      chunkSize: [16, 16, 16],
      dtype: "uint16",
    });
    const out = new Uint16Array(70 * 60 * 50);
    const bytes = 64 << 10;
    let sum = 0;
    for await (const block of vol.blocks("...", { bytes })) {
      expect(block.data.byteLength).toBeLessThanOrEqual(bytes / 2);
      const at = block.bounds.minpt.sub(vol.bounds.minpt);
      for (const [a, edge] of at.entries()) expect(edge % 16).toBe(0 * a);
      for (let z = 0; z < block.shape[2]; z++)
        for (let y = 0; y < block.shape[1]; y++)
          for (let x = 0; x < block.shape[0]; x++)
            out[at.x + x + 70 * (at.y + y + 60 * (at.z + z))] = Number(block.get(x, y, z));
      sum += block.data.length;
    }
    expect(sum).toBe(out.length);
    expect(Buffer.compare(bytesOf(out), bytesOf(data.data))).toBe(0);
  });

  test("are read as they are asked for: one ahead, none after the loop is left", async () => {
    const { vol } = await makeLayer([64, 64, 64], [0, 0, 0], { chunkSize: [16, 16, 16] });
    const reads: string[] = [];
    const { download } = vol;
    vol.download = function counted(this: CloudVolume, ...args: Parameters<typeof download>) {
      reads.push(String(args[0]));
      return download.apply(this, args);
    } as typeof download;
    let seen = 0;
    for await (const _ of vol.blocks("...", { bytes: 16384 })) {
      await sleep(5);
      seen++;
      expect(reads.length).toBeLessThanOrEqual(seen + 1);
      if (seen === 3) break;
    }
    await sleep(20);
    expect(reads.length).toBe(4);
    reads.length = 0;
    // A budget of one block reads none ahead.
    for await (const _ of vol.blocks("...", { bytes: 4096 })) {
      expect(reads.length).toBe(1);
      break;
    }
  });

  test("take the options of download; failures and aborts come to the loop", async () => {
    const { vol } = await makeLayer([32, 32, 32], [0, 0, 0], { chunkSize: [16, 16, 16] });
    const consume = async (options: Parameters<typeof vol.blocks>[1]): Promise<number> => {
      let n = 0;
      for await (const block of vol.blocks("...", options)) n += block.dtype === "bool" ? 1 : 0;
      return n;
    };
    expect(await consume({ bytes: 8192, label: 7, recycle: true })).toBe(8);
    await vol.delete("16:32, 16:32, 16:32");
    await expect(consume({ bytes: 8192 })).rejects.toThrow(EmptyVolumeException);
    await expect(consume({ signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: "aborted" });
    await expect(consume({ bytes: 0 })).rejects.toThrow(ArgumentError);
  });
});

describe("saveImages", () => {
  test("test_cloudvolume.py::test_save_images", async () => {
    const { vol, data } = await makeLayer([50, 40, 30, 1]);
    const image = await vol.download();
    const before = process.cwd();
    const folder = scratchDirectory();
    mkdirSync(folder, { recursive: true });
    process.chdir(folder);
    try {
      const directory = await image.saveImages();
      expect(directory).toBe(
        join(process.cwd(), "saved_images", vol.datasetName, vol.layer, "0", "0-50_0-40_0-30"),
      );
      const names = readdirSync(directory).sort();
      expect(names).toEqual(Array.from({ length: 30 }, (_, z) => `${String(z).padStart(5, "0")}.png`));
      const slice = await decodeChunk("png", readFileSync(join(directory, names[7]!)), {
        shape: [50, 40, 1],
        dtype: "uint8",
      });
      expect(difference(slice, boxOf(image, [0, 0, 7, 0], [50, 40, 1, 1]))).toBe("same");
      expect(data.data.length).toBe(60_000);
    } finally {
      process.chdir(before);
    }
  });

  test("channels, axes, jpeg", async () => {
    const { vol } = await makeLayer([12, 10, 8, 3], [0, 0, 0], { texture: "smooth" });
    const image = await vol.download();
    const directory = await image.saveImages({ directory: scratchDirectory(), axis: "x" });
    expect(readdirSync(directory).length).toBe(36);
    const png = readFileSync(join(directory, "2-00011.png"));
    const slice = await decodeChunk("png", png, { shape: [8, 10, 1], dtype: "uint8" });
    for (const [z, y] of [
      [0, 0],
      [5, 3],
      [7, 9],
    ] as const)
      expect(slice.data[z + 8 * y]).toBe(image.get(11, y, z, 2));
    const one = await image.saveImages({
      directory: scratchDirectory(),
      axis: "y",
      channel: 1,
      format: "jpeg",
    });
    expect(readdirSync(one).sort()[0]).toBe("00000.jpeg");
    const jpeg = await codecOf("jpeg").decode(readFileSync(join(one, "00004.jpeg")), {
      shape: [8, 12, 1],
      dtype: "uint8",
    });
    expect(Math.abs(Number(jpeg.data[3 + 8 * 5]) - Number(image.get(5, 4, 3, 1)))).toBeLessThan(20);
    await expect(image.saveImages({ channel: 3 })).rejects.toThrow(ArgumentError);
    await expect(image.saveImages({ axis: "c" as "x" })).rejects.toThrow(ArgumentError);
    await expect(image.saveImages({ format: "gif" as "png" })).rejects.toThrow(ArgumentError);
  });

  test("what the values of each type become", () => {
    const picture = (data: TypedArray, dtype: DataType, options = {}): number[][] => {
      const array = { data, shape: [2, 1, 2, 1], stride: [1, 2, 2, 4], dtype };
      return [...sliceImages(array, options)].map(({ pixels }) => [...pixels.data]);
    };
    expect(picture(Uint8Array.of(0, 1, 1, 0), "bool")).toEqual([
      [0, 255],
      [255, 0],
    ]);
    expect(picture(Uint16Array.of(0, 65535, 7, 9), "uint16")).toEqual([
      [0, 65535],
      [7, 9],
    ]);
    const floats = Float32Array.of(-1, 1, 3, Number.POSITIVE_INFINITY);
    expect(picture(floats, "float32")).toEqual([
      [0, 127],
      [255, 63],
    ]);
    expect(picture(floats, "float32", { globalNorm: false })).toEqual([
      [0, 255],
      [255, 0],
    ]);
    expect(picture(Float32Array.of(2, 2, 2, Number.NaN), "float32", { globalNorm: false })[0]).toEqual([
      0, 0,
    ]);
    expect(picture(BigUint64Array.of(0x0a0b0c0d0e0f1011n, 5n, 0n, 1n), "uint64")[0]).toEqual([
      0x11, 5, 0x10, 0, 0x0f, 0, 255, 255,
    ]);
  });
});

describe("status", () => {
  test("tells present, missing and failed chunks apart, and reads what can be read", async () => {
    const { vol, data, path } = await makeLayer([48, 16, 16], [0, 0, 0], { chunkSize: [16, 16, 16] });
    await vol.delete("0:16, :, :");
    writeFileSync(join(path, "1_1_1/16-32_0-16_0-16.gz"), "damaged");
    expect([...(await vol.status()).values()]).toEqual(["missing", "present", "present"]);
    const status = new Map();
    vol.backgroundColor = 5;
    const { data: voxels } = await vol.download("1:48, 2:16, 3:16", { status });
    expect([...status]).toEqual([
      ["1_1_1/0-16_0-16_0-16", "missing"],
      ["1_1_1/16-32_0-16_0-16", "failed"],
      ["1_1_1/32-48_0-16_0-16", "present"],
    ]);
    const wanted = boxOf(
      { ...data, shape: [48, 16, 16, 1], stride: [1, 48, 768, 12288] },
      [1, 2, 3, 0],
      [47, 14, 13, 1],
    );
    expect([...voxels]).toEqual(Array.from(wanted.data as Uint8Array, (v, i) => (i % 47 < 31 ? 5 : v)));
    await expect(vol.download("...", { status, signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: "aborted",
    });
    await expect(vol.download("...", { status, label: 1 })).rejects.toThrow(ArgumentError);
  });
});

describe("fromCrackle", () => {
  test.each(["uint8", "uint16", "uint32", "uint64"] as const)("%s", async (dtype) => {
    const { vol } = await makeLayer([40, 30, 20], [0, 0, 0], {
      dtype,
      texture: "labels",
      layerType: "segmentation",
    });
    const { bytes } = await vol.download("...", { crackle: true });
    const copy = await CloudVolume.fromCrackle(bytes, {
      chunkSize: [16, 16, 6],
      voxelOffset: [1, -2, 3],
      resolution: [4, 4, 40],
    });
    expect(copy.bounds.toList()).toEqual([1, -2, 3, 41, 28, 23]);
    expect(copy.dtype).toBe(dtype);
    expect(copy.layerType).toBe("segmentation");
    expect(Buffer.compare(bytesOf((await copy.download()).data), bytesOf((await vol.download()).data))).toBe(
      0,
    );
    await expect(CloudVolume.fromCrackle(bytes.subarray(1))).rejects.toMatchObject({ name: "DecodingError" });
    await expect(CloudVolume.fromCrackle(bytes.subarray(0, -1))).rejects.toMatchObject({
      name: "DecodingError",
    });
  });
});
