/** The assertions of CloudVolume's test_cloudvolume.py about its disk cache, each under its name there. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Bbox, CloudVolume, InfoError, type OpenOptions } from "../../src/node.js";
import { makeLayer } from "../support/make-layer.js";
import { scratchDirectory } from "../support/scratch.js";
import { difference } from "../support/voxels.js";

const caches = scratchDirectory();
beforeAll(() => {
  process.env.CLOUD_VOLUME_CACHE_DIR = caches;
});
afterAll(() => {
  delete process.env.CLOUD_VOLUME_CACHE_DIR;
});

const NAMES = [
  "0-64_0-64_0-64.gz",
  "64-128_0-64_0-64.gz",
  "0-64_64-128_0-64.gz",
  "64-128_64-128_0-64.gz",
  "0-64_0-64_64-128.gz",
  "64-128_0-64_64-128.gz",
  "0-64_64-128_64-128.gz",
  "64-128_64-128_64-128.gz",
].sort();

const MODES: OpenOptions[] = [{ parallel: 1 }, { parallel: 2 }];

describe("test_cloudvolume.py", () => {
  test.each(MODES)("test_cloudvolume.py::test_caching %o", async (mode) => {
    const { vol: made, data, path } = await makeLayer([128, 128, 128, 1]);
    const source = `file://${path}`;
    const vol = await CloudVolume.open(source, { ...mode, cache: true });
    expect(vol.cache.path).toBe(join(caches, "file", path));
    expect(vol.cachePath).toBe(vol.cache.path);

    await vol.cache.flush();
    // Reading fills it.
    expect(difference(await vol.download("..."), data)).toBe("same");
    expect(vol.cache.enabled).toBe(true);
    expect(await vol.cache.numFiles()).toBe(8);
    expect(await vol.cache.list()).toEqual(NAMES);
    for (const name of NAMES)
      expect(gunzipSync(readFileSync(join(vol.cache.path, vol.key, name))).length).toBe(64 ** 3);
    expect(difference(await vol.download("..."), data)).toBe("same");

    await vol.cache.flush();
    expect(existsSync(vol.cache.path)).toBe(false);

    // Writing does, too.
    await vol.upload("...", data);
    expect(await vol.cache.numFiles()).toBe(8);
    expect(await vol.cache.numBytes()).toBeGreaterThan(0);
    expect(await vol.cache.list()).toEqual(NAMES);
    expect(await vol.cache.numFiles({ allMips: true })).toEqual([8]);

    await vol.cache.flush();
    await vol.download("0:10, 0:20, 0:80");
    expect(await vol.cache.numFiles()).toBe(2);
    expect(await vol.cache.list()).toEqual(["0-64_0-64_0-64.gz", "0-64_0-64_64-128.gz"]);
    await vol.cache.flush();

    // Another place.
    const place = scratchDirectory();
    const elsewhere = await CloudVolume.open(source, { ...mode, cache: place });
    expect(elsewhere.cache.path.startsWith(place)).toBe(true);
    await elsewhere.download("...");
    expect(await elsewhere.cache.list()).toEqual(NAMES);
    expect(existsSync(vol.cache.path)).toBe(false);

    // Disabled.
    vol.cache.enabled = false;
    await vol.download("...");
    expect(await vol.cache.list()).toEqual([]);
    await made.download("...");
    expect(existsSync(made.cache.path)).toBe(false);

    // Deleting.
    vol.cache.enabled = true;
    await vol.download("...");
    expect(await vol.cache.numFiles()).toBe(8);
    await vol.delete("...");
    expect(await vol.cache.numFiles()).toBe(0);
    vol.fillMissing = true;
    expect((await vol.download("...")).data.every((v) => v === 0)).toBe(true);
    expect(await vol.cache.numFiles()).toBe(0);
  });

  test("test_cloudvolume.py::test_caching: flush of all but a region", async () => {
    const { data, path } = await makeLayer([128, 128, 128, 1]);
    const vol = await CloudVolume.open(`file://${path}`, { cache: true });
    await vol.upload("...", data);
    await vol.cache.flush({ preserve: new Bbox([0, 0, 0], [150, 150, 150]) });
    expect(await vol.cache.numFiles()).toBe(8);
    await vol.cache.flush({ preserve: new Bbox([0, 0, 0], [64, 64, 100]) });
    expect(await vol.cache.list()).toEqual(["0-64_0-64_0-64.gz", "0-64_0-64_64-128.gz"]);
  });

  test.each([
    ["Bbox", new Bbox([50, 50, 0], [100, 100, 10])],
    ["slices", "50:100, 50:100, 0:10"],
  ])("test_cloudvolume.py::test_caching: flush_region by %s", async (_, region) => {
    const { data, path } = await makeLayer([128, 128, 128, 1]);
    const vol = await CloudVolume.open(`file://${path}`, { cache: true });
    await vol.upload("...", data);
    await vol.cache.flushRegion(region);
    expect(await vol.cache.numFiles()).toBe(4);
    expect(await vol.cache.list()).toEqual(NAMES.filter((n) => n.includes("_64-128.gz")));
  });

  test.each([
    [null, ".gz"],
    [true, ".gz"],
    [false, ""],
    ["br", ".br"],
    ["zstd", ".zstd"],
  ] as const)("test_cloudvolume.py::test_cache_compression_setting %s", async (compressCache, suffix) => {
    const { data, path } = await makeLayer([128, 128, 128, 1]);
    const vol = await CloudVolume.open(`file://${path}`, { cache: true, compressCache });
    for (const fill of [() => vol.download("..."), () => vol.upload("...", data)]) {
      await vol.cache.flush();
      await fill();
      expect(await vol.cache.list()).toEqual(NAMES.map((n) => n.replace(".gz", suffix)));
      expect(difference(await vol.download("..."), data)).toBe("same");
    }
  });

  test("test_cloudvolume.py::test_cache_validity", async () => {
    const { path } = await makeLayer([128, 128, 128, 1]);
    const source = `file://${path}`;
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const vol = await CloudVolume.open(source, { cache: true });
    const file = join(vol.cache.path, "info");
    const fresh = readFileSync(join(path, "info"), "utf8");
    const reopened = async (change: (info: Record<string, unknown>) => void): Promise<unknown> => {
      const info = JSON.parse(fresh);
      change(info);
      mkdirSync(vol.cache.path, { recursive: true });
      writeFileSync(file, JSON.stringify(info));
      return await CloudVolume.open(source, { cache: true });
    };
    const scale = (info: Record<string, unknown>): Record<string, unknown> =>
      (info.scales as Record<string, unknown>[])[0]!;

    await reopened(() => {});
    expect(warn).not.toHaveBeenCalled();
    await reopened((info) => {
      scale(info).size = [127, 128, 128];
    });
    expect(warn).toHaveBeenCalledTimes(1);
    const changes: ((info: Record<string, unknown>) => void)[] = [
      (info) => {
        info.zomg = "wow";
      },
      (info) => {
        scale(info).zomg = "wow";
      },
      (info) => {
        info.type = "segmentation";
      },
      (info) => {
        info.data_type = "uint32";
      },
      (info) => {
        info.num_channels = 2;
      },
      (info) => {
        info.mesh = "mesh";
      },
      (info) => {
        scale(info).voxel_offset = [1, 2, 3];
      },
      (info) => {
        scale(info).resolution = [1, 1, 2];
      },
      (info) => {
        scale(info).encoding = "npz";
      },
    ];
    for (const change of changes) await expect(reopened(change)).rejects.toThrow(InfoError);

    // No cached info, and one that is damaged.
    rmSync(file);
    await CloudVolume.open(source, { cache: true });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(fresh));
    writeFileSync(file, fresh.slice(0, 40));
    await CloudVolume.open(source, { cache: true });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(fresh));
    warn.mockRestore();
  });

  test("test_cloudvolume.py::test_info_provenance_cache", async () => {
    const { path } = await makeLayer([64, 64, 64, 1]);
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const vol = await CloudVolume.open(`file://${path}`, { cache: true });
    const info = structuredClone(await vol.refreshInfo());
    const file = join(vol.cache.path, "info");
    writeFileSync(file, JSON.stringify({ ...info, wow: "amaze" }));
    expect(await vol.refreshInfo()).toMatchObject({ wow: "amaze" });
    vol.cache.enabled = false;
    expect(await vol.refreshInfo()).toEqual(info);
    vol.cache.enabled = true;
    await expect(vol.cache.checkInfoValidity()).rejects.toThrow(/differs from the cached one/);
    expect(existsSync(file)).toBe(true);
    vol.cache.flushInfo();
    expect(existsSync(file)).toBe(false);
    vol.cache.flushInfo();

    const prov = await vol.refreshProvenance();
    const record = join(vol.cache.path, "provenance");
    writeFileSync(record, JSON.stringify({ ...prov, owners: ["pawsome@example.org"] }));
    expect((await vol.refreshProvenance()).owners).toEqual(["pawsome@example.org"]);
    expect(await vol.cache.checkProvenanceValidity()).toBe(false);
    expect(warn).toHaveBeenCalledTimes(1);
    vol.cache.enabled = false;
    expect((await vol.refreshProvenance()).owners).toEqual([]);
    vol.cache.flushProvenance();
    expect(existsSync(record)).toBe(false);
    vol.cache.flushProvenance();
    warn.mockRestore();
  });

  test("test_cloudvolume.py::test_fill_missing, with and without the disk cache, twice", async () => {
    const vol = await CloudVolume.create(`file://${join(scratchDirectory(), "layer")}`, {
      info: CloudVolume.createNewInfo({
        ...{ numChannels: 1, layerType: "image", dataType: "uint8", encoding: "raw", resolution: [1, 1, 1] },
        ...{ voxelOffset: [0, 0, 0], volumeSize: [128, 128, 64], chunkSize: [64, 64, 64] },
      }),
    });
    for (const cache of [false, true]) {
      const again = await CloudVolume.open(vol.cloudpath, { cache, fillMissing: true });
      for (let i = 0; i < 2; i++) expect((await again.download("...")).data.every((v) => v === 0)).toBe(true);
      await again.cache.flush();
    }
  });

  test("test_skeletons.py, test_meshing.py: names in the cache", async () => {
    const { path } = await makeLayer([64, 64, 64, 1]);
    const vol = await CloudVolume.open(`file://${path}`, { cache: true });
    Object.assign(vol.info, { mesh: "mesh", skeletons: "skeletons" });
    expect([await vol.cache.listMeshes(), await vol.cache.listSkeletons()]).toEqual([[], []]);
    const { store } = vol.context;
    await store.write?.("skeletons/666", new Uint8Array(gzipped), { compression: "gzip" });
    await store.write?.("mesh/16649205:0", new TextEncoder().encode('{"fragments":[]}'));
    expect(await vol.cache.listSkeletons()).toEqual(["666.gz"]);
    expect(await vol.cache.listMeshes()).toEqual(["16649205:0"]);
    await vol.cache.flush();
    expect((await store.read("skeletons/666"))?.compression).toBe("gzip");
    expect(await vol.cache.listSkeletons()).toEqual(["666.gz"]);
    expect(readdirSync(vol.cache.path).sort()).toEqual([".cloudvolume", "skeletons"]);
  });
});

/** A gzip file of nothing. */
const gzipped = [31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
