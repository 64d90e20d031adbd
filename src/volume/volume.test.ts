import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeLayer } from "../../test/support/make-layer.js";
import { randomArray, seeded } from "../../test/support/random.js";
import { scratchDirectory } from "../../test/support/scratch.js";
import { boxOf, difference } from "../../test/support/voxels.js";
import { cStride, type StridedArray } from "../base/strided.js";
import { ArgumentError, CloudVolume, EmptyVolumeException, type Progress } from "../node.js";

/** Large enough for workers: 160 chunks, 20 MB. */
const LARGE = { size: [320, 256, 128], chunkSize: [40, 64, 32], dtype: "uint16" } as const;

async function large(): ReturnType<typeof makeLayer> {
  return await makeLayer(LARGE.size, [-7, 3, 0], { ...LARGE, texture: "labels" });
}

describe("out", () => {
  test("an ordinary array is filled, and is the result", async () => {
    const { vol, data } = await large();
    const out = new Uint16Array(data.data.length);
    const cutout = await vol.download("...", { out });
    expect(cutout.data).toBe(out);
    expect(difference(cutout, four(data))).toBe("same");
  });

  test("an earlier result is filled again in place", async () => {
    const { vol, data } = await large();
    const first = await vol.download();
    expect(first.data.buffer).toBeInstanceOf(SharedArrayBuffer);
    first.data.fill(0 as never);
    const again = await vol.download("...", { out: first });
    expect(again.data).toBe(first.data);
    expect(difference(again, four(data))).toBe("same");
  });

  test("a small read fills it too, also with steps", async () => {
    const { vol, data } = await large();
    const out = new Uint16Array(5 * 3 * 2);
    await vol.download("0:10:2, 10:13, 4:6", { out });
    const truth = boxOf(four(data), [7, 7, 4, 0], [10, 3, 2, 1], [2, 1, 1, 1]);
    expect([...out]).toEqual([...truth.data]);
  });

  test("one of another type, size or order is refused", async () => {
    const { vol } = await large();
    const n = 4 * 4 * 4;
    const box = "0:4, 3:7, 0:4";
    await expect(vol.download(box, { out: new Uint8Array(n) })).rejects.toThrow(ArgumentError);
    await expect(vol.download(box, { out: new Uint16Array(n - 1) })).rejects.toThrow(/64 voxels/);
    const c = { data: new Uint16Array(n), shape: [4, 4, 4, 1], stride: cStride([4, 4, 4, 1]) };
    await expect(vol.download(box, { out: c })).rejects.toThrow(/strides/);
  });
});

describe("the memory of large results", () => {
  test("returns by release, and is used by the next read", async () => {
    const { vol, data } = await large();
    const first = await vol.download();
    const { buffer } = first.data;
    first.release();
    first.release();
    const second = await vol.download();
    expect(second.data.buffer.byteLength).toBe(buffer.byteLength);
    const third = await vol.download();
    expect(difference(second, four(data))).toBe("same");
    expect(difference(third, four(data))).toBe("same");
  });

  test("is never shared by two results that live", async () => {
    const { vol, data } = await large();
    const results = await Promise.all(Array.from({ length: 4 }, () => vol.download()));
    results.forEach((r, i) => {
      r.data.fill(i as never);
    });
    results.forEach((r, i) => {
      expect(r.data.every((v) => v === i)).toBe(true);
    });
    expect(difference(await vol.download(), four(data))).toBe("same");
  });

  test("is kept out of recycling by keep", async () => {
    const { vol, data } = await large();
    const kept = (await vol.download()).keep();
    kept.release();
    const next = await vol.download();
    next.data.fill(1 as never);
    expect(difference(kept, four(data))).toBe("same");
  });

  test("small results are ordinary arrays", async () => {
    const { vol } = await large();
    expect((await vol.download("0:60, 3:80, 0:40")).data.buffer).toBeInstanceOf(ArrayBuffer);
  });
});

describe("who reads does not matter", () => {
  test("this thread, workers, or files read without blocking", async () => {
    const { vol, data } = await large();
    for (const box of ["...", "0:60, 3:80, 5:40", "5, 6, 7", "0:300:3, 3:200, 0:100"]) {
      const results = await Promise.all([
        vol.download(box, { parallel: 1 }),
        vol.download(box, { parallel: 2 }),
        vol.download(box, { asyncIo: true }),
      ]);
      for (const r of results) expect(difference(r, results[0] as StridedArray)).toBe("same");
    }
    expect(difference(await vol.download(), four(data))).toBe("same");
  });

  test("nor whether workers can open the store", async () => {
    const array = randomArray(seeded(5), [300, 200, 70, 2], "int16", "smooth");
    const vol = await CloudVolume.fromArray(array, { chunkSize: [32, 32, 32], compress: "gzip" });
    expect(vol.cloudpath).toMatch(/^mem:/);
    expect(difference(await vol.download(), array)).toBe("same");
    await vol.delete("0:32, 0:32, 0:32");
    await expect(vol.download()).rejects.toThrow(EmptyVolumeException);
    const filled = await vol.download("...", { fillMissing: true });
    expect(filled.get(0, 0, 0)).toBe(0);
    expect(filled.get(32, 0, 0, 1)).toBe(array.data[32 + 300 * 200 * 70]);
  });
});

describe("progress", () => {
  test("counts to the number of chunks, for every operation", async () => {
    const { vol, data } = await large();
    const seen: Progress[] = [];
    const progress = (p: Progress): void => void seen.push(p);
    const total = 8 * 4 * 4;
    const ran = async (operation: Promise<unknown>): Promise<void> => {
      seen.length = 0;
      await operation;
      expect(seen.at(-1)).toEqual({ done: total, total });
      expect(seen.every((p, i) => i === 0 || p.done >= (seen[i - 1]?.done ?? 0))).toBe(true);
    };
    await ran(vol.download("...", { progress }));
    await ran(vol.upload("...", four(data), { progress }));
    await ran(vol.exists("...", { progress }));
    await ran(vol.delete("...", { progress }));
  });
});

describe("views and other layers", () => {
  test("at(mip) works on that mip, with the settings of now and the same metadata", async () => {
    const { vol } = await makeLayer([64, 64, 32]);
    vol.addScale([2, 2, 1]);
    vol.fillMissing = true;
    const coarse = vol.at(1);
    expect([...coarse.shape]).toEqual([32, 32, 32, 1]);
    expect(coarse).toBeInstanceOf(CloudVolume);
    expect(coarse.fillMissing).toBe(true);
    expect(coarse.metadata).toBe(vol.metadata);
    expect(vol.mip).toBe(0);
    await coarse.upload("...", 3);
    expect((await vol.download("0:2, 0, 0", { mip: 1 })).data).toEqual(new Uint8Array([3, 3]));
    expect((await coarse.download("0, 0, 0")).mip).toBe(1);
  });

  test("layer and datasetName can be set; the next operation is on that layer", async () => {
    const dir = scratchDirectory();
    const make = (name: string, value: number): Promise<CloudVolume> =>
      CloudVolume.fromArray(
        { data: new Uint8Array(8).fill(value), shape: [2, 2, 2], stride: [1, 2, 4] },
        { path: join(dir, name) },
      );
    await make("a/one", 1);
    await make("a/two", 2);
    await make("b/two", 3);
    const vol = await CloudVolume.open(join(dir, "a/one"));
    vol.layer = "two";
    expect((await vol.download()).data[0]).toBe(2);
    expect(vol.layer).toBe("two");
    vol.datasetName = "b";
    await vol.ready();
    expect(vol.datasetName).toBe("b");
    expect((await vol.download()).data[0]).toBe(3);
    vol.layer = "nothing";
    await expect(vol.download()).rejects.toThrow(/no info file/);
  });
});

describe("uploads", () => {
  test("take arrays in any order, and parts of larger ones", async () => {
    const { vol } = await makeLayer([64, 48, 32], [0, 0, 0], { dtype: "uint32" });
    const shape = [64, 48, 32, 1];
    const c = randomArray(seeded(9), shape, "uint32", "noise");
    const array = { data: c.data, shape, stride: cStride(shape) };
    await vol.upload("...", array);
    const read = await vol.download("10:12, 5, 7");
    expect([...read.data]).toEqual([10, 11].map((x) => c.data[(x * 48 + 5) * 32 + 7]));
  });

  test("refuse an array that is shorter than it says", async () => {
    const { vol } = await makeLayer([8, 8, 8]);
    const short = { data: new Uint8Array(511), shape: [8, 8, 8], stride: [1, 8, 64] };
    await expect(vol.upload("...", short)).rejects.toThrow(/512 elements/);
  });
});

/** x, y, z, channel. */
function four(array: StridedArray): StridedArray {
  const [x = 1, y = 1, z = 1, c = 1] = array.shape;
  return { data: array.data, shape: [x, y, z, c], stride: [1, x, x * y, x * y * z] };
}
