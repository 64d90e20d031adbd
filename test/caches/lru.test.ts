/** The memory LRU of a volume: equal voxels, no request for what is held, nothing stale. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CloudVolume, type OpenOptions } from "../../src/node.js";
import { type Recorded, recordRequests } from "../../src/stores/record.js";
import type { Store } from "../../src/stores/store.js";
import { makeLayer } from "../support/make-layer.js";
import { randomArray, seeded } from "../support/random.js";
import { boxOf, difference } from "../support/voxels.js";

/** The requests of a volume from now on. */
function recorded(vol: CloudVolume): Recorded {
  const record = recordRequests(vol.metadata.store);
  Object.defineProperty(vol.context, "store", { get: (): Store => record.store });
  return record;
}

const KINDS = [
  ["raw", "uint64", "same"],
  ["raw", "uint64", "raw"],
  ["raw", "uint64", "compressed_segmentation"],
  ["compressed_segmentation", "uint32", "same"],
  ["compressed_segmentation", "uint32", "raw"],
  ["compresso", "uint64", "raw"],
  ["crackle", "uint32", "crackle"],
  ["raw", "uint32", "crackle"],
  ["png", "uint8", "raw"],
] as const;

describe("reading", () => {
  test.each(KINDS)(
    "%s of %s kept as %s: the same voxels, warm without a request",
    async (encoding, dtype, lruEncoding) => {
      const { data, path } = await makeLayer([70, 60, 50, 1], [10, 20, 0], {
        ...{ dtype, encoding, texture: dtype === "uint8" ? "smooth" : "labels", chunkSize: [32, 32, 32] },
      });
      const vol = await CloudVolume.open(`file://${path}`, { lruBytes: 1e8, lruEncoding });
      const record = recorded(vol);
      expect(difference(await vol.download("..."), data)).toBe("same");
      const chunks = 3 * 2 * 2;
      expect(record.requests.filter((r) => r.kind === "read").length).toBe(chunks);
      expect(vol.lru.length).toBe(chunks);
      expect(vol.image.lru).toBe(vol.lru);
      if (lruEncoding === "raw") expect(vol.lru.nbytes).toBe(data.data.byteLength);
      record.clear();
      for (const [at, size] of [
        [
          [0, 0, 0, 0],
          [70, 60, 50, 1],
        ],
        [
          [5, 6, 7, 0],
          [40, 41, 42, 1],
        ],
        [
          [33, 20, 31, 0],
          [1, 1, 1, 1],
        ],
      ] as const) {
        const box = [0, 1, 2].map((i) => [
          at[i]! + [10, 20, 0][i]!,
          at[i]! + size[i]! + [10, 20, 0][i]!,
        ]) as never;
        expect(difference(await vol.download(box), boxOf(data, at, size))).toBe("same");
      }
      expect(record.requests).toEqual([]);
      for (const [key, { encoding: held }] of vol.lru.items()) {
        expect(key).toMatch(/^1_1_1\/\d+-/);
        expect(held).toBe(lruEncoding === "same" ? encoding : lruEncoding);
      }
    },
  );

  test.each([
    ["raw", "uint64", "same", "labels"],
    ["compressed_segmentation", "uint64", "raw", "labels"],
    ["raw", "uint32", "raw", "noise"],
  ] as const)(
    "%s of %s kept as %s (%s): raw bytes are given as such, points and labels as without",
    async (encoding, dtype, lruEncoding, texture) => {
      const made = { dtype, encoding, texture, chunkSize: [32, 32, 32] } as const;
      const { data, path } = await makeLayer([70, 60, 50, 1], [10, 20, 0], made);
      const plain = await CloudVolume.open(`file://${path}`);
      const vol = await CloudVolume.open(`file://${path}`, { lruBytes: 1e8, lruEncoding });
      await vol.download("...");
      expect(vol.lru.nbytes).toBe(data.data.byteLength);
      for (const [key, { encoding: held, bytes }] of vol.lru.items()) {
        const box = key.slice(6).split("_").join(", ").replaceAll("-", ":");
        const { data: voxels } = await plain.download(box);
        expect(held).toBe("raw");
        expect(Buffer.compare(bytes, new Uint8Array(voxels.buffer, voxels.byteOffset, bytes.length))).toBe(0);
        expect(voxels.byteLength).toBe(bytes.length);
        expect(Buffer.compare(vol.lru.get(key)!.bytes, bytes)).toBe(0);
      }
      const record = recorded(vol);
      const points = Array.from(
        { length: 40 },
        (_, i) => [10 + ((i * 7) % 70), 20 + ((i * 11) % 60), i] as const,
      );
      expect(await vol.scatteredPoints(points)).toEqual(await plain.scatteredPoints(points));
      if (texture === "labels") expect(await vol.unique("...")).toEqual(await plain.unique("..."));
      expect(record.requests).toEqual([]);
    },
  );

  test("a small limit: everything is read, little is held, and the newest stays", async () => {
    const { data, path } = await makeLayer([128, 128, 128, 1], [0, 0, 0], { chunkSize: [32, 32, 32] });
    const vol = await CloudVolume.open(`file://${path}`, { lruBytes: 100_000, lruEncoding: "raw" });
    for (let i = 0; i < 2; i++) expect(difference(await vol.download("..."), data)).toBe("same");
    expect(vol.lru.nbytes).toBe(3 * 32 ** 3);
    await vol.download("96:128, 96:128, 96:128");
    const record = recorded(vol);
    await vol.download("96:128, 96:128, 96:128");
    expect(record.requests).toEqual([]);
    vol.lru.resize(0);
    expect(difference(await vol.download("..."), data)).toBe("same");
    expect(vol.lru.length).toBe(0);
    vol.lruBytes = 10; // Less than a chunk.
    expect(difference(await vol.download("..."), data)).toBe("same");
    expect(vol.lru.length).toBe(0);
  });

  test("keyed by level", async () => {
    const { vol: made, path } = await makeLayer([64, 64, 64, 1], [0, 0, 0], { maxMip: 0 });
    made.addScale([2, 2, 2]);
    await made.commitInfo();
    const vol = await CloudVolume.open(`file://${path}`, { lruBytes: 1e7, lruEncoding: "raw" });
    const coarse = randomArray(seeded(9), [32, 32, 32, 1], "uint8");
    await vol.upload("...", coarse, { mip: 1 });
    const fine = await vol.download("...");
    expect(difference(await vol.download("...", { mip: 1 }), coarse)).toBe("same");
    expect(difference(await vol.at(1).download("..."), coarse)).toBe("same");
    expect(difference(await vol.download("..."), fine)).toBe("same");
    expect(vol.lru.keys().map((k) => k.split("/")[0])).toEqual(["2_2_2", "1_1_1"]);
  });

  test("background, missing chunks and boxes that reach outside are as without", async () => {
    const { path } = await makeLayer([64, 64, 64, 1], [0, 0, 0], { chunkSize: [32, 32, 32] });
    const options: OpenOptions = { bounded: false, fillMissing: true, backgroundColor: 7 };
    const plain = await CloudVolume.open(`file://${path}`, options);
    const held = await CloudVolume.open(`file://${path}`, { ...options, lruBytes: 1e7 });
    await plain.delete("0:32, 0:32, 0:32");
    const box = [
      [-5, 70],
      [10, 66],
      [0, 64],
    ] as never;
    for (let i = 0; i < 2; i++)
      expect(difference(await held.download(box), await plain.download(box))).toBe("same");
    await expect(held.download("...", { fillMissing: false })).rejects.toThrow(/missing/);
  });

  test("stores without a synchronous form, and none at all of workers", async () => {
    const { data, path } = await makeLayer([100, 90, 80, 1], [0, 0, 0], { chunkSize: [32, 32, 32] });
    for (const asyncIo of [true, false]) {
      const vol = await CloudVolume.open(`file://${path}`, { lruBytes: 1e7, lruEncoding: "raw" });
      for (let i = 0; i < 2; i++)
        expect(difference(await vol.download("...", { asyncIo }), data)).toBe("same");
      expect(vol.lru.length).toBe(4 * 3 * 3);
    }
  });

  test("several reads at once, under a limit that holds half of it", async () => {
    const { data, path } = await makeLayer([128, 64, 64, 1], [0, 0, 0], { chunkSize: [32, 32, 32] });
    const vol = await CloudVolume.open(`file://${path}`, { lruBytes: 8 * 32 ** 3, lruEncoding: "raw" });
    const reads = Array.from({ length: 24 }, (_, i) => {
      const x = (i * 37) % 64;
      const box = [
        [x, x + 64],
        [0, 64],
        [i % 8, 64],
      ] as never;
      return vol.download(box, { asyncIo: i % 2 === 0 }).then((got) => {
        expect(difference(got, boxOf(data, [x, 0, i % 8, 0], [64, 64, 64 - (i % 8), 1]))).toBe("same");
      });
    });
    await Promise.all(reads);
    expect(vol.lru.nbytes).toBeLessThanOrEqual(8 * 32 ** 3);
  });
});

describe("test_cloudvolume.py", () => {
  test.each(["same", "raw", "crackle"])(
    "test_cloudvolume.py::test_point_reads_unsharded with the LRU %s",
    async (lruEncoding) => {
      const { data, path } = await makeLayer([96, 96, 64, 1], [0, 0, 0], {
        dtype: "uint32",
        texture: "labels",
      });
      const vol = await CloudVolume.open(`file://${path}`, { lruBytes: 1e8, lruEncoding, fillMissing: true });
      const points = Array.from(
        { length: 200 },
        (_, i) => [(i * 37) % 96, (i * 53) % 96, (i * 29) % 64] as const,
      );
      const value = ([x, y, z]: readonly [number, number, number]) => data.data[x + 96 * (y + 96 * z)];
      for (let i = 0; i < 2; i++)
        for (const { point, value: got } of await vol.scatteredPoints(points))
          expect(got).toBe(value(point as never));
      const record = recorded(vol);
      await vol.scatteredPoints(points);
      expect(record.requests).toEqual([]);
      // After writes it shows new values, whoever writes.
      for (const parallel of [1, 2]) {
        await vol.upload("...", parallel + 40, { parallel });
        const [one] = await vol.scatteredPoints([[5, 6, 7]]);
        expect(one?.value).toBe(parallel + 40);
        expect((await vol.download("5:6, 6:7, 7:8")).data[0]).toBe(parallel + 40);
      }
      vol.bounded = false;
      expect((await vol.download("96:97, 0:1, 0:1")).data[0]).toBe(0);
    },
  );

  test("test_cloudvolume.py::test_unique with the LRU, repeated and after overwriting", async () => {
    const { data, path } = await makeLayer([96, 96, 64, 1], [0, 0, 0], {
      dtype: "uint32",
      texture: "labels",
    });
    const truth = [...new Set(data.data as Uint32Array)].sort((a, b) => a - b);
    for (const lruEncoding of ["same", "raw"]) {
      const vol = await CloudVolume.open(`file://${path}`, { lruBytes: 1e8, lruEncoding });
      for (let i = 0; i < 2; i++) expect(Array.from(await vol.unique("..."), Number)).toEqual(truth);
      expect(vol.lru.length).toBeGreaterThan(0);
    }
    const vol = await CloudVolume.open(`file://${path}`, { lruBytes: 1e8 });
    await vol.unique("...");
    await vol.upload("...", 3);
    expect(Array.from(await vol.unique("..."), Number)).toEqual([3]);
  });

  test("test_cloudvolume.py::test_exists, test_delete: entries of chunks that are gone are dropped", async () => {
    const { path } = await makeLayer([128, 64, 64, 1]);
    const vol = await CloudVolume.open(`file://${path}`, { lruBytes: 1e8 });
    await vol.download("...");
    expect(vol.lru.length).toBe(2);
    rmSync(join(path, "1_1_1/0-64_0-64_0-64.gz"));
    await vol.exists("...");
    expect(vol.lru.keys()).toEqual(["1_1_1/64-128_0-64_0-64"]);
    await vol.delete("...");
    expect(vol.lru.length).toBe(0);
    vol.fillMissing = true;
    expect((await vol.download("...")).data.every((v) => v === 0)).toBe(true);
  });

  test("test_cloudvolume.py::test_non_aligned_write with the LRU: what is painted over is what is stored", async () => {
    const { path } = await makeLayer([64, 64, 64, 1], [0, 0, 0], { chunkSize: [32, 32, 32] });
    const vol = await CloudVolume.open(`file://${path}`, { lruBytes: 1e8, nonAlignedWrites: true });
    await vol.download("...");
    const other = await CloudVolume.open(`file://${path}`);
    await other.upload("...", 5); // Another client: the LRU is stale now.
    await vol.upload("1:3, 1:3, 1:3", 9);
    const seen = await vol.download("0:32, 0:32, 0:32");
    expect([seen.get(0, 0, 0), seen.get(1, 1, 1)]).toEqual([5, 9]);
  });
});

test("a read that was under way while a chunk was written adds nothing stale", async () => {
  const { path } = await makeLayer([32, 32, 32, 1], [0, 0, 0], { chunkSize: [32, 32, 32] });
  const vol = await CloudVolume.open(`file://${path}`, { lruBytes: 1e8, lruEncoding: "raw" });
  const { store } = vol.metadata;
  let hold: (() => void) | undefined;
  const slow: Store = {
    ...store,
    read: async (key, how) => {
      const stored = await store.read(key, how);
      await new Promise<void>((done) => {
        hold = done;
      });
      return stored;
    },
  };
  Object.defineProperty(vol.context, "store", { value: slow, configurable: true });
  const reading = vol.download("...", { asyncIo: true });
  while (hold === undefined) await new Promise(setImmediate);
  const writer = await CloudVolume.open(`file://${path}`);
  Object.defineProperty(writer.context, "lru", { value: vol.lru });
  await writer.upload("...", 77);
  hold();
  await reading;
  expect(vol.lru.length).toBe(0);
});
