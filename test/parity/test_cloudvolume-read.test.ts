/** The assertions of CloudVolume's test_cloudvolume.py about reading, each under its name there. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mipRatio } from "../../src/formats/precomputed/mip-coordinates.js";
import {
  ArgumentError,
  Bbox,
  CloudVolume,
  EmptyVolumeException,
  OutOfBoundsError,
  ScaleUnavailableError,
  type StridedArray,
} from "../../src/node.js";
import { makeLayer } from "../support/make-layer.js";
import { randomArray, seeded } from "../support/random.js";
import { scratchDirectory } from "../support/scratch.js";
import { boxOf, difference } from "../support/voxels.js";

const part = (data: StridedArray, at: readonly number[], size: readonly number[], step?: readonly number[]) =>
  boxOf(data, [...at, 0], [...size, data.shape[3]!], step);

const mean = ({ data }: StridedArray): number =>
  Array.from(data as Uint8Array).reduce((s, v) => s + v, 0) / data.length;

function expectEqual(read: StridedArray, truth: StridedArray, encoding = "raw"): void {
  expect(read.shape).toEqual(truth.shape);
  if (encoding === "raw") expect(difference(read, truth)).toBe("same");
  else expect(Math.abs(mean(read) - mean(truth))).toBeLessThan(1);
}

/** A layer with an info and no chunks. */
async function emptyLayer(volumeSize: number[], chunkSize: number[]): Promise<string> {
  const path = `file://${join(scratchDirectory(), "empty")}`;
  await CloudVolume.create(path, {
    info: {
      ...{ numChannels: 1, layerType: "image", dataType: "uint8", encoding: "raw", mesh: "mesh" },
      ...{ resolution: [1, 1, 1], voxelOffset: [0, 0, 0], volumeSize, chunkSize },
    },
  });
  return path;
}

describe("test_cloudvolume.py", () => {
  test.each([
    ["uint8", [128, 128, 128]],
    ["float32", [128, 128, 128, 3]],
  ] as const)("test_cloudvolume.py::test_from_numpy %s", async (dtype, shape) => {
    const array = randomArray(seeded(1), shape, dtype);
    const vol = await CloudVolume.fromArray(array, { maxMip: 1 });
    const read = await vol.download("...");
    expect(difference({ ...read, shape: [...shape] }, array)).toBe("same");
    expect(vol.availableMips).toEqual([0, 1]);
    expect(await vol.image.hasData(1)).toBe(false);
  });

  test("test_cloudvolume.py::test_fill_missing", async () => {
    const path = await emptyLayer([128, 128, 64], [64, 64, 64]);
    const vol = await CloudVolume.open(path, { fillMissing: true });
    for (let times = 0; times < 2; times++) {
      const { data } = await vol.download("...");
      expect(data.length).toBe(128 * 128 * 64);
      expect(data.every((v) => v === 0)).toBe(true);
    }
    await expect((await CloudVolume.open(path)).download("...")).rejects.toThrow(EmptyVolumeException);
  });

  test("test_cloudvolume.py::test_background_color", async () => {
    const path = await emptyLayer([128, 128, 1], [64, 64, 1]);
    for (const backgroundColor of [1, 1.0]) {
      const vol = await CloudVolume.open(path, { backgroundColor, fillMissing: true });
      expect((await vol.download("...")).data.every((v) => v === 1)).toBe(true);
      vol.bounded = false;
      for (const parallel of [1, 2]) {
        const { data, shape } = await vol.download("0:129, 0:129, 0:1", { parallel });
        expect(shape).toEqual([129, 129, 1, 1]);
        expect(data.every((v) => v === 1)).toBe(true);
      }
    }
    const floats = await CloudVolume.create(`file://${join(scratchDirectory(), "nan")}`, {
      info: { ...(await CloudVolume.open(path)).info, data_type: "float32" },
      ...{ backgroundColor: Number.NaN, fillMissing: true },
    });
    expect((await floats.download("...")).data.every((v) => Number.isNaN(v))).toBe(true);
  });

  test("test_cloudvolume.py::test_has_data", async () => {
    const { vol } = await makeLayer([50, 50, 50, 1]);
    vol.addScale([2, 2, 1]);
    expect(await vol.image.hasData(0)).toBe(true);
    expect(await vol.image.hasData(1)).toBe(false);
    expect(await vol.image.hasData([1, 1, 1])).toBe(true);
    expect(await vol.image.hasData([2, 2, 1])).toBe(false);
    await expect(vol.image.hasData(2)).rejects.toThrow(ScaleUnavailableError);
  });

  test.each([
    ["raw", false],
    ["raw", true],
    ["jpeg", false],
    ["jpeg", true],
  ] as const)(
    "test_cloudvolume.py::test_aligned_read %s, greenThreads %s",
    async (encoding, greenThreads) => {
      const small = await makeLayer([50, 50, 50, 1], [0, 0, 0], { encoding, greenThreads });
      expectEqual(await small.vol.download("0:50,0:50,0:50"), small.data, encoding);

      const two = await makeLayer([128, 64, 64, 1], [0, 0, 0], { encoding, greenThreads });
      expectEqual(
        await two.vol.download("0:64,0:64,0:64"),
        part(two.data, [0, 0, 0], [64, 64, 64]),
        encoding,
      );

      const { vol, data } = await makeLayer([128, 64, 64, 1], [10, 20, 0], { encoding, greenThreads });
      expectEqual(await vol.download("10:74,20:84,0:64"), part(data, [0, 0, 0], [64, 64, 64]), encoding);
      expectEqual(await vol.download("74:138,20:84,0:64"), part(data, [64, 0, 0], [64, 64, 64]), encoding);
      expect((await vol.download([25, 25, 25])).shape).toEqual([1, 1, 1, 1]);
    },
  );

  test("test_cloudvolume.py::test_bbox_read", async () => {
    const { vol, data } = await makeLayer([50, 50, 50, 1]);
    const read = await vol.download(new Bbox([0, 1, 2], [48, 49, 50]));
    expect(read.shape).toEqual([48, 48, 48, 1]);
    expectEqual(read, part(data, [0, 1, 2], [48, 48, 48]));
  });

  test("test_cloudvolume.py::test_number_type_read", async () => {
    const { vol, data } = await makeLayer([50, 50, 50, 1]);
    for (const x of [5, 5.0, 5.9, 5n]) {
      const read = await vol.download([x, x, x]);
      expect(read.shape).toEqual([1, 1, 1, 1]);
      expect(read.data[0]).toBe(part(data, [5, 5, 5], [1, 1, 1]).data[0]);
    }
  });

  test("test_cloudvolume.py::test_ellipsis_read", async () => {
    const { vol, data } = await makeLayer([50, 50, 50, 1]);
    expectEqual(await vol.download("..."), data);
    expectEqual(await vol.download("5:10, ..."), part(data, [5, 0, 0], [5, 50, 50]));
    expectEqual(await vol.download("5:10, 7, 8, ..."), part(data, [5, 7, 8], [5, 1, 1]));
    expectEqual(await vol.download([[5, 10], "...", 8, 0]), part(data, [5, 0, 8], [5, 50, 1]));
    await expect(vol.download("..., 5, ..., 0")).rejects.toThrow(ArgumentError);
  });

  test("test_cloudvolume.py::test_parallel_read", async () => {
    const { vol, data } = await makeLayer([300, 260, 50, 1]);
    const one = await vol.download("...", { parallel: 1 });
    expectEqual(one, data);
    for (const parallel of [2, true]) expectEqual(await vol.download("...", { parallel }), one);
    vol.parallel = 2;
    expectEqual(await vol.download("..., 0:1"), one);
  });

  test("test_cloudvolume.py::test_non_aligned_read", async () => {
    const wide = await makeLayer([128, 64, 64, 1]);
    expectEqual(await wide.vol.download("31:65,0:64,0:64"), part(wide.data, [31, 0, 0], [34, 64, 64]));

    const { vol, data } = await makeLayer([64, 64, 64, 1]);
    expectEqual(await vol.download("22:23,22:23,22:23"), part(data, [22, 22, 22], [1, 1, 1]));
    expectEqual(await vol.download("::2,::2,::2,:"), part(data, [0, 0, 0], [64, 64, 64], [2, 2, 2, 1]));

    const far = await makeLayer([256, 256, 64, 1], [3, 7, 11]);
    const read = await far.vol.download("22:77:2, 22:197:3, 22:32");
    expect(read.shape).toEqual([28, 59, 10, 1]);
    expectEqual(read, part(far.data, [19, 15, 11], [55, 175, 10], [2, 3, 1, 1]));
  });

  test("test_cloudvolume.py::test_autocropped_read", async () => {
    const { vol, data } = await makeLayer([50, 50, 50, 1], [0, 0, 0], { autocrop: true, bounded: false });
    expectEqual(await vol.download("-25:25,-25:25,-25:25"), part(data, [0, 0, 0], [25, 25, 25]));
    expectEqual(await vol.download("40:60,40:60,40:60"), part(data, [40, 40, 40], [10, 10, 10]));
    expectEqual(await vol.download("-100:100,-100:100,-100:100"), data);
    expectEqual(await vol.download("10:20,10:20,10:20"), part(data, [10, 10, 10], [10, 10, 10]));
    await expect(vol.download("100:120,100:120,100:120")).rejects.toThrow(ArgumentError);
  });

  test("test_cloudvolume.py::test_negative_coords_upload_download", async () => {
    const { vol, data } = await makeLayer([128, 64, 64, 1], [-64, -64, -64]);
    expectEqual(await vol.download("-64:64, -64:0, -64:0"), data);
  });

  test("test_cloudvolume.py::test_bounds", async () => {
    const { vol, data } = await makeLayer([128, 64, 64, 1], [100, 100, 100]);
    for (const beyond of ["0:,0:,0:,:", "100:229,100:165,100:165,0", "99:228,100:164,100:164,0"])
      await expect(vol.download(beyond)).rejects.toThrow(OutOfBoundsError);
    expectEqual(await vol.download("100:228,100:164,100:164,0"), data);
    vol.bounded = false;
    const wide = await vol.download("0:,0:,0:,:");
    expect(wide.shape).toEqual([228, 164, 164, 1]);
    expectEqual(part(wide, [100, 100, 100], [128, 64, 64]), data);
    const sum = (d: StridedArray): number => Array.from(d.data as Uint8Array).reduce((s, v) => s + v, 0);
    expect(sum(wide)).toBe(sum(data));
    wide.data.fill(0 as never);
    expect(sum(wide)).toBe(0);
  });

  test("test_cloudvolume.py::test_pickling, as a hand-off to another thread", async () => {
    const { vol, data } = await makeLayer([128, 64, 64, 1], [0, 0, 0], { fillMissing: true });
    vol.addScale([2, 2, 1]);
    vol.mip = 1;
    const other = await CloudVolume.fromHandoff(structuredClone(vol.handoff()));
    expect(other.cloudpath).toBe(vol.cloudpath);
    expect(other.mip).toBe(1);
    expect(other.fillMissing).toBe(true);
    expectEqual(await other.download("...", { mip: 0 }), data);
  });

  test("test_cloudvolume.py::test_multiprocess, as refreshes at once", async () => {
    const { vol } = await makeLayer([128, 64, 64, 1]);
    await vol.commitInfo();
    const infos = await Promise.all([1, 2, 3, 4, 5].map(() => vol.refreshInfo()));
    for (const info of infos) expect(info).toEqual(vol.info);
  });

  test("test_cloudvolume.py::test_exists", async () => {
    for (const selection of [new Bbox([0, 0, 0], [128, 64, 64]), "0:128, :, :"]) {
      const { vol, data, path } = await makeLayer([128, 64, 64, 1], [0, 0, 0], { fillMissing: true });
      const both = { "1_1_1/0-64_0-64_0-64": true, "1_1_1/64-128_0-64_0-64": true };
      expect(Object.fromEntries(await vol.exists(selection))).toEqual(both);
      rmSync(join(path, vol.key, "64-128_0-64_0-64.gz"));
      expect(Object.fromEntries(await vol.exists(selection))).toEqual({
        ...both,
        "1_1_1/64-128_0-64_0-64": false,
      });
      expect(difference(await vol.download("..."), data)).not.toBe("same");
    }
    const { vol } = await makeLayer([128, 64, 64, 1]);
    await expect(vol.exists("1:129, :, :")).rejects.toThrow(OutOfBoundsError);
  });

  test("test_cloudvolume.py::test_bbox_to_mip", async () => {
    const scales = [0, 1, 2, 3].map((n) => {
      const factor = 2 ** n;
      const resolution = [4 * factor, 4 * factor, 40];
      return {
        ...{ chunk_sizes: [[64, 64, 1]], encoding: "raw", key: resolution.join("_"), resolution },
        ...{ size: [1024 / factor, 1024 / factor, 32], voxel_offset: [Math.floor(35 / factor), 0, 1] },
      };
    });
    const info = { data_type: "uint8", mesh: "", num_channels: 1, scales, type: "image" } as never;
    const vol = await CloudVolume.open("file:///nowhere/bbox_to_mip", { info });
    expect([...vol.bboxToMip(new Bbox([35, 0, 1], [1024, 1024, 32]), 0, 3).minpt]).toEqual([4, 0, 1]);
    const coarse = new Bbox([4, 0, 1], [128, 128, 32]);
    expect([...vol.bboxToMip(coarse, 3, 0).minpt]).toEqual([32, 0, 1]);
    expect(vol.bboxToMip(coarse, 0, 0).equals(coarse)).toBe(true);
    expect(mipRatio(vol.info, 3, 0)).toEqual([8, 8, 1]);
  });

  test("test_cloudvolume.py::test_slices_from_global_coords, test_slices_to_global_coords", async () => {
    const { vol } = await makeLayer([1024, 1024, 5, 1], [7, 0, 0]);
    const scale = structuredClone(vol.info.scales[0]!);
    vol.info.scales.push({
      ...scale,
      ...{ voxel_offset: [3, 0, 0], volume_size: [512, 512, 5], resolution: [2, 2, 1], key: "2_2_1" },
    });
    await vol.commitInfo();
    expect(vol.availableMips).toHaveLength(2);
    const box = new Bbox([100, 100, 1], [500, 512, 2]);
    const list = (b: Bbox): number[] => [...b.toList()];
    vol.mip = 1;
    expect(list(vol.slicesFromGlobalCoords(box))).toEqual([50, 50, 1, 250, 256, 2]);
    expect(list(vol.slicesToGlobalCoords(box))).toEqual([200, 200, 1, 1000, 1024, 2]);
    vol.mip = 0;
    expect(list(vol.slicesFromGlobalCoords(box))).toEqual([100, 100, 1, 500, 512, 2]);
    expect(list(vol.slicesToGlobalCoords(box))).toEqual([100, 100, 1, 500, 512, 2]);
    expect(list(vol.slicesFromGlobalCoords(":,:,:"))).toEqual([7, 0, 0, 1031, 1024, 5]);
  });

  test.each([false, true])(
    "test_cloudvolume.py::test_threaded_exceptions, greenThreads %s",
    async (greenThreads) => {
      const scale = {
        ...{ chunk_sizes: [[1024, 1024, 1]], encoding: "raw", key: "4_4_40", resolution: [4, 4, 40] },
        ...{ size: [1024, 1024, 3], voxel_offset: [0, 0, 0] },
      };
      const info = { type: "image", data_type: "float32", num_channels: 1, scales: [scale] } as never;
      const path = `file://${join(scratchDirectory(), "green_exceptions")}`;
      const vol = await CloudVolume.open(path, { info, greenThreads });
      await expect(vol.download("...")).rejects.toThrow(EmptyVolumeException);
    },
  );
});
