/** Cut-outs in files: chunks as they are stored, and voxels. */
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  AlignmentError,
  Bbox,
  CloudVolume,
  decodeChunk,
  EmptyVolumeException,
  encodeChunk,
  OutOfBoundsError,
  SharedMemoryReadError,
  StorageError,
} from "../src/node.js";
import { makeLayer } from "./support/make-layer.js";
import { randomArray, seeded } from "./support/random.js";
import { scratchDirectory } from "./support/scratch.js";
import { boxOf, bytesOf, difference } from "./support/voxels.js";

describe("downloadFiles", () => {
  test("test_cloudvolume.py::test_download_files", async () => {
    const { vol, data } = await makeLayer([50, 50, 50, 1]);
    const files = await vol.downloadFiles(vol.bounds);
    expect([...files.keys()]).toEqual(["1_1_1/0-50_0-50_0-50"]);
    const chunk = files.get("1_1_1/0-50_0-50_0-50")!;
    const read = await decodeChunk("raw", chunk, { shape: [50, 50, 50], dtype: "uint8" });
    expect(difference(read, data)).toBe("same");
    expect(chunk).toEqual(await encodeChunk("raw", data));
    expect((await vol.downloadFiles(vol.bounds, { cacheOnly: true })).size).toBe(0);
  });

  test("decompress: false gives the stored bytes", async () => {
    const { vol, path } = await makeLayer([50, 50, 50, 1]);
    const [[key, bytes]] = [...(await vol.downloadFiles("...", { decompress: false }))] as [
      [string, Uint8Array],
    ];
    expect(Buffer.compare(bytes, readFileSync(join(path, `${key}.gz`)))).toBe(0);
    const plain = (await vol.downloadFiles()).get(key)!;
    expect(Buffer.compare(gunzipSync(bytes), plain)).toBe(0);
  });

  test("missing chunks", async () => {
    const { vol } = await makeLayer([50, 50, 50], [0, 0, 0], { chunkSize: [25, 50, 50] });
    await vol.delete("0:25, :, :");
    await expect(vol.downloadFiles()).rejects.toThrow(EmptyVolumeException);
    expect([...(await vol.downloadFiles("...", { fillMissing: true })).keys()]).toEqual([
      "1_1_1/25-50_0-50_0-50",
    ]);
    await expect(vol.downloadFiles("0:51, :, :")).rejects.toThrow(OutOfBoundsError);
  });
});

describe("files of voxels", () => {
  test("test_cloudvolume.py::test_download_upload_file", async () => {
    const { vol, data, path } = await makeLayer([50, 50, 50, 1]);
    const file = join(path, "..", "voxels");
    const stored = await vol.downloadToFile(file, vol.bounds);
    expect(stored).toMatchObject({ path: file, dtype: "uint8", shape: [50, 50, 50, 1], order: "F" });
    expect(Buffer.compare(readFileSync(file), bytesOf(data.data))).toBe(0);
    const other = await CloudVolume.create(`file://${join(path, "..", "other")}`, { info: vol.info });
    await other.uploadFromFile(file, vol.bounds);
    expect(difference(await other.download(), await vol.download())).toBe("same");
  });

  test.each(["F", "C"] as const)("parts of an array in %s order, several channels", async (order) => {
    const array = randomArray(seeded(3), [40, 30, 20, 2], "uint16");
    const folder = scratchDirectory();
    const vol = await CloudVolume.fromArray(array, {
      chunkSize: [8, 10, 5],
      voxelOffset: [-16, 0, 5],
      path: `file://${join(folder, "layer")}`,
    });
    const file = join(folder, "array");
    const box = new Bbox([-8, 3, 6], [13, 28, 25]);
    const part = boxOf(array, [8, 3, 1, 0], [21, 25, 19, 2]);
    await vol.downloadToFile(file, box);
    expect(Buffer.compare(readFileSync(file), bytesOf(part.data))).toBe(0);
    const bytes = order === "F" ? bytesOf(part.data) : bytesOf(cOrder(part.data as Uint16Array, part.shape));
    writeFileSync(file, bytes);
    const target = await CloudVolume.fromArray(randomArray(seeded(4), [40, 30, 20, 2], "uint16"), {
      chunkSize: [8, 10, 5],
      voxelOffset: [-16, 0, 5],
    });
    const before = await target.download();
    await target.uploadFromFile(file, box, { order, cutoutBbox: "-8:8, 10:20, 10:25" });
    expect(
      difference(await target.download("-8:8, 10:20, 10:25"), await vol.download("-8:8, 10:20, 10:25")),
    ).toBe("same");
    expect(
      difference(await target.download("8:24, :, :"), boxOf(before, [24, 0, 0, 0], [16, 30, 20, 2])),
    ).toBe("same");
    await expect(target.uploadFromFile(file, box, { order })).rejects.toThrow(AlignmentError);
    target.nonAlignedWrites = true;
    await target.uploadFromFile(file, box, { order });
    expect(difference(await target.download(box), part)).toBe("same");
  });

  test("a file that is missing, too short, or stays when a read fails", async () => {
    const { vol, path } = await makeLayer([32, 32, 32], [0, 0, 0], { chunkSize: [16, 16, 16] });
    const file = join(path, "..", "voxels");
    await expect(vol.uploadFromFile(file, vol.bounds)).rejects.toThrow(SharedMemoryReadError);
    await vol.downloadToFile(file);
    truncateSync(file, 32 * 32 * 32 - 1);
    await expect(vol.uploadFromFile(file, vol.bounds)).rejects.toThrow(/32767 bytes/);
    await vol.delete("0:16, 0:16, 16:32");
    await expect(vol.downloadToFile(file)).rejects.toThrow(EmptyVolumeException);
    expect(statSync(file).size).toBe(32767);
    expect(readdirSync(join(path, "..")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    await expect(vol.downloadToFile(join(path, "none", "there"))).rejects.toThrow(StorageError);
    await expect(vol.uploadFromFile(file, vol.bounds, { cutoutBbox: "0:64, :, :" })).rejects.toThrow(
      AlignmentError,
    );
  });
});

function cOrder(data: Uint16Array, shape: readonly number[]): Uint16Array {
  const [sx = 0, sy = 0, sz = 0, sc = 0] = shape;
  const out = new Uint16Array(data.length);
  let to = 0;
  for (let x = 0; x < sx; x++)
    for (let y = 0; y < sy; y++)
      for (let z = 0; z < sz; z++)
        for (let c = 0; c < sc; c++) out[to++] = data[x + sx * (y + sy * (z + sz * c))]!;
  return out;
}
