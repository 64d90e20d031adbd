/** Cut-outs in shared memory, and from it. */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  AlignmentError,
  ArgumentError,
  CloudVolume,
  SharedMemoryAllocationError,
  SharedMemoryReadError,
} from "../src/node.js";
import { leaveOut } from "./support/left-out.js";
import { makeLayer } from "./support/make-layer.js";
import { bytesOf } from "./support/voxels.js";

const shared = existsSync("/dev/shm");
if (!shared) leaveOut("POSIX shared memory", "no /dev/shm on this machine");

describe.runIf(shared)("shared memory", () => {
  test("test_sharedmemory.py::test_ndarray_sh", async () => {
    const { vol, data } = await makeLayer([32, 32, 32], [0, 0, 0], { chunkSize: [16, 16, 16] });
    const location = vol.generateSharedMemoryLocation();
    expect(location).not.toBe(vol.generateSharedMemoryLocation());
    expect(await vol.unlinkSharedMemory(location)).toBe(false);
    await expect(vol.uploadFromSharedMemory(location, vol.bounds)).rejects.toThrow(SharedMemoryReadError);
    const stored = await vol.downloadToSharedMemory("...", { location });
    expect(stored).toMatchObject({ location, path: `/dev/shm/${location}`, shape: [32, 32, 32, 1] });
    expect(Buffer.compare(readFileSync(stored.path), bytesOf(data.data))).toBe(0);
    expect(statSync(stored.path).size).toBe(32 ** 3);
    await expect(vol.uploadFromSharedMemory(location, "0:16, :, :")).rejects.toThrow(SharedMemoryReadError);
    await vol.upload("...", 0);
    await vol.uploadFromSharedMemory(location, vol.bounds);
    expect(Buffer.compare(bytesOf((await vol.download()).data), bytesOf(data.data))).toBe(0);
    // Memory that is there is written in place, and cut to its new size.
    const { ino } = statSync(stored.path);
    await vol.downloadToSharedMemory("0:8, 0:8, 0:8", { location });
    expect(statSync(stored.path)).toMatchObject({ ino, size: 512 });
    expect(await vol.unlinkSharedMemory(location)).toBe(true);
    expect(await vol.unlinkSharedMemory(location)).toBe(false);
    expect(existsSync(stored.path)).toBe(false);
  });

  test("more than there is is refused, and leaves nothing", async () => {
    const vol = await CloudVolume.create("mem://shm/huge", {
      info: {
        ...{ layerType: "image", dataType: "uint8", numChannels: 1, encoding: "raw" },
        ...{
          resolution: [1, 1, 1],
          voxelOffset: [0, 0, 0],
          volumeSize: [2 ** 20, 2 ** 20, 2 ** 10],
          chunkSize: [512, 512, 512],
        },
      },
      fillMissing: true,
    });
    await expect(vol.downloadToSharedMemory()).rejects.toThrow(SharedMemoryAllocationError);
    expect(existsSync(`/dev/shm/${vol.sharedMemoryId}`)).toBe(false);
    for (const location of ["", "a/b", "..", "a\0b"])
      await expect(vol.downloadToSharedMemory("0:1, 0:1, 0:1", { location })).rejects.toThrow(ArgumentError);
  });

  test("the default location is the volume's own, and can be set", async () => {
    const { vol } = await makeLayer([8, 8, 8]);
    expect(vol.sharedMemoryId).toBe(vol.sharedMemoryId);
    expect(vol.sharedMemoryId).not.toBe(vol.at(0).sharedMemoryId);
    vol.sharedMemoryId = vol.generateSharedMemoryLocation();
    const { location } = await vol.downloadToSharedMemory();
    expect(location).toBe(vol.sharedMemoryId);
    expect(await vol.unlinkSharedMemory()).toBe(true);
  });

  test("test_cloudvolume.py::test_parallel_shared_memory_write", async () => {
    const { vol } = await makeLayer([256, 256, 128, 1]);
    const location = vol.generateSharedMemoryLocation();
    const path = `/dev/shm/${location}`;
    const all = new Uint8Array(256 * 256 * 128);
    const whole = "0:256, 0:256, 0:128";
    const every = async (box: string, value: number): Promise<boolean> =>
      (await vol.download(box)).data.every((v) => v === value);
    try {
      for (const parallel of [1, 2]) {
        writeFileSync(path, all.fill(parallel));
        await vol.uploadFromSharedMemory(location, whole, { parallel });
        expect(await every(whole, parallel)).toBe(true);
      }
      writeFileSync(path, all.fill(3, 0, 256 * 256 * 64));
      await vol.uploadFromSharedMemory(location, whole, { cutoutBbox: "0:256, 0:256, 0:64" });
      expect(await every(":, :, :64", 3)).toBe(true);
      expect(await every(":, :, 64:", 2)).toBe(true);
      writeFileSync(path, all.fill(4, 0, 256 * 256 * 69));
      vol.autocrop = true;
      await vol.uploadFromSharedMemory(location, "-5:251, -5:251, -5:123", {
        cutoutBbox: "-5:128, -5:128, -5:64",
      });
      expect(await every(":128, :128, :63", 4)).toBe(true);
      expect(await every("128:, 128:, :64", 3)).toBe(true);
      expect(await every(":, :, 64:128", 2)).toBe(true);
      await vol
        .uploadFromSharedMemory(location, "0:256, 0:256, 0:128", { cutoutBbox: "300:301, 0:1, 0:1" })
        .then(
          () => expect.unreachable(),
          (error) => expect(error).toBeInstanceOf(AlignmentError),
        );
      all.fill(0);
      for (let x = 0; x < 256; x++) all[x] = 1; // Fortran: along x. In C order that is along z.
      writeFileSync(path, all);
      await vol.uploadFromSharedMemory(location, whole, { order: "C" });
      expect(await every("0, 0:2, :", 1)).toBe(true);
      expect(await every("1, 0, :", 0)).toBe(true);
    } finally {
      await vol.unlinkSharedMemory(location);
    }
  });
});
